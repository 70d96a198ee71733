"""The embedded server is started again when it dies under a living process, and given up in a sentence when it does not stay up."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.kit import embedded, reviving

PAUSES_S = (0.0, 0.1, 0.1)


@pytest.fixture
def data_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a running server, looked after impatiently."""
    folder = Path(tempfile.mkdtemp(prefix="mgs-reviving-"))
    monkeypatch.setattr(reviving, "PAUSES_S", PAUSES_S)
    monkeypatch.setattr(reviving, "LOOK_S", 0.05)
    monkeypatch.setattr(embedded, "REFUSED_LIMIT_S", 0.3)
    embedded.start(folder)
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder)


def kill(data_dir: Path) -> int:
    pid = int((data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    return pid


async def test_a_killed_server_is_started_again_and_said_in_one_line(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heard: list[str] = []
    answers = asyncio.Event()

    async def lost() -> None:
        heard.append("lost")

    def back() -> None:
        heard.append("back")
        answers.set()

    task = asyncio.create_task(reviving.keep_running(data_dir, lost, back))
    await asyncio.sleep(0.3)
    assert heard == [], "a running server is left alone"
    for turn in (1, 2):
        capsys.readouterr()
        pid = kill(data_dir)
        await asyncio.wait_for(answers.wait(), 20)
        answers.clear()
        assert heard == ["lost", "back"] * turn
        assert embedded.is_running(data_dir) and str(pid) != (data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0]
        said = [line for line in capsys.readouterr().err.splitlines() if "recovering" not in line]
        assert len(said) == 1 and said[0].startswith("The database ended unexpectedly. It was started again") and str(data_dir / "postgres.log") in said[0]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_server_that_does_not_start_is_tried_so_often_and_then_given_up(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def lost() -> None:
        (data_dir / "postgres" / "global" / "pg_control").rename(data_dir / "pg_control")

    def back() -> None:
        raise AssertionError("it can't be")

    task = asyncio.create_task(reviving.keep_running(data_dir, lost, back))
    await asyncio.sleep(0.1)
    kill(data_dir)
    with pytest.raises(embedded.EmbeddedFailed, match="3 times"):
        await asyncio.wait_for(task, 30)
    said = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in said] == [f"The database ended unexpectedly and does not start (try {n} of 3)" for n in (1, 2, 3)]
    assert all("pg_control" in line for line in said), said


async def test_a_server_that_dies_again_and_again_is_given_up(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "REFUSED_LIMIT_S", 30.0)
    answers = asyncio.Event()

    async def lost() -> None:
        pass

    task = asyncio.create_task(reviving.keep_running(data_dir, lost, answers.set))
    for _ in PAUSES_S:
        kill(data_dir)
        await asyncio.wait_for(answers.wait(), 30)
        answers.clear()
    kill(data_dir)
    with pytest.raises(embedded.EmbeddedFailed, match="3 times"):
        await asyncio.wait_for(task, 30)
    assert not embedded.is_running(data_dir)
