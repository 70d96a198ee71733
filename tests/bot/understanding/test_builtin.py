"""The built-in model on texts it was not trained on, rebuilt from its texts, and its speed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from bot.understanding.base import INTENTS
from bot.understanding.builtin import MODEL, BuiltIn
from bot.understanding.commands import nlu
from bot.understanding.normalise import normalise
from bot.understanding.scoring import score
from bot.understanding.train import DATA, read_examples, train

HELD_OUT = Path(__file__).parent / "heldout.jsonl"
LOCALES = {"en", "hi", "pa", "hi-Latn", "pa-Latn"}


def cases() -> list[dict[str, Any]]:
    return [json.loads(line) for line in HELD_OUT.read_text(encoding="utf-8").splitlines()]


def test_held_out_texts() -> None:
    held = cases()
    assert len(held) >= 150
    assert {c["intent"] for c in held} == set(INTENTS)
    figures = score("builtin", held, [BuiltIn.load().understand(c["text"]) for c in held])
    assert figures["intent_accuracy"] >= 0.85
    assert min(figures["by_locale"].values()) >= 0.80
    assert figures["confident_wrong"] <= 0.05
    assert figures["oos_recall"] >= 0.85


def test_every_language_has_enough_texts_of_every_intent() -> None:
    assert {p.name for p in DATA.iterdir() if p.is_dir()} == LOCALES
    for folder in DATA.iterdir():
        if folder.is_dir():
            intents = [i for _, i in _texts(folder)]
            assert {i for i in INTENTS if intents.count(i) < 8} == set(), folder.name


def _texts(folder: Path) -> set[tuple[str, str]]:
    from ruamel.yaml import YAML

    parts = [p for f in folder.glob("*.yml") for p in YAML(typ="safe", pure=True).load(f.read_text(encoding="utf-8"))["nlu"]]
    return {(line[2:].strip(), p["intent"]) for p in parts for line in p["examples"].splitlines()}


def test_the_shipped_model_is_the_one_its_texts_make(tmp_path: Path) -> None:
    train(tmp_path / "again.npz")
    again, shipped = BuiltIn.read(tmp_path / "again.npz"), BuiltIn.load()
    assert MODEL.stat().st_size < 5_000_000
    assert again.known == shipped.known
    for case in cases():
        assert np.allclose(again.probabilities(case["text"]), shipped.probabilities(case["text"]), atol=0.02), case["text"]


@pytest.mark.parametrize("text", ["0045 500", "ramesh 500", "ਰਮੇਸ਼ ਪੰਜ ਸੌ", "kirpal 300", "जोगिंदर दो सौ", "gurpreet singh ne 200 diye", "0007 dhai sau"])
def test_collectors_shorthand(text: str) -> None:
    found = BuiltIn.load().understand(text)
    assert (found.intent, found.confidence >= 0.6) == ("collect_payment", True)


def test_an_amount_alone_is_asked_about() -> None:
    found = BuiltIn.load().understand("500")
    assert found.confidence < 0.6
    assert {found.intent, found.alternatives[0][0]} == {"collect_payment", "pay_bill"}


@pytest.mark.parametrize("text", ["", " ", "🙏", "👍", "\x00", "٣", "²", "a" * 5000, "1" * 400, "//--..", "₹", "½", "ws////", "\ud83d"])
def test_nothing_a_person_sends_breaks_it(text: str) -> None:
    for step in (None, "amount", "name", "connection_no"):
        found = BuiltIn.load().understand(text, step=step)
        assert found.intent in INTENTS
        assert 0 <= found.confidence <= 1


async def test_the_protocol() -> None:
    found = await BuiltIn.load().parse("mera bill kitna hai", locale="hi")
    assert (found.intent, found.locale, found.engine) == ("check_bill", "hi-Latn", "builtin")


def test_speed() -> None:
    model, held = BuiltIn.load(), cases()
    best = min(_seconds(model, held) for _ in range(5))
    assert best / len(held) < 0.0006  # the figure of a quiet machine is half of it


def _seconds(model: BuiltIn, held: list[dict[str, Any]]) -> float:
    start = time.process_time()
    for case in held:
        model.understand(case["text"])
    return time.process_time() - start


def test_commands_print_the_contracted_figures(tmp_path: Path) -> None:
    runner = CliRunner()
    said = json.loads(runner.invoke(nlu, ["evaluate", str(HELD_OUT), "--engine", "builtin", "--today", "2026-11-24", "--json"]).stdout.splitlines()[-1])
    assert {  # fmt: skip
        "engine", "n", "rasa_answered", "intent_accuracy", "confident_wrong", "asked_back", "oos_recall", "oos_precision", "by_locale", "by_intent", "entity_f1", "by_entity", "confused"} == set(said)
    amounts = tmp_path / "amounts.jsonl"
    amounts.write_text('{"text": "panj sau", "paise": 50000}\n{"text": "ghar 4", "paise": null}\n{"text": "80", "paise": 1}\n', encoding="utf-8")
    said = json.loads(runner.invoke(nlu, ["amounts", str(amounts), "--json"]).stdout)
    assert (said["n"], said["accuracy"], [w["text"] for w in said["wrong"]]) == (3, 0.6667, ["80"])
    assert json.loads(runner.invoke(nlu, ["parse", "ramesh 500", "--json", "--engine", "builtin"]).stdout)["intent"] == "collect_payment"
    assert runner.invoke(nlu, ["parse", "x", "--engine", "none"]).exit_code == 1


def test_held_out_texts_are_not_training_texts() -> None:
    trained = {normalise(text) for text, _ in read_examples()}
    assert sum(normalise(c["text"]) in trained for c in cases()) <= len(cases()) * 0.15
