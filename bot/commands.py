"""`mgramseva demo|serve|worker|chat|bench`: the processes, and what talks to them."""

from __future__ import annotations

import importlib
import sys
from typing import Annotated, Any, Literal

import typer

from backend.cli import KEYS, WRONG_CALL, Json, open_house, print_json, refuse, run
from backend.kit.settings import BadSettings

demo = typer.Typer(help="The demo: everything in one process, with invented people.", invoke_without_command=True)


@demo.callback()
def serve_all(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where to serve.")] = 8000,
    nlu: Annotated[Literal["auto", "off"], typer.Option(help="Rasa behind the running service, or the built-in model alone.")] = "auto",
) -> None:
    """Start the database, seed three villages once, serve everything and say what to open."""
    if context.invoked_subcommand is None:
        from bot.main import serve_demo

        _serve(lambda: serve_demo(port, nlu))


@demo.command("people")
def demo_people(as_json: Json = False) -> None:
    """The demo's people with phones, roles, connection numbers and dues in paise."""
    from backend.demo import people
    from backend.kit.unit_of_work import SYSTEM

    async def work() -> list[dict[str, Any]]:
        async with open_house(migrate=False) as house, house.open(SYSTEM) as uow:
            return await people(uow)

    found = run(work())
    for person in found:
        owed = ", ".join(f"{c['connection_no']} owes {c['due_paise'] / 100:.2f}" for c in person["connections"])
        print(f"{person['phone']:15} {person['label']:40} {owed}")
    if as_json:
        print_json(found)


def _serve(start: Any) -> None:
    from backend.kit.cipher import SealBroken
    from backend.kit.embedded import EmbeddedFailed

    try:
        start()
    except BadSettings as bad:
        raise refuse(bad.faults, code=WRONG_CALL) from None
    except SealBroken:
        raise refuse([f"What is stored does not open with the keys of this deployment ({KEYS})."]) from None
    except EmbeddedFailed as failed:
        raise refuse([str(failed)]) from None
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    with_worker: Annotated[bool, typer.Option("--with-worker", help="Run a worker in this process, too.")] = False,
) -> None:
    """The web process: webhooks, pages, REST. Any number of them, on any hosts."""
    from bot.main import serve_web

    _serve(lambda: serve_web(host, port, with_worker=with_worker))


def worker() -> None:
    """A worker: jobs and schedules. Any number of them, on any hosts."""
    from bot.main import run_worker_process

    _serve(run_worker_process)


def chat(
    phone: Annotated[str, typer.Option(help="Who speaks, as +91…")],
    channel: Annotated[Literal["whatsapp", "sms", "telegram"], typer.Option(help="Rendered as on this channel.")] = "whatsapp",
    locale: Annotated[str | None, typer.Option(help="en, hi or pa, as if chosen before.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Where the demo beside it serves: its links lead there.")] = None,
) -> None:
    """Talk in the terminal. Reads lines from standard input, so it can be scripted; an empty line at a terminal ends it."""
    from bot.terminal import talk

    _serve(lambda: run(talk(channel, phone, locale, sys.stdin, sys.stdout, port=port)))


def bench(
    name: Annotated[Literal["chat", "billing", "nlu", "dashboard"], typer.Argument()],
    size: Annotated[int | None, typer.Option(min=1)] = None,
) -> None:
    """Run a benchmark; prints one JSON line a run, with machine, versions, size, server settings and seed."""
    try:
        module = importlib.import_module(f"benchmarks.{name}")
    except ModuleNotFoundError:
        raise refuse([f"There is no benchmark {name} yet."]) from None
    measured = module.run(size) if size else module.run()
    for line in measured if isinstance(measured, list) else [measured]:
        print_json(line)
