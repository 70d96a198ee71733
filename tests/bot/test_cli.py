"""The list of commands: what it says is what the commands say, and listing them costs nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

from backend.cli import Command
from bot.cli import COMMANDS

HEAVY = ("sqlalchemy", "fastapi", "numpy", "pydantic")


@pytest.mark.parametrize("command", COMMANDS, ids=[c.name for c in COMMANDS])
def test_the_list_says_what_the_command_says_of_itself(command: Command) -> None:
    assert " ".join(command.load().help.split()) == command.help


def test_listing_the_commands_imports_none_of_them() -> None:
    code = f"import sys; from bot.cli import main\ntry: main()\nexcept SystemExit: print([m for m in {HEAVY} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "tenant" in said
    assert said.splitlines()[-1] == "[]"


def test_a_misspelt_command_is_a_wrong_call_with_a_suggestion() -> None:
    done = subprocess.run([sys.executable, "-m", "bot.cli", "verfy"], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "'verify'" in done.stderr
