"""What operators type, as they type it: in processes of their own, against a database of the test."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import stat
import subprocess
import sys
import termios
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from backend.commands.database import wrapped_keys
from backend.demo import VILLAGES, seed
from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM
from backend.main import make_backend
from backend.office import user
from tests.support.databases import TestServer

ROOT = Path(__file__).resolve().parents[2]
PASSWORD, OTHER_PASSWORD = "a long enough password", "another long password"
SARPANCH, STRANGER = "+919000000201", "+919000000888"


@dataclass
class Shell:
    """`mgramseva` against the test's database."""

    house: House
    env: dict[str, str]

    async def __call__(self, *words: str | Path, typed: str = "", **env: str) -> tuple[int, str, str]:
        """Exit code, output, errors."""
        command = [sys.executable, "-m", "bot.cli", *map(str, words)]
        done = await asyncio.to_thread(subprocess.run, command, input=typed, env={**self.env, **env}, cwd=ROOT, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
async def shell(server: TestServer, live_house: House) -> AsyncIterator[Shell]:
    database = live_house.engine.url.database
    assert database is not None
    programs = server.server.program("pg_dump").parent
    settings = {"DATABASE_URL": server.app_url(database), "DATABASE_OWNER_URL": server.owner_url(database), "DATA_DIR": str(live_house.settings.data_dir)}
    plain = {k: v for k, v in os.environ.items() if not k.startswith("MGRAMSEVA_")}
    yield Shell(live_house, {**plain, **{f"MGRAMSEVA_{k}": v for k, v in settings.items()}, "PATH": f"{programs}:{os.environ['PATH']}", "COLUMNS": "300"})


async def take_token(house: House, name: str, password: str) -> httpx2.Response:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=make_backend(house)), base_url="http://test") as web:
        return await web.post("/api/v1/auth/token", data={"grant_type": "password", "username": name, "password": password})


async def get(house: House, token: str, path: str) -> httpx2.Response:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=make_backend(house)), base_url="http://test") as web:
        return await web.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})


async def count(house: House, table: str) -> int:
    async with house.open(SYSTEM) as uow:
        return int((await uow.session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def test_a_village_admin_signs_in_and_sees_his_village_only(shell: Shell) -> None:
    house = shell.house
    await seed(house, 2, 4, 1)
    code, out, err = await shell("user", "create-admin", "Harjit", "--role", "GP_ADMIN", "--tenant", VILLAGES[0], "--phone", SARPANCH, typed=PASSWORD + "\n")
    assert (code, err) == (0, "") and "GP_ADMIN of pb.abadighratian" in out and PASSWORD not in out
    token = (await take_token(house, "harjit", PASSWORD)).json()["access_token"]
    assert (await get(house, token, "/me")).json()["roles"] == [["GP_ADMIN", VILLAGES[0]]]
    mine = await get(house, token, f"/villages/{VILLAGES[0]}/households")
    assert mine.status_code == 200 and mine.json()["items"]
    theirs = await get(house, token, f"/villages/{VILLAGES[1]}/households")
    assert (theirs.status_code, theirs.json()["code"]) == (403, "access.denied")
    async with house.open(SYSTEM) as uow:
        person = await user.find_person_by_phone(uow, SARPANCH)
    assert person is not None and person.name == "Harjit Singh", "a known person keeps his name"


async def test_a_person_nobody_knows_yet_is_registered_with_his_role(shell: Shell) -> None:
    await seed(shell.house, 1, 4, 0)
    made = await shell("user", "create-admin", "new", "--role", "SARPANCH", "--tenant", VILLAGES[0], "--phone", STRANGER, "--full-name", "Kiran Kaur", typed=PASSWORD)
    assert made[0] == 0
    async with shell.house.open(SYSTEM) as uow:
        person = await user.find_person_by_phone(uow, STRANGER)
        assert person is not None and person.name == "Kiran Kaur"
        assert await user.grants_of(uow, person.id) == {("SARPANCH", VILLAGES[0])}


async def test_a_taken_name_is_refused_and_keeps_its_password(shell: Shell) -> None:
    await seed(shell.house, 1, 4, 0)
    assert (await shell("user", "create-admin", "boss", "--password-stdin", typed=PASSWORD))[0] == 0
    people = await count(shell.house, "person")
    code, out, err = await shell("user", "create-admin", "BOSS", "--role", "GP_ADMIN", "--tenant", VILLAGES[0], "--phone", STRANGER, typed=OTHER_PASSWORD)
    assert (code, out, err) == (1, "", "There is a login of that name already\n")
    assert await count(shell.house, "person") == people, "nothing of a refused call is kept"
    assert (await take_token(shell.house, "boss", OTHER_PASSWORD)).status_code == 401
    assert (await take_token(shell.house, "boss", PASSWORD)).status_code == 200


@pytest.mark.parametrize(
    ("words", "typed", "code", "said"),
    [
        (("--role", "GP_ADMIN", "--tenant", VILLAGES[0]), PASSWORD, 2, "say --tenant and --phone"),
        (("--role", "GP_ADMIN", "--phone", SARPANCH), PASSWORD, 2, "say --tenant and --phone"),
        (("--role", "KING", "--tenant", VILLAGES[0], "--phone", SARPANCH), PASSWORD, 2, "one of BULK_DEMAND_PROCESSING, COLLECTION_OPERATOR"),
        (("--role", "GP_ADMIN", "--tenant", "pb", "--phone", SARPANCH), PASSWORD, 2, "not of the whole state"),
        (("--tenant", VILLAGES[0]), PASSWORD, 2, "say --role"),
        (("--role", "GP_ADMIN", "--tenant", "pb.nowhere", "--phone", SARPANCH), PASSWORD, 1, "not in use"),
        (("--phone", "12345"), PASSWORD, 1, "not an Indian mobile number"),
        ((), "fourteen chars", 1, "at least 15 characters"),
        ((), "", 2, "No password"),
        (("--password", PASSWORD), "", 2, "--password"),
    ],
)
async def test_what_is_wrong_is_said_and_makes_no_login(shell: Shell, words: tuple[str, ...], typed: str, code: int, said: str) -> None:
    done = await shell("user", "create-admin", "somebody", *words, typed=typed)
    assert done[0] == code and said in done[2], done
    assert await count(shell.house, "login") == 0


async def test_a_new_password_ends_sessions_and_the_lock_and_keeps_the_rank(shell: Shell) -> None:
    house = shell.house
    async with house.open(SYSTEM) as uow:
        await user.add_login(uow, "boss", PASSWORD, superuser=True)
    token = (await take_token(house, "boss", PASSWORD)).json()["access_token"]
    for _ in range(6):
        locked = await take_token(house, "boss", "a wrong password")
    assert locked.json()["code"] == "user.login_locked"
    assert (await shell("user", "set-password", "Boss", typed=OTHER_PASSWORD))[0] == 0
    assert (await get(house, token, "/me")).status_code == 401
    fresh = await take_token(house, "boss", OTHER_PASSWORD)
    assert (await get(house, fresh.json()["access_token"], "/me")).json()["roles"] == [["SUPERUSER", "pb"]]
    assert (await shell("user", "set-password", "nobody", typed=PASSWORD))[::2] == (1, "There is no login of that name\n")
    assert (await shell("user", "set-password", "boss", typed="short"))[0] == 1


def _typed_at_a_terminal(command: list[str], env: dict[str, str], answers: list[str]) -> tuple[int, str]:
    """Run a command on a terminal of its own, answering each prompt; exit code and what was shown."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603
        command, env=env, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # noqa: PLW1509
    )
    os.close(theirs)
    shown = ""
    for answer in [*answers, ""]:
        mark = len(shown)
        while answer == "" or not (len(shown) > mark and shown.endswith(": ")):  # a prompt is the last thing shown; "Error: …" is none
            try:
                shown += os.read(ours, 1000).decode()
            except OSError:  # the other end is closed
                break
        if answer:
            os.write(ours, f"{answer}\n".encode())
    os.close(ours)
    return process.wait(30), shown


@pytest.mark.soak  # a terminal's timing on a busy machine is no measure of a landing
async def test_at_a_terminal_the_password_is_asked_twice_and_not_shown(shell: Shell) -> None:
    command = [sys.executable, "-m", "bot.cli", "user", "create-admin", "boss"]
    code, shown = await asyncio.wait_for(asyncio.to_thread(_typed_at_a_terminal, command, shell.env, [PASSWORD, OTHER_PASSWORD, PASSWORD, PASSWORD]), 60)
    assert code == 0 and "do not match" in shown and "Admin made: boss, superuser" in shown
    assert PASSWORD not in shown and OTHER_PASSWORD not in shown
    assert (await take_token(shell.house, "boss", PASSWORD)).status_code == 200


async def test_a_backup_is_private_and_comes_back(shell: Shell, tmp_path: Path) -> None:
    await seed(shell.house, 1, 4, 1)
    file = tmp_path / "with a space.dump"
    file.write_bytes(b"an older one, open to all")
    file.chmod(0o644)
    assert (await shell("db", "backup", file))[0] == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and os.listdir(tmp_path) == [file.name]  # noqa: PTH208 no draft is left
    async with shell.house.open(SYSTEM) as uow:
        await user.register_person(uow, user.NewPerson(STRANGER, "Came later"))
    people = await count(shell.house, "person")
    await shell.house.engine.dispose()
    assert (await shell("db", "restore", file, "--yes"))[:2] == (0, "Restored.\n")
    assert await count(shell.house, "person") == people - 1
    code, out, err = await shell("verify", "--json")
    assert code == 0 and json.loads(out.splitlines()[-1])["ok"], err


async def test_a_backup_of_other_keys_is_refused_and_replaces_nothing(shell: Shell, tmp_path: Path) -> None:
    await seed(shell.house, 1, 4, 1)
    file, other_folder = tmp_path / "backup", str(tmp_path / "other keys")
    assert (await shell("db", "backup", file))[0] == 0
    async with shell.house.open(SYSTEM) as uow:
        await user.register_person(uow, user.NewPerson(STRANGER, "Came later"))
    people = await count(shell.house, "person")
    code, out, err = await shell("db", "restore", file, "--yes", MGRAMSEVA_DATA_DIR=other_folder)
    assert code == 1 and out == "" and "data keys do not open" in err and "Nothing was replaced" in err
    assert await count(shell.house, "person") == people
    strange = tmp_path / "strange"
    strange.write_bytes(b"PGDM")
    assert (await shell("db", "restore", strange, "--yes"))[::2] == (1, f"{strange}: not a backup of ours\n")


async def test_verify_with_other_keys_is_a_sentence(shell: Shell, tmp_path: Path) -> None:
    await seed(shell.house, 1, 4, 1)
    code, out, err = await shell("verify", "--json", MGRAMSEVA_DATA_DIR=str(tmp_path / "other keys"))
    assert code == 1 and "data keys do not open with the keys of this deployment" in err
    said: dict[str, Any] = json.loads(out.splitlines()[-1])
    (row,) = said["invariants"]
    assert not said["ok"] and row["checked"] == len(row["violations"]) > 0
    code, _, err = await shell("user", "create-admin", "boss", "--phone", SARPANCH, typed=PASSWORD, MGRAMSEVA_DATA_DIR=str(tmp_path / "other keys"))
    assert code == 1 and err.startswith("What is stored does not open")


def test_wrapped_keys_are_read_from_what_pg_restore_writes() -> None:
    sql = "SET x = 1;\nCOPY public.data_key (id, scope, wrapped, created_at) FROM stdin;\n1\tindex:phone\t\\\\x00ff\tnow\n2\tpb\t\\\\x10\tnow\n\\.\n\nmore\n"
    assert wrapped_keys(sql) == [("index:phone", b"\x00\xff"), ("pb", b"\x10")]
    assert wrapped_keys("COPY public.data_key (id, scope, wrapped) FROM stdin;\n\\.\n") == []
    assert wrapped_keys("SET x = 1;\n") is None


async def test_a_billing_run_names_whom_it_could_not_bill(shell: Shell) -> None:
    house = shell.house
    await seed(house, 2, 240, 0)
    async with house.open(SYSTEM) as uow:
        rows = await uow.session.execute(text("SELECT tenant_id, connection_no FROM connection WHERE metered AND active ORDER BY tenant_id, connection_no"))
        metered = [(r.tenant_id, r.connection_no) for r in rows]
    first = [number for village, number in metered if village == VILLAGES[0]]
    assert len(first) > 20
    for more in (["--preview"], []):
        code, out, err = await shell("billing", "run", "--period", "2026-11", "--tenant", VILLAGES[0], "--json", *more)
        lines = err.splitlines()
        assert code == 1 and lines[0] == f"Could not be billed: {len(first)}"
        assert lines[1:21] == [f"{VILLAGES[0]} {number}: no meter reading for the month" for number in first[:20]]
        assert lines[21:] == [f"and {len(first) - 20} more"]
        (row,) = json.loads(out.splitlines()[-1])["villages"]
        assert (row["billed"], row["failed"]) == (240 - len(first), len(first)) and len(row["failures"]) == 20
    async with house.open(SYSTEM) as uow:
        await uow.session.execute(text("UPDATE connection SET active = false WHERE metered"))
    assert (await shell("billing", "run", "--period", "2026-11", "--all"))[::2] == (0, "")
    code, out, _ = await shell("billing", "status", "--json")
    runs = json.loads(out.splitlines()[-1])
    assert code == 0 and [r["tenant_id"] for r in runs] == [VILLAGES[0], VILLAGES[0], VILLAGES[1]]
    code, out, _ = await shell("billing", "status", "--tenant", VILLAGES[1])
    assert code == 0 and out.startswith(VILLAGES[1]) and len(out.splitlines()) == 1
    assert (await shell("billing", "status", "--tenant", "pb.nowhere"))[0] == 1


async def test_links_in_the_terminal_lead_to_the_demo_beside_it(shell: Shell) -> None:
    await seed(shell.house, 1, 4, 1)
    said = (await shell("chat", "--phone", "+919000000001", "--locale", "en", "--port", "8123", typed="bill\n"))[1]
    assert "http://127.0.0.1:8123/" in said and ":8000" not in said
