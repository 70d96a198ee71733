"""The command `mgramseva`: what operators type. Exit codes: 0 done, 1 refused with reasons, 2 wrong call."""

from __future__ import annotations

import importlib
import sys
from typing import Annotated, Any, Literal

import typer

from backend import cli as backend_cli
from backend.cli import Json, open_house, print_json, refuse, run
from backend.kit.settings import BadSettings
from bot.migrations import VERSIONS
from bot.settings import BotSettings

app = typer.Typer(help="mGramSeva Chat: a village's water bills by chat, and the office behind it.", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
demo_app = typer.Typer(help="The demo: everything in one process, with invented people.", invoke_without_command=True)

backend_cli.other_parts.append(BotSettings)
backend_cli.other_migrations.append(VERSIONS)


@demo_app.callback()
def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where to serve.")] = 8000,
    nlu: Annotated[Literal["auto", "off"], typer.Option(help="Rasa behind the running service, or the built-in model alone.")] = "auto",
) -> None:
    """Start the database, seed three villages once, serve everything and say what to open."""
    if context.invoked_subcommand is None:
        from bot.main import serve_demo

        _serve(lambda: serve_demo(port, nlu))


@demo_app.command("people")
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
    try:
        start()
    except BadSettings as bad:
        raise refuse(bad.faults, code=backend_cli.WRONG_CALL) from None
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    with_worker: Annotated[bool, typer.Option("--with-worker", help="Run a worker in this process, too.")] = False,
) -> None:
    """The web process: webhooks, pages, REST. Any number of them, on any hosts."""
    from bot.main import serve_web

    _serve(lambda: serve_web(host, port, with_worker=with_worker))


@app.command()
def worker() -> None:
    """A worker: jobs and schedules. Any number of them, on any hosts."""
    from bot.main import run_worker_process

    _serve(run_worker_process)


@app.command()
def chat(
    phone: Annotated[str, typer.Option(help="Who speaks, as +91…")],
    channel: Annotated[Literal["whatsapp", "sms", "telegram"], typer.Option(help="Rendered as on this channel.")] = "whatsapp",
    locale: Annotated[str | None, typer.Option(help="en, hi or pa, as if chosen before.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Where the demo beside it serves: its links lead there.")] = None,
) -> None:
    """Talk in the terminal. Reads lines from standard input, so it can be scripted; an empty line at a terminal ends it."""
    from bot.terminal import talk

    _serve(lambda: run(talk(channel, phone, locale, sys.stdin, sys.stdout, port=port)))


@app.command()
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


def _mount() -> None:
    from bot.catalogue_commands import i18n
    from bot.flow_commands import flows
    from bot.understanding.commands import nlu

    backend_cli.add_backend_commands(app)
    app.add_typer(demo_app, name="demo")
    app.add_typer(flows, name="flows")
    app.add_typer(i18n, name="i18n")
    app.add_typer(nlu, name="nlu")


_mount()


def main() -> None:
    """The entry point of `.venv/bin/mgramseva`."""
    app()


if __name__ == "__main__":
    main()
