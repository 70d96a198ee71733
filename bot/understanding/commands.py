"""The commands `mgramseva nlu …`: train the built-in model, read a text, measure on files of cases."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from backend.cli import Json, print_json, refuse, run
from backend.kit.logging import say
from backend.kit.settings import HouseSettings, load_settings
from bot.settings import BotSettings
from bot.understanding.base import Understanding
from bot.understanding.engines import Engine, opened_engine
from bot.understanding.rasa import RasaUnavailable
from bot.understanding.report import as_html, as_table, by_form
from bot.understanding.scoring import BadCases, ask_all, read_cases, score, score_amounts
from bot.understanding.sidecar import NoRasa

T = TypeVar("T")
nlu = typer.Typer(help="What people write, and how well it is understood.", no_args_is_help=True)
CaseFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON lines, one case a line.")]
Today = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day on which the texts were written.")]
Chosen = Annotated[Engine | None, typer.Option(help="Without it, the cascade.")]


def _ask(engine: Engine | None, questions: Callable[[Understanding], Coroutine[Any, Any, T]]) -> tuple[str, T]:
    """The engine's name, and its answers."""

    async def work() -> tuple[str, T]:
        settings = load_settings(HouseSettings, BotSettings)[1]
        async with opened_engine(engine, settings, say) as (name, understanding):
            return name, await questions(understanding)

    try:
        answered: tuple[str, T] = run(work())
        return answered
    except NoRasa as reason:
        raise refuse([str(reason)]) from None
    except RasaUnavailable as fault:
        raise refuse([f"Rasa does not answer: {fault.detail}."]) from None


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
    engine: Chosen = None,
    as_json: Json = False,
) -> None:
    """What a text means."""
    _, found = _ask(engine, lambda understanding: understanding.parse(text, step=step, today=_day(today)))
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    print(f"{found.intent} {found.confidence:.2f} ({found.locale}, {found.engine})")
    for entity in found.entities:
        print(f"  {entity.entity}: {entity.value}")


@nlu.command("evaluate")
def evaluate_file(
    file: CaseFile,
    engine: Chosen = None,
    today: Today = None,
    report: Annotated[Path | None, typer.Option(dir_okay=False, help="Write a page with the confusion picture here.")] = None,
    as_json: Json = False,
) -> None:
    """Intents, entities and confidence on cases with known answers; a table by written form, and the confused pairs."""
    try:
        cases = read_cases(file, ("text", "intent"))
    except BadCases as bad:
        raise refuse([str(bad)]) from None
    name, answers = _ask(engine, lambda understanding: ask_all(understanding, cases, _day(today)))
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
