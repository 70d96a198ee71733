"""An evaluation for people: a table by written form for the terminal, and one HTML page with the confusion picture. No script, nothing fetched."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from html import escape
from typing import Any

from bot.engine import ACT
from bot.understanding.base import INTENTS, Understood
from bot.understanding.scoring import score

CELL, LEFT, TOP = 15, 150, 140  # of the confusion picture, in px
FORMS = {"en": "English", "hi": "Hindi, Devanagari", "pa": "Punjabi, Gurmukhi", "hi-Latn": "Hindi, Latin", "pa-Latn": "Punjabi, Latin"}
COLUMNS = ("n", "intent_accuracy", "confident_wrong", "asked_back", "oos_recall", "oos_precision", "entity_f1")
_STYLE = """body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#1a2b33}table{border-collapse:collapse;margin:1rem 0}
td,th{padding:.25rem .7rem;border-bottom:1px solid #d5dfe3;text-align:right}td:first-child,th:first-child{text-align:left}
.low{color:#a3260a;font-weight:600}svg{max-width:100%;height:auto}text{font:10px system-ui,sans-serif;fill:#1a2b33}"""


def by_form(cases: list[dict[str, Any]], answers: list[Understood]) -> dict[str, dict[str, Any]]:
    """The figures of `scoring.score` for each written form that occurs, and for all."""
    forms = [f for f in FORMS if any(c.get("locale") == f for c in cases)]
    rows = {}
    for form in forms:
        mine = [(c, a) for c, a in zip(cases, answers, strict=True) if c.get("locale") == form]
        rows[form] = score("", [c for c, _ in mine], [a for _, a in mine])
    return {**rows, "all": score("", cases, answers)}


def as_table(rows: dict[str, dict[str, Any]]) -> str:
    """The same as text, for a terminal or a Markdown page."""
    lines = [f"| form | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
    lines += [f"| {form} | {' | '.join(_shown(row[c]) for c in COLUMNS)} |" for form, row in rows.items()]
    return "\n".join(lines)


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)


def as_html(engine: str, made_at: datetime, machine: str, cases: list[dict[str, Any]], answers: list[Understood]) -> str:
    """One page: figures by form, recall of each intent, the confused pairs with an example of each, and the confusion picture."""
    rows = by_form(cases, answers)
    wrong = [(c, a) for c, a in zip(cases, answers, strict=True) if a.intent != c["intent"]]
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Understanding: {escape(engine)}</title><style>{_STYLE}</style>
<h1>Understanding: {escape(engine)}</h1>
<p>{len(cases)} cases, {made_at:%Y-%m-%d %H:%M} UTC, {escape(machine)}. “Confident and wrong” is acting at {ACT} or more on the wrong intent, as a share of all cases.</p>
<h2>By written form</h2>{_form_table(rows)}
<h2>Recall by intent</h2>{_intent_table(rows["all"]["by_intent"], cases)}
<h2>Confusion</h2><p>Rows: what was meant. Columns: what was understood. The diagonal is right.</p>{_picture(cases, answers)}
<h2>Confused pairs</h2>{_pairs_table(wrong)}
</html>
"""


def _table(head: list[str], rows: list[list[str]]) -> str:
    cells = "".join(f"<th>{escape(h)}</th>" for h in head)
    return f"<table><tr>{cells}</tr>" + "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows) + "</table>"


def _form_table(rows: dict[str, dict[str, Any]]) -> str:
    return _table(["form", *(c.replace("_", " ") for c in COLUMNS)], [[escape(FORMS.get(form, form)), *(_shown(row[c]) for c in COLUMNS)] for form, row in rows.items()])


def _intent_table(recall: dict[str, float], cases: list[dict[str, Any]]) -> str:
    counts = Counter(c["intent"] for c in cases)
    listed = sorted(recall.items(), key=lambda r: r[1])
    return _table(["intent", "cases", "recall"], [[intent, str(counts[intent]), f"<span class=low>{r:.3f}</span>" if r < 0.85 else f"{r:.3f}"] for intent, r in listed])


def _pairs_table(wrong: list[tuple[dict[str, Any], Understood]]) -> str:
    pairs = Counter((c["intent"], a.intent) for c, a in wrong)
    examples = {(c["intent"], a.intent): (c["text"], a.confidence) for c, a in reversed(wrong)}
    rows = [[meant, said, str(n), escape(examples[meant, said][0]), f"{examples[meant, said][1]:.2f}"] for (meant, said), n in pairs.most_common()]
    return _table(["meant", "understood", "times", "for example", "confidence"], rows)


def _picture(cases: list[dict[str, Any]], answers: list[Understood]) -> str:
    """Shares of each row, as squares: green on the diagonal, red beside it."""
    counts = Counter((c["intent"], a.intent) for c, a in zip(cases, answers, strict=True))
    totals = Counter(c["intent"] for c in cases)
    shown = [i for i in INTENTS if totals[i] or any(said == i for _, said in counts)]
    place = {intent: n for n, intent in enumerate(shown)}
    size = len(shown) * CELL
    squares = [
        f'<rect x="{LEFT + place[said] * CELL}" y="{TOP + place[meant] * CELL}" width="{CELL - 1}" height="{CELL - 1}" fill="{"#0a7d5c" if meant == said else "#c8341a"}"'
        f' fill-opacity="{0.15 + 0.85 * n / totals[meant]:.2f}"><title>{meant} as {said}: {n} of {totals[meant]}</title></rect>'
        for (meant, said), n in counts.items()
    ]
    names = [f'<text x="{LEFT - 6}" y="{TOP + n * CELL + 11}" text-anchor="end">{i}</text>' for i, n in place.items()]
    names += [f'<text transform="translate({LEFT + n * CELL + 11},{TOP - 6}) rotate(-60)">{i}</text>' for i, n in place.items()]
    frame = f'<rect x="{LEFT}" y="{TOP}" width="{size}" height="{size}" fill="none" stroke="#d5dfe3"/>'
    return f'<svg viewBox="0 0 {LEFT + size + 90} {TOP + size + 10}" width="{LEFT + size + 90}" role="img" aria-label="Confusion of intents">{frame}{"".join(squares)}{"".join(names)}</svg>'
