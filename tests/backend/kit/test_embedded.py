"""The embedded PostgreSQL starts anywhere, is shared, survives kills, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.kit import embedded

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder on a long path with a space, below a folder that only its owner may enter."""
    base = Path(tempfile.mkdtemp(prefix="mgs embedded "))
    base.chmod(0o700)
    yield base / ("a long folder name " * 4).strip() / "var"
    embedded.stop(base / ("a long folder name " * 4).strip() / "var") if (base / ("a long folder name " * 4).strip() / "var").exists() else None
    shutil.rmtree(base)


def sql(server: embedded.EmbeddedServer, statement: str) -> str:
    """Run a statement as the superuser."""
    command: list[str | Path] = [server.program("psql"), "-X", "-A", "-t", "-h", server.socket_dir, "-p", str(server.port), "-U", server.superuser, "-d", "postgres", "-c", statement]
    return subprocess.run(command, env={**os.environ, "PGPASSWORD": server.superuser_password}, capture_output=True, text=True, check=True).stdout.strip()


def child(data_dir: Path, script: str) -> subprocess.Popen[str]:
    """Another process that uses the server."""
    begin = f"import sys, time, pathlib; sys.path.insert(0, {str(ROOT)!r}); from backend.kit import embedded; d = pathlib.Path({str(data_dir)!r}); s = embedded.start(d); print('up', flush=True)\n"
    process = subprocess.Popen([sys.executable, "-c", begin + script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def postmaster(data_dir: Path) -> int:
    return int((data_dir.resolve() / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def gone(pid: int, within_s: float) -> bool:
    limit = time.monotonic() + within_s
    while time.monotonic() < limit:
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or ") Z" in stat.read_text():
            return True
        time.sleep(0.1)
    return False


def test_it_starts_on_a_long_path_with_a_space_and_leaves_nothing(data_dir: Path) -> None:
    parent = data_dir.parent.parent
    before = parent.stat().st_mode
    server = embedded.start(data_dir)
    assert sql(server, "SELECT current_setting('data_checksums'), current_setting('fsync')") == "on|on"
    assert server.socket_dir.stat().st_mode & 0o777 == 0o700
    assert " " not in str(server.socket_dir)
    assert (data_dir / "postgres.json").stat().st_mode & 0o777 == 0o600
    pid = postmaster(data_dir)
    embedded.stop(data_dir)
    assert gone(pid, 5)
    assert not server.socket_dir.exists()
    assert parent.stat().st_mode == before


def test_nobody_gets_in_without_a_password(data_dir: Path) -> None:
    server = embedded.start(data_dir)
    command: list[str | Path] = [server.program("psql"), "-X", "-w", "-h", server.socket_dir, "-U", server.superuser, "-d", "postgres", "-c", "SELECT 1"]
    refused = subprocess.run(command, env={k: v for k, v in os.environ.items() if k != "PGPASSWORD"}, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "password" in refused.stderr


def test_processes_share_one_server_and_the_last_one_stops_it(data_dir: Path) -> None:
    embedded.start(data_dir)
    pid = postmaster(data_dir)
    other = child(data_dir, "time.sleep(60)")
    assert postmaster(data_dir) == pid
    embedded.stop(data_dir)
    assert not gone(pid, 1)
    other.kill()
    other.wait()
    assert gone(pid, 15)


def test_what_was_kept_is_there_after_every_process_was_killed(data_dir: Path) -> None:
    starter = child(data_dir, "time.sleep(60)")
    server = embedded.start(data_dir)
    sql(server, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    pid = postmaster(data_dir)
    os.kill(pid, signal.SIGKILL)
    starter.kill()
    starter.wait()
    began = time.monotonic()
    again = embedded.start(data_dir)
    assert time.monotonic() - began < 15
    assert sql(again, "SELECT count(*) FROM kept") == "1000"


def test_a_killed_server_is_started_by_another_process_while_the_one_that_began_it_lives(data_dir: Path) -> None:
    starter = child(data_dir, "time.sleep(60)")
    server = embedded.start(data_dir)
    sql(server, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    assert embedded.is_running(data_dir)
    os.kill(postmaster(data_dir), signal.SIGKILL)
    began = time.monotonic()
    while embedded.is_running(data_dir):
        assert time.monotonic() - began < 5
    again = embedded.start(data_dir)
    assert time.monotonic() - began < 15
    assert sql(again, "SELECT count(*) FROM kept") == "1000"
    embedded.stop(data_dir)
    assert embedded.is_running(data_dir), "the other one uses it"
    pid = postmaster(data_dir)
    starter.kill()
    starter.wait()
    assert gone(pid, 15), "and its watchdog is a new one"


def test_the_roles_are_what_they_should_be(data_dir: Path) -> None:
    server = embedded.start(data_dir)
    assert embedded.provision(server) == embedded.provision(server)
    assert sql(server, "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = 'mgramseva_app'") == "f|f"
