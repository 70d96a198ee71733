"""Structured logs: one JSON object a line, UTC, with request, conversation and payment ids, and never a phone number or a name."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

REDACTED = "…"
# Field names that may carry a person or a secret: whatever is logged under them is dropped.
FORBIDDEN = frozenset({"phone", "mobile", "name", "text", "body", "otp", "token", "password", "secret", "address", "to", "from", "from_"})


def _redact(_: Any, __: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    for key in FORBIDDEN & event.keys():
        event[key] = REDACTED
    return event


def configure_logging(level: str = "INFO", *, stream: Any = None) -> None:
    """Send structlog and the standard library to one JSON stream (stderr). Call once a process."""
    numeric = logging.getLevelNamesMapping()[level]
    rendered = structlog.processors.JSONRenderer(ensure_ascii=False)
    common: list[structlog.types.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *common, _redact, rendered],
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.WriteLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    of_libraries = logging.StreamHandler(stream or sys.stderr)
    of_libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, rendered], foreign_pre_chain=[structlog.stdlib.add_logger_name, *common]
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[of_libraries], force=True)
    for noisy in ("httpx", "httpx2", "twilio", "telegram", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.ERROR)  # their INFO lines carry URLs, and URLs carry tokens


def say(line: str) -> None:
    """A progress line for whoever started the process."""
    print(line, file=sys.stderr, flush=True)
