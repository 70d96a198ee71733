"""The house rules that no linter knows: doors of rooms, sizes, words, villages in keys. Each rule is a function over data, so that it is also shown to fail."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

import grimp
import pytest
from sqlalchemy import Column, MetaData, Table, Text, UniqueConstraint

import bot.store  # noqa: F401  its tables count
from backend.kit.database import Base
from backend.migrations import models  # noqa: F401  every room's tables

ROOT = Path(__file__).resolve().parents[2]
STOREYS = ("foundation", "office", "money", "water", "insight")
PRIVATE_TO = {"routes": ("backend.gateway",), "handlers": ("backend.wiring",), "models": ("backend.migrations",), "verification": ("backend.verification",)}
FILE_LINES_MAX, FUNCTION_LINES_MAX = 400, 50
FORBIDDEN_FILES = {"utils.py", "helpers.py", "common.py", "constants.py"}


def python_files(*folders: str) -> Iterator[Path]:
    """The project's own sources."""
    for folder in folders:
        yield from sorted(p for p in (ROOT / folder).rglob("*.py") if "__pycache__" not in p.parts)


def room_of(module: str) -> str | None:
    """The room a module belongs to: "backend.money.billing", or None outside rooms."""
    parts = module.split(".")
    return ".".join(parts[:3]) if len(parts) >= 3 and parts[0] == "backend" and parts[1] in STOREYS else None


def back_doors(imports: Iterable[tuple[str, str]]) -> list[str]:
    """Imports (importer, imported) that enter a room by anything but its front door."""
    found = []
    for importer, imported in imports:
        room = room_of(imported)
        if room is None or imported == room or room_of(importer) == room:
            continue
        inner = imported.removeprefix(room + ".").split(".")[0]
        if any(importer.startswith(door) for door in PRIVATE_TO.get(inner, ())):
            continue
        if inner in ("simulator",) and importer in ("bot.main", "backend.main", "backend.demo"):
            continue
        found.append(f"{importer} -> {imported}")
    return found


def all_imports() -> list[tuple[str, str]]:
    """Every direct import within the project."""
    graph = grimp.build_graph("bot", "backend", cache_dir=None)
    return [(m, i) for m in graph.modules for i in graph.find_modules_directly_imported_by(m)]


def long_functions(source: str) -> list[str]:
    """Functions over the limit, with their length."""
    tree = ast.parse(source)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or 0) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                found.append(f"{node.name}: {length}")
    return found


def words_in_code(source: str, words: set[str]) -> set[str]:
    """Which of the words stand in code as names (comments and strings don't count)."""
    names = {t.string for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type == tokenize.NAME}
    return names & words


def keys_without_village(metadata: MetaData) -> list[str]:
    """Keys of village tables that lack `tenant_id`, and tables that say neither."""
    found = []
    for table in metadata.sorted_tables:
        if "villageless" in table.info:
            continue
        if "tenant_id" not in table.c:
            found.append(f"{table.name}: no tenant_id and no reason")
            continue
        keys = [table.primary_key, *(c for c in table.constraints if isinstance(c, UniqueConstraint))]
        found += [f"{table.name}: {[c.name for c in key.columns]}" for key in keys if "tenant_id" not in key.columns]
        found += [f"{table.name}: index {i.name}" for i in table.indexes if i.unique and "tenant_id" not in i.columns]
        for foreign in table.foreign_key_constraints:
            if "villageless" not in foreign.referred_table.info and "tenant_id" not in foreign.column_keys:
                found.append(f"{table.name}: foreign key to {foreign.referred_table.name}")
    return found


def test_rooms_are_entered_by_their_front_door() -> None:
    assert back_doors(all_imports()) == []


def test_a_back_door_would_be_seen() -> None:
    assert back_doors([("backend.water.connection.service", "backend.money.billing.repository")]) != []
    assert back_doors([("backend.facade.local", "backend.money.billing.routes")]) != []
    assert back_doors([("backend.gateway.rest", "backend.money.billing.routes")]) == []


@pytest.mark.parametrize("path", python_files("bot", "backend", "benchmarks"), ids=lambda p: str(p.relative_to(ROOT)))
def test_sizes_and_words(path: Path) -> None:
    source = path.read_text()
    assert source.count("\n") <= FILE_LINES_MAX
    assert long_functions(source) == [] or "migrations" in path.parts  # a migration is a list of statements
    assert path.name not in FORBIDDEN_FILES
    if path.name != "unit_of_work.py" and "migrations" not in path.parts:
        assert words_in_code(source, {"commit", "rollback"}) == set()
    if "money" in path.parts or path.name == "money.py":
        assert words_in_code(source, {"float"}) == set()


def test_the_rules_on_sizes_and_words_can_fail() -> None:
    assert long_functions("def f():\n" + "    pass\n" * 60) == ["f: 61"]
    assert words_in_code("session.commit()  # rollback\n", {"commit", "rollback"}) == {"commit"}


def test_every_key_of_a_village_table_names_the_village() -> None:
    assert keys_without_village(Base.metadata) == []


def test_a_key_without_its_village_would_be_seen() -> None:
    metadata = MetaData()
    Table("thing", metadata, Column("tenant_id", Text, primary_key=True), Column("number", Text, unique=True))
    Table("loose", metadata, Column("id", Text, primary_key=True))
    assert len(keys_without_village(metadata)) == 2


def test_every_villageless_table_gives_its_reason_and_key() -> None:
    for table in Base.metadata.sorted_tables:
        if "villageless" in table.info:
            assert "distributed by" in table.info["villageless"], table.name
