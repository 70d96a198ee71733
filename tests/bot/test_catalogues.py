"""The catalogues are complete in three languages, and each rule on them is shown to refuse."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import catalogues
from bot.catalogue_commands import i18n
from bot.engine.loader import load_flows
from bot.flow_commands import flows
from bot.message_lengths import length_faults
from bot.texts import FOLDER, LOCALES, catalogue_path

FLOWS = Path(__file__).resolve().parents[2] / "flows"


def test_the_catalogues_have_no_fault() -> None:
    assert catalogues.all_faults() == []
    assert length_faults() == []


def test_the_catalogues_are_what_extract_would_write(tmp_path: Path) -> None:
    texts = catalogues.all_texts()
    for locale in LOCALES:
        (tmp_path / locale / "LC_MESSAGES").mkdir(parents=True)
        path = tmp_path / locale / "LC_MESSAGES" / "messages.po"
        committed = (FOLDER / locale / "LC_MESSAGES" / "messages.po").read_bytes()
        path.write_bytes(committed)
        catalogues.update(locale, texts, tmp_path)
        assert path.read_bytes() == committed, f"run `mgramseva i18n extract`: {locale} is not up to date"
    catalogues.write_template(texts, tmp_path)
    assert (tmp_path / "messages.pot").read_bytes() == (FOLDER / "messages.pot").read_bytes()


def test_texts_come_from_flows_and_python_with_their_place() -> None:
    texts = {(t.context, t.text): t for t in catalogues.all_texts()}
    bill = texts["bill.show", "Total: {total:money}"]
    line = (FLOWS / "bill.yaml").read_text(encoding="utf-8").splitlines()[bill.line - 1]
    assert bill.file == "flows/bill.yaml" and line[bill.column - 1 :].startswith("Total:")
    assert texts["global", "Did you mean this?"].file == "bot/engine/sentences.py"
    assert texts["title", "Log cash"].file == "flows/cash.yaml"
    assert texts["day.show", "{on:day}: {count} payment, {total:money} in cash."].plural is not None


@pytest.mark.parametrize(
    ("text", "said", "locale", "fault"),
    [
        ("Hello", "", "hi", "missing"),
        ("Hello {name}", "नमस्ते {nam}", "hi", "values differ"),
        ("{a:money} {b:money}", "{b:money} {a:day}", "pa", "values differ"),
        ("Hello", "नमस्ते {name", "hi", "not a text"),
        ("Hello", "नमस्ते bill", "hi", "Latin words: bill"),
        ("Hello", "ਬਿੱਲ बिल", "pa", "another language's script"),
        ("A\nB", "अ ब", "hi", "other line breaks"),
        ("Hello", unicodedata.normalize("NFC", "ज़").replace("\u091c\u093c", "\u095b"), "hi", "not in NFC"),
        ("Price – low", "Price – low", "en", "not in GSM-7"),
    ],
)
def test_a_fault_is_seen(text: str, said: str, locale: str, fault: str) -> None:
    assert any(fault in found for found in catalogues.text_faults(text, said, locale))


def test_a_good_translation_has_no_fault() -> None:
    assert catalogues.text_faults("Like {x:money} or WS/1/2", "जैसे {x:money} या WS/1/2।", "hi") == []
    assert catalogues.text_faults("Danda", "ਦੰਡਾ।", "pa") == []


def test_a_new_text_is_added_an_old_one_dropped_and_a_moved_one_kept(tmp_path: Path) -> None:
    def text(context: str, said: str) -> catalogues.Text:
        return catalogues.Text("f.yaml", 1, 1, context, said)

    first = catalogues.update("pa", [text("a.b", "Menu"), text("a.b", "Old")], tmp_path)
    menu = first.get("Menu", context="a.b")
    assert menu is not None
    menu.string = "ਮੀਨੂ"
    catalogues._write(first, catalogue_path("pa", tmp_path))
    second = catalogues.update("pa", [text("c.d", "Menu"), text("c.d", "New")], tmp_path)
    kept, new = second.get("Menu", context="c.d"), second.get("New", context="c.d")
    assert kept is not None and kept.string == "ਮੀਨੂ"
    assert new is not None and new.string == ""
    assert second.get("Old", context="a.b") is None


def test_a_message_too_long_for_its_channel_is_seen(tmp_path: Path) -> None:
    from bot.actions import shapes

    for path in FLOWS.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    bill = tmp_path / "bill.yaml"
    bill.write_text(bill.read_text(encoding="utf-8").replace("Nothing is due. Thank you!", "word " * 220), encoding="utf-8")
    found = length_faults(load_flows(tmp_path, shapes()))
    assert any("bill.nothing" in fault and "at most 1024" in fault for fault in found)


# --- the commands ------------------------------------------------------------------------------------------------------------------------------


def test_i18n_check() -> None:
    result = CliRunner().invoke(i18n, ["check", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.output.splitlines()[-1])["faults"] == []


def test_flows_check_says_all_in_json() -> None:
    result = CliRunner().invoke(flows, ["check", "--json"])
    assert result.exit_code == 0
    last = json.loads(result.output.splitlines()[-1])
    assert last["problems"] == [] and last["flows"] > 15


def test_flows_check_refuses_with_places(tmp_path: Path) -> None:
    (tmp_path / "menu.yaml").write_text("flow: menu\nstart: who\nsteps:\n  who:\n    ask: [{text: hi}]\n")
    result = CliRunner().invoke(flows, ["check", str(tmp_path), "--json"])
    assert result.exit_code == 1
    assert "menu.yaml:4:3: nobody can leave this question" in result.output
    assert json.loads(result.output.splitlines()[-1])["problems"][0]["file"]


def test_flows_check_reports_an_unknown_audience(tmp_path: Path) -> None:
    (tmp_path / "cash.yaml").write_text("flow: cash\nwho: tailor\nstart: who\nsteps:\n  who:\n    end: return\n")
    result = CliRunner().invoke(flows, ["check", str(tmp_path), "--json"])
    assert result.exit_code == 1
    assert "cash.yaml:2:1: who: Input should be 'everyone' or 'collector'" in result.output


def test_a_wrong_call_is_2() -> None:
    assert CliRunner().invoke(flows, ["check", "/nowhere"]).exit_code == 2
    assert CliRunner().invoke(flows, ["draw", "nothing"]).exit_code == 2


def test_flows_draw() -> None:
    drawn = CliRunner().invoke(flows, ["draw", "cash"]).output
    assert drawn.startswith("flowchart TD")
    assert "cash_check -->|yes| cash_post" in drawn
    assert 'cash_post[["post: record_cash"]]' in drawn
    assert "cash_given -.->|not a collector| paying_start" in drawn
    every = CliRunner().invoke(flows, ["draw"]).output
    assert "bill_fetch" in every and "menu_villager" in every
