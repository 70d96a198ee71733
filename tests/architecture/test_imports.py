"""The import contracts of pyproject.toml hold, and each is shown to fail on a deliberate violation in a copy of the tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

VIOLATIONS = {
    "storeys": ("backend/foundation/short_url/__init__.py", "from backend.money import billing"),
    "siblings": ("backend/money/apportioning/__init__.py", "from backend.money import collection"),
    "bot-door": ("bot/messages.py", "from backend.money import billing"),
    "backend-free": ("backend/kit/money.py", "import bot.messages"),
    "pure-engine": ("bot/engine/__init__.py", "import sqlalchemy"),
}


def lint(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter in a folder."""
    wanted = [option for c in contracts for option in ("--contract", c)]
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([program, "--no-cache", *wanted], cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(folder)})


def test_the_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources to violate."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("bot", "backend"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.ttf", "punjab", "model"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_violation_is_seen(copy: Path, contract: str) -> None:
    name, line = VIOLATIONS[contract]
    path = copy / name
    original = path.read_text()
    path.write_text(original + f"\n{line}\n")
    try:
        done = lint(copy, contract)
    finally:
        path.write_text(original)
    assert done.returncode != 0, done.stdout


def test_a_folder_without_a_storey_is_seen(copy: Path) -> None:
    (copy / "backend" / "attic").mkdir()
    (copy / "backend" / "attic" / "__init__.py").write_text("")
    try:
        done = lint(copy, "storeys")
    finally:
        shutil.rmtree(copy / "backend" / "attic")
    assert done.returncode != 0
