"""`pytest tests/flows --update-transcripts` rewrites the transcripts; read the difference before keeping it."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-transcripts", action="store_true", default=False, help="rewrite tests/flows/*/*.yaml with what the bot says now")


@pytest.fixture
def updating(request: pytest.FixtureRequest) -> bool:
    """Whether transcripts are to be rewritten."""
    return bool(request.config.getoption("--update-transcripts", default=False))
