"""The loader refuses what could fail in front of a person: each rule is shown to refuse, with its place, and all faults come at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.actions import shapes
from bot.engine.loader import BadFlows, load_flows

FLOWS = Path(__file__).resolve().parents[3] / "flows"
Edit = Callable[[str], str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the flows to spoil."""
    for path in FLOWS.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def faults(folder: Path) -> list[str]:
    """What the loader says, as file:line:column: message."""
    try:
        load_flows(folder, shapes())
    except BadFlows as bad:
        return [str(problem) for problem in bad.problems]
    return []


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name} any more"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def place(folder: Path, name: str, text: str) -> str:
    """file:line of a text."""
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return f"{name}:{next(i for i, line in enumerate(lines, 1) if text in line)}:"


def test_the_projects_flows_have_no_fault(folder: Path) -> None:
    assert faults(folder) == []


RULES = {
    "a call without on_error": ("person.yaml", 'on_error: {"*": trouble.}', "on_error: {timeout: trouble.}", "call: village_contact", "on_error with '*'"),
    "an unknown action": ("person.yaml", "call: village_contact", "call: fly", "call: fly", "no action 'fly'"),
    "an error that never comes": ("bill.yaml", "{connection.not_found: gone, user", "{connection.lost: gone, user", "connection.lost", "never ends in 'connection.lost'"),
    "an argument too many": ("bill.yaml", "args: {account: $account}", "args: {account: $account, colour: red}", "colour", "takes no 'colour'"),
    "an argument too few": ("unseen.yaml", "args: {account: $account, reference", "args: {reference", "call: report_unseen", "needs 'account'"),
    "a step that can't be left": ("thanks.yaml", "    next: done\n", "", "  show:", "nobody can leave"),
    "a question that can't be left": (
        "cancelled.yaml",
        "    say:\n      - text: \"Stopped. Nothing was changed.\"\n    next: done",
        '    ask:\n      - text: "Stopped. Nothing was changed."',
        "  show:",
        "nobody can leave this question",
    ),
    "an unknown target": ("menu.yaml", "go: receipts.}", "go: reciepts.}", "reciepts.", "no step 'reciepts.'"),
    "an unknown step": ("bill.yaml", "next: fetch\n", "next: fetsh\n", "next: fetsh", "no step 'fetsh'"),
    "an unreachable step": ("thanks.yaml", "  done:", "  lonely:\n    end: quiet\n  done:", "lonely:", "nothing leads to this step"),
    "a value without a source": ("person.yaml", '"The panchayat office of {village} can help you."', '"{colour} can help you."', "{colour}", "nothing gives 'colour'"),
    "a condition without a source": ("bill.yaml", "v.is_due == true", "v.is_blue == true", "v.is_blue", "nothing gives 'is_blue'"),
    "a condition that is none": ("bill.yaml", "v.is_due == true", "v.is_due ==", "v.is_due ==", "not a condition"),
    "a question that could not be asked again": ("bill.yaml", "  show:\n    redo: fetch\n", "  show:\n", "  show:", "would lack"),
    "a label too long": (
        "help.yaml",
        "  show:",
        '  more:\n    ask: [{text: "x"}]\n    choices: [{id: a, label: "This label is far too long", go: more}]\n  show:',
        "far too long",
        "26 letters in en, at most 20",
    ),
    "two choices with one name": ("trouble.yaml", "{id: menu, label", "{id: bill, label", "choices:", "two choices are called 'bill'"),
    "two choices with one label": ("trouble.yaml", 'label: "Menu"', 'label: "My bill"', "id: menu", "is the label of two choices"),
    "money without a confirmed question": (
        "cash.yaml", "      - if: \"v.amount != null\"\n        go: check", "      - if: \"v.amount != null\"\n        go: post", "call: record_cash", "money moves without",
    ),
    "money after a question that confirms nothing": (
        "cash.yaml", "    redo: look\n    confirms: true\n", "    redo: look\n", "call: record_cash", "money moves without a confirmed question: cash.check",
    ),
    "money after a no": (
        "cash.yaml", '{id: "no", label: "No, change it", go: change}', '{id: "no", label: "No, change it", go: post}',
        "call: record_cash", "cash.check leads to it",
    ),
    "a confirm step without the amount in words": ("cash.yaml", "\\n({amount:words})", "", "  check:", "reads the amount back in words"),
    "an intent that does not exist": ("bill.yaml", "intents: [check_bill", "intents: [chek_bill", "chek_bill", "no intent 'chek_bill'"),
    "an intent of two flows": ("help.yaml", "intents: [help]", "intents: [help, greet]", "intents:", "another flow starts by the intent 'greet'"),
    "a word of two flows": ("thanks.yaml", "words: [thanks,", "words: [bill, thanks,", "words:", "another flow starts by 'bill'"),
    "a word that is a command": ("thanks.yaml", "words: [thanks,", "words: [menu, thanks,", "words:", "'menu' is a command everywhere"),
    "a format that does not exist": ("bill.yaml", "{total:money}", "{total:gold}", "{total:gold}", "not a value: {total:gold}"),
    "a branch that may end nowhere": ("menu.yaml", "      - go: villager\n", "", "branch:", "ends with the one case that always holds"),
    "a circle without a person": ("bill.yaml", "      - go: look_again\n", "      - go: fetch\n", "  gone:", "turns in a circle"),
    "plural without count": ("day.yaml", "        count: count\n", "", "- text: \"{on:day}", "plural and count go together"),
    "a key that does not belong": ("thanks.yaml", "    next: done\n", "    next: done\n    ok: done\n", "ok: done", "a say step has no 'ok'"),
    "an unknown key": ("thanks.yaml", "    next: done\n", "    nxt: done\n    next: done\n", "nxt: done", "Extra inputs"),
    "a wrong type": ("thanks.yaml", "start: show", "start: [show]", "start:", "valid string"),
    "two kinds at once": ("thanks.yaml", "  done:\n    end: quiet", "  done:\n    end: quiet\n    wish: true", "  done:", "exactly one of"),
    "a flow in another's file": ("thanks.yaml", "flow: thanks", "flow: thank_you", "flow: thank_you", "its file 'thanks'"),
    "a duplicate key": ("thanks.yaml", "start: show", "start: show\nstart: done", "start: done", "duplicate key"),
    "an unknown audience": ("cash.yaml", "who: collector", "who: colector", "who: colector", "who: Input should be 'everyone' or 'collector'"),
    "others without a way": ("cash.yaml", "otherwise: paying.\n", "", "who: collector", "say in otherwise where others go"),
    "another way for nobody": ("bill.yaml", "flow: bill\n", "flow: bill\notherwise: menu.\n", "otherwise:", "nobody goes otherwise"),
    "others sent to no flow": ("cash.yaml", "otherwise: paying.", "otherwise: payyng.", "otherwise:", "no flow 'payyng.'"),
    "others sent to no step": ("day.yaml", "otherwise: not_yours.day", "otherwise: not_yours.month", "otherwise:", "no flow 'not_yours.month'"),
    "others sent where they may not go": ("cash.yaml", "otherwise: paying.", "otherwise: household.", "otherwise:", "'household' is the collector's"),
    "a collector's action in everyone's flow": ("day.yaml", "who: collector\notherwise: not_yours.day\n", "", "call: day_summary", "the flow says who: collector"),
    "a collector's flow that the engine needs": (
        "help.yaml", "flow: help\n", "flow: help\nwho: collector\notherwise: menu.\n", "who:", "the engine needs this flow for everyone",
    ),
    "a question only a collector can leave": (
        "trouble.yaml",
        '      - {id: bill, label: "My bill", go: bill.}\n      - {id: menu, label: "Menu", go: menu.}\n      - {id: person, label: "Talk to a person", go: person.}',
        '      - {id: cash, label: "Log cash", go: cash.}',
        "choices:", "not everyone can leave this question",
    ),
    "a circle through what others are told": ("paying.yaml", "go: not_here.", "go: cash.", "", "circle without asking anybody: back to paying.known"),
    "an anchor": ("thanks.yaml", "start: show", "start: &a show", "start: &a", "anchors and aliases"),
    "broken YAML": ("thanks.yaml", "start: show", "start: [show", "", ""),
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_refused(folder: Path, rule: str) -> None:
    name, old, new, where, message = RULES[rule]
    spoil(folder, name, old, new)
    found = faults(folder)
    assert found, f"{rule} was not seen"
    assert any(message in fault for fault in found), found
    if where:
        assert any(fault.startswith(place(folder, name, where)) and message in fault for fault in found), found


def test_all_faults_of_all_files_come_at_once(folder: Path) -> None:
    spoil(folder, "bill.yaml", "v.is_due == true", "v.is_blue == true")
    spoil(folder, "menu.yaml", "go: receipts.}", "go: reciepts.}")
    spoil(folder, "person.yaml", '"The panchayat office of {village} can help you."', '"{colour} can help you."')
    found = faults(folder)
    assert len({fault.split(":")[0] for fault in found}) == 3


def test_more_than_ten_choices(folder: Path) -> None:
    more = "".join(f'\n      - {{id: more{n}, label: "More {n}", go: bill.}}' for n in range(3))
    spoil(folder, "menu.yaml", '{id: person, label: "Talk to a person", go: person.}', '{id: person, label: "Talk to a person", go: person.}' + more)
    assert any("more than the 10 choices" in fault for fault in faults(folder))


def test_a_bomb_of_aliases_is_refused_unexpanded(folder: Path) -> None:
    lines = ["flow: bomb", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (folder / "bomb.yaml").write_text("\n".join(lines))
    assert any("anchors and aliases" in fault for fault in faults(folder))


def test_a_file_too_large_and_one_that_is_no_text(folder: Path) -> None:
    (folder / "large.yaml").write_text("flow: large\n" + "#" * 100_000)
    (folder / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    found = faults(folder)
    assert any("larger than" in fault for fault in found) and any("not UTF-8" in fault for fault in found)


def test_a_missing_flow_of_the_engine(folder: Path) -> None:
    (folder / "cancelled.yaml").unlink()
    assert any("cancelled" in fault for fault in faults(folder))


def test_a_missing_translation_and_a_long_one(folder: Path) -> None:
    def catalogue(context: str, text: str) -> dict[str, str | None]:
        return {"en": text, "hi": None if text == "Menu" else "x" * 30 if text == "My bill" else text}

    with pytest.raises(BadFlows) as refused:
        load_flows(folder, shapes(), catalogue)
    found = [str(problem) for problem in refused.value.problems]
    assert any("not translated to hi: 'Menu'" in fault for fault in found)
    assert any("30 letters in hi" in fault for fault in found)


def test_versions_change_with_the_file(folder: Path) -> None:
    before = load_flows(folder, shapes()).versions
    spoil(folder, "help.yaml", "for your receipts", "for receipts")
    after = load_flows(folder, shapes()).versions
    assert {name for name in before if before[name] != after[name]} == {"help"}
