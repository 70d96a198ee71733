"""The evaluation as people read it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.dom.minidom import parseString

from typer.testing import CliRunner

from bot.understanding.base import Understood
from bot.understanding.commands import nlu
from bot.understanding.report import as_html, as_table, by_form

CASES: list[dict[str, Any]] = [
    {"text": "mera <b>bill", "locale": "hi-Latn", "intent": "check_bill", "entities": []},
    {"text": "ਬਿੱਲ", "locale": "pa", "intent": "check_bill"},
    {"text": "gas book karo", "locale": "hi-Latn", "intent": "out_of_scope"},
]


def answer(intent: str, confidence: float = 0.9) -> Understood:
    return Understood(intent=intent, confidence=confidence, locale="pa", engine="builtin")


ANSWERS = [answer("pay_bill"), answer("check_bill"), answer("out_of_scope", 0.4)]


def test_each_form_has_its_own_line_and_all_the_last() -> None:
    rows = by_form(CASES, ANSWERS)
    assert [(form, row["n"], row["intent_accuracy"], row["confident_wrong"], row["asked_back"]) for form, row in rows.items()] == [
        ("pa", 1, 1.0, 0.0, 0.0),
        ("hi-Latn", 2, 0.5, 0.5, 0.5),
        ("all", 3, 0.6667, 0.3333, 0.3333),
    ]
    assert as_table(rows).splitlines()[-1].startswith("| all | 3 | 0.667 | 0.333 |")


def test_the_page_shows_the_confusion_and_escapes_what_people_wrote() -> None:
    page = as_html("builtin", datetime(2026, 11, 24, tzinfo=UTC), "x", CASES, ANSWERS)
    assert "mera &lt;b&gt;bill" in page
    assert "<b>" not in page
    picture = parseString(page[page.index("<svg") : page.index("</svg>") + 6])
    squares = {title[0].toxml()[7:-8]: s.getAttribute("fill") for s in picture.getElementsByTagName("rect") if (title := s.getElementsByTagName("title"))}
    assert squares == {"check_bill as pay_bill: 1 of 2": "#c8341a", "check_bill as check_bill: 1 of 2": "#0a7d5c", "out_of_scope as out_of_scope: 1 of 1": "#0a7d5c"}


def test_the_command_writes_it(tmp_path: Path) -> None:
    file, page = tmp_path / "cases.jsonl", tmp_path / "page.html"
    file.write_text("\n".join(json.dumps(c) for c in CASES), encoding="utf-8")
    result = CliRunner().invoke(nlu, ["evaluate", str(file), "--engine", "builtin", "--report", str(page), "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout.splitlines()[-1])["n"] == 3
    assert "<svg" in page.read_text(encoding="utf-8")
