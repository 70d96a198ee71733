"""The built-in model on texts it was not trained on, rebuilt from its texts, and its speed."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from bot.understanding.base import INTENTS
from bot.understanding.builtin import MODEL, BuiltIn
from bot.understanding.commands import nlu
from bot.understanding.normalise import normalise
from bot.understanding.scoring import read_cases, score, score_amounts
from bot.understanding.train import DATA, BadTrainingData, read_texts, train

TESTS = DATA.parent / "tests"
LOCALES = {"en", "hi", "pa", "hi-Latn", "pa-Latn"}
TODAY = date(2026, 11, 23)  # on which the held-out texts were written


def held_out(form: str) -> list[dict[str, Any]]:
    return read_cases(TESTS / f"heldout-{form}.jsonl", ("text", "intent", "entities"))


def cases() -> list[dict[str, Any]]:
    return [case for form in sorted(LOCALES) for case in held_out(form)]


def test_held_out_texts() -> None:
    """The goals for the built-in model alone, on texts whose writer saw no training text, and no writer of training texts saw."""
    held = cases()
    assert len(held) > 1600
    for form in LOCALES:
        assert {c["intent"] for c in held_out(form)} == set(INTENTS)
    figures = score("builtin", held, [BuiltIn.load().understand(c["text"], today=TODAY) for c in held])
    assert figures["intent_accuracy"] >= 0.92
    assert min(figures["by_locale"].values()) >= 0.92
    assert min(figures["by_intent"].values()) >= 0.80
    assert figures["confident_wrong"] <= 0.03
    assert figures["oos_recall"] >= 0.90
    assert figures["oos_precision"] >= 0.85
    assert figures["entity_f1"] >= 0.95


def test_a_confidence_is_as_often_right_as_it_says() -> None:
    answers = [(BuiltIn.load().understand(c["text"], today=TODAY), c["intent"]) for c in cases()]
    for low, high, off in ((0.0, 0.6, 0.25), (0.6, 0.9, 0.15), (0.9, 1.01, 0.05)):  # rather too modest than too sure
        bin_ = [(a.confidence, a.intent == meant) for a, meant in answers if low <= a.confidence < high]
        assert len(bin_) > 40
        assert abs(sum(c for c, _ in bin_) / len(bin_) - sum(ok for _, ok in bin_) / len(bin_)) < off, (low, high)


@pytest.mark.parametrize("file", ["amounts.jsonl", "amounts-dev.jsonl"])
def test_amounts(file: str) -> None:
    figures = score_amounts(read_cases(TESTS / file, ("text", "paise")))
    assert figures["n"] >= 200
    assert figures["accuracy"] >= 0.98, figures["wrong"]


def test_every_language_has_enough_texts_of_every_intent() -> None:
    assert {p.name for p in DATA.iterdir() if p.is_dir()} == LOCALES
    for folder in DATA.iterdir():
        if folder.is_dir():
            intents = [i for _, i in _texts(folder)]
            assert {i for i in INTENTS if intents.count(i) < 35} == set(), folder.name


def _texts(folder: Path) -> set[tuple[str, str]]:
    from ruamel.yaml import YAML

    parts = [p for f in folder.glob("*.yml") for p in YAML(typ="safe", pure=True).load(f.read_text(encoding="utf-8"))["nlu"] if "intent" in p]
    return {(line[2:].strip(), p["intent"]) for p in parts for line in p["examples"].splitlines()}


def test_the_shipped_model_is_the_one_its_texts_make(tmp_path: Path) -> None:
    train(tmp_path / "again.npz")
    again, shipped = BuiltIn.read(tmp_path / "again.npz"), BuiltIn.load()
    assert MODEL.stat().st_size < 5_000_000
    assert again.words == shipped.words
    for case in cases()[::5]:
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
    assert best / len(held) < 0.0006  # the figure of a quiet machine is a third of it


def _seconds(model: BuiltIn, held: list[dict[str, Any]]) -> float:
    start = time.process_time()
    for case in held:
        model.understand(case["text"])
    return time.process_time() - start


def test_commands_print_the_contracted_figures(tmp_path: Path) -> None:
    runner = CliRunner()
    said = json.loads(runner.invoke(nlu, ["evaluate", str(TESTS / "heldout-pa.jsonl"), "--engine", "builtin", "--today", "2026-11-24", "--json"]).stdout.splitlines()[-1])
    assert {  # fmt: skip
        "engine", "n", "rasa_answered", "intent_accuracy", "confident_wrong", "asked_back", "oos_recall", "oos_precision", "by_locale", "by_intent", "entity_f1", "by_entity", "confused"} == set(said)
    amounts = tmp_path / "amounts.jsonl"
    amounts.write_text('{"text": "panj sau", "paise": 50000}\n{"text": "ghar 4", "paise": null}\n{"text": "80", "paise": 1}\n', encoding="utf-8")
    said = json.loads(runner.invoke(nlu, ["amounts", str(amounts), "--json"]).stdout)
    assert (said["n"], said["accuracy"], [w["text"] for w in said["wrong"]]) == (3, 0.6667, ["80"])
    assert json.loads(runner.invoke(nlu, ["parse", "ramesh 500", "--json", "--engine", "builtin"]).stdout)["intent"] == "collect_payment"
    assert runner.invoke(nlu, ["parse", "x", "--engine", "none"]).exit_code == 2


def test_held_out_texts_are_not_training_texts() -> None:
    """Short texts ("menu", "bye") are what everybody writes; of longer ones few may be the same: some sentences two people write alike."""
    trained = {normalise(text) for text, _ in read_texts().examples}
    held = [c for c in cases() if len(c["text"].split()) > 2]
    assert sum(normalise(c["text"]) in trained for c in held) <= len(held) * 0.05


def test_bad_training_texts_are_refused_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    file = tmp_path / "en" / "talk.yml"
    for part, fault in (("intent: make_tea", "en/talk.yml: unknown intent make_tea"), ("synonym: TEA", "en/talk.yml: unknown expense type TEA"), ("intent: greet", "no examples: ")):
        file.write_text(f"version: '3.1'\nnlu:\n- {part}\n  examples: |\n    - x\n", encoding="utf-8")
        with pytest.raises(BadTrainingData, match=fault):
            read_texts(tmp_path)


@pytest.mark.parametrize(
    ("step", "text", "intent"),
    [
        ("amount", "500", "collect_payment"), ("cash.amount", "पाँच सौ", "collect_payment"), ("reading", "1250", "meter_reading"), ("ask_meter_reading", "1250", "meter_reading"),
        ("date", "5 tarikh", "promise_to_pay"), ("connection_no", "0045", "search_household"), ("name", "ਰਮੇਸ਼ ਕੁਮਾਰ", "search_household"),
    ],
)  # fmt: skip
def test_a_bare_answer_belongs_to_its_step(step: str, text: str, intent: str) -> None:
    found = BuiltIn.load().understand(text, step=step)
    assert (found.intent, len(found.entities)) == (intent, 1)


def test_a_wish_in_place_of_an_answer_stays_a_wish() -> None:
    assert BuiltIn.load().understand("mera bill kitna hai", step="name").intent == "check_bill"
