"""Logs are one JSON object a line, whoever writes them, and name nobody."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
import structlog

from backend.kit.logging import REDACTED, configure_logging
from backend.kit.outage import DatabaseAway, OutagesSaidOnce


@pytest.fixture
def lines() -> Iterator[Any]:
    """Configures logs anew; gives a reader of what was written, parsed."""
    root, stream = logging.getLogger(), io.StringIO()
    before = (root.handlers[:], root.level, structlog.get_config())
    configure_logging("INFO", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before[0], before[1]
    structlog.configure(**before[2])


def fail(error: Exception) -> None:
    raise error


def test_our_lines_and_a_library_s_with_its_traceback_and_quotes_are_each_one_object(lines: Any) -> None:
    structlog.get_logger("a").warning("bill made", bill="b1", phone="+919000000001")
    try:
        fail(ValueError('said "no"'))
    except ValueError:
        logging.getLogger("library").exception('it said "%s"\nand went', "no")
    ours, theirs = lines()
    assert (ours["event"], ours["phone"], ours["level"]) == ("bill made", REDACTED, "warning")
    assert (theirs["event"], theirs["logger"], theirs["level"]) == ('it said "no"\nand went', "library", "error")
    assert "ValueError" in theirs["exception"] and theirs["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (DatabaseAway("cut"), False),
        (asyncpg.InterfaceError("connection is closed"), False),
        (asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"), False),
        (asyncpg.InterfaceError("cannot perform operation: another operation is in progress"), True),
        (asyncpg.InterfaceError("the prepared statement is closed"), True),
        (asyncpg.InternalClientError("got result for unknown protocol state"), False),
        (asyncpg.ProtocolError("unexpected message"), True),
        (ValueError("connection is closed"), True),
    ],
)
def test_a_library_s_report_of_an_outage_is_left_out_and_any_other_is_not(lines: Any, error: Exception, kept: bool) -> None:
    logger = logging.getLogger("library.of.outages")
    logger.addFilter(OutagesSaidOnce())
    logger.error("without an error")
    try:
        fail(error)
    except Exception:
        logger.exception("a task ended")
    assert [line["event"] for line in lines()] == ["without an error"] + ["a task ended"] * kept
