"""The command `mgramseva`: what operators type. Exit codes: 0 done, 1 refused with reasons, 2 wrong call."""

from __future__ import annotations

from typing import Any

from backend import cli as backend_cli
from backend.cli import Command, Commands
from backend.commands import COMMANDS as BACKEND_COMMANDS

HELP = "mGramSeva Chat: a village's water bills by chat, and the office behind it."
COMMANDS = (
    Command("demo", "bot.commands:demo", "The demo: everything in one process, with invented people."),
    Command("serve", "bot.commands:serve", "The web process: webhooks, pages, REST. Any number of them, on any hosts."),
    Command("worker", "bot.commands:worker", "A worker: jobs and schedules. Any number of them, on any hosts."),
    Command("chat", "bot.commands:chat", "Talk in the terminal. Reads lines from standard input, so it can be scripted; an empty line at a terminal ends it."),
    *BACKEND_COMMANDS,
    Command("bench", "bot.commands:bench", "Run a benchmark; prints one JSON line a run, with machine, versions, size, server settings and seed."),
    Command("flows", "bot.flow_commands:flows", "Flows: check, draw."),
    Command("i18n", "bot.catalogue_commands:i18n", "Texts: extract, compile, check."),
    Command("nlu", "bot.understanding.commands:nlu", "What people write, and how well it is understood."),
)


class Mgramseva(Commands):
    """All commands. Whichever is called knows the bot's settings and migrations, too."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """As its parent, with the bot's part of the house told to the backend's commands."""
        from bot.migrations import VERSIONS
        from bot.settings import BotSettings

        backend_cli.other_parts[:] = [BotSettings]
        backend_cli.other_migrations[:] = [VERSIONS]
        return super().resolve_command(ctx, args)


def main() -> None:
    """The entry point of `.venv/bin/mgramseva`."""
    Mgramseva("mgramseva", HELP, COMMANDS)(prog_name="mgramseva")


if __name__ == "__main__":
    main()
