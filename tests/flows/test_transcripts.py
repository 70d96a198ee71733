"""Every transcript is replayed; together they walk every step of every flow."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine import walking
from bot.engine.definition import Step
from bot.engine.turn import Turn
from tests.support import transcripts
from tests.support.talk import flows

FOLDER = Path(__file__).parent
CASES = transcripts.cases(FOLDER)


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
async def test_transcript(path: Path, updating: bool) -> None:
    case = transcripts.read(path)
    _, said = await transcripts.replay(case)
    if updating:
        transcripts.fill(case, said)
        transcripts.write(path, case)
    assert said == transcripts.expected(transcripts.read(path))


async def test_transcripts_walk_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: set[tuple[str, str]] = set()
    step_of = walking._step

    def noted(turn: Turn, step: Step) -> bool:
        walked.add((turn.flow or "", turn.step or ""))
        return step_of(turn, step)

    monkeypatch.setattr(walking, "_step", noted)
    for path in CASES:
        await transcripts.replay(transcripts.read(path))
    every = {(flow.flow, step) for flow in flows().by_name.values() for step in flow.steps}
    assert every - walked == set()


async def test_a_changed_text_would_be_seen() -> None:
    case = transcripts.read(CASES[0])
    _, said = await transcripts.replay(case)
    case["talk"][-1]["bot"] = ["something else"]
    assert said != transcripts.expected(case)


def test_transcripts_are_in_every_language_and_channel() -> None:
    read = [transcripts.read(path) for path in CASES]
    assert {case["channel"] for case in read} == {"whatsapp", "sms", "telegram"}
    text = "".join(str(m) for case in read for turn in transcripts.expected(case) for m in turn)
    assert "पानी का बिल" in text and "ਪਾਣੀ ਦਾ ਬਿੱਲ" in text and "Water bill for" in text
