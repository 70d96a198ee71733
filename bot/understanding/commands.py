"""The commands `mgramseva nlu …`: train the built-in model, read a text, measure on files of cases."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from backend.cli import Json, print_json, refuse, run
from bot.understanding.base import Understanding
from bot.understanding.engines import ENGINES, best_engine
from bot.understanding.report import as_html, as_table, by_form
from bot.understanding.scoring import BadCases, ask_all, read_cases, score, score_amounts

nlu = typer.Typer(help="What people write, and how well it is understood.", no_args_is_help=True)
CaseFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON lines, one case a line.")]
Today = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day on which the texts were written.")]
Engine = Annotated[str | None, typer.Option(help="cascade, rasa or builtin; without it, what the bot uses.")]


def _chosen(engine: str | None) -> tuple[str, Understanding]:
    name = engine or best_engine()
    if name not in ENGINES:
        raise refuse([f"The engine {name} is not available; there are: {', '.join(sorted(ENGINES))}."])
    return name, ENGINES[name]()


def _day(today: datetime | None) -> date | None:
    return today.date() if today else None


def _print_figures(figures: dict[str, Any]) -> None:
    for name, value in figures.items():
        print(f"{name:18} {value}")


@nlu.command("train")
def train_model(as_json: Json = False) -> None:
    """Train the built-in model from nlu/data and write its file."""
    from bot.understanding.train import BadTrainingData, train

    try:
        figures = train()
    except BadTrainingData as bad:
        raise refuse([str(bad)]) from None
    except ModuleNotFoundError as missing:
        raise refuse([f"Training needs {missing.name}; install requirements/dev.txt."]) from None
    if as_json:
        print_json(figures)
    else:
        _print_figures(figures)


@nlu.command()
def parse(
    text: str,
    step: Annotated[str | None, typer.Option(help="What was just asked for, such as amount or connection_no.")] = None,
    today: Today = None,
    engine: Engine = None,
    as_json: Json = False,
) -> None:
    """What a text means."""
    _, understanding = _chosen(engine)
    found = run(understanding.parse(text, step=step, today=_day(today)))
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    print(f"{found.intent} {found.confidence:.2f} ({found.locale}, {found.engine})")
    for entity in found.entities:
        print(f"  {entity.entity}: {entity.value}")


@nlu.command("evaluate")
def evaluate_file(
    file: CaseFile,
    engine: Engine = None,
    today: Today = None,
    report: Annotated[Path | None, typer.Option(dir_okay=False, help="Write a page with the confusion picture here.")] = None,
    as_json: Json = False,
) -> None:
    """Intents, entities and confidence on cases with known answers; a table by written form, and the confused pairs."""
    name, understanding = _chosen(engine)
    try:
        cases = read_cases(file, ("text", "intent"))
    except BadCases as bad:
        raise refuse([str(bad)]) from None
    answers = run(ask_all(understanding, cases, _day(today)))
    figures = score(name, cases, answers)
    if report is not None:
        report.write_text(as_html(name, datetime.now(UTC), f"{platform.machine()}, {os.cpu_count()} cores", cases, answers), encoding="utf-8")
    if as_json:
        print_json(figures)
        return
    print(as_table(by_form(cases, answers)))
    for pair in figures["confused"]:
        print(f"{pair['count']:3} {pair['intent']} as {pair['as']}")


@nlu.command()
def unmatched(
    days: Annotated[int, typer.Option(min=1, max=366, help="How far back.")] = 30,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the candidates here instead of printing them.")] = None,
    as_json: Json = False,
) -> None:
    """What was not understood, of people who allowed learning: masked, put together, in training format for a person to accept."""
    from bot.learning import collect
    from bot.understanding.unmatched import as_training

    found = run(collect(days))
    training = as_training(found.candidates)
    if out is not None:
        out.write_text(training, encoding="utf-8")
    elif not as_json:
        print(training, end="")
    print(f"# {found.not_understood} messages were not understood in {days} days; the writers of {found.allowed} allow learning; {len(found.candidates)} candidates.")
    if as_json:
        print_json(asdict(found))


@nlu.command()
def amounts(file: CaseFile, as_json: Json = False) -> None:
    """Amounts in paise on cases with known answers; null means the text names none."""
    try:
        cases = read_cases(file, ("text", "paise"))
    except BadCases as bad:
        raise refuse([str(bad)]) from None
    figures = score_amounts(cases)
    if as_json:
        print_json(figures)
    else:
        _print_figures(figures)
