"""The commands read the settings: those of whoever runs the tests are none of theirs."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No `MGRAMSEVA_…` of the surrounding shell."""
    for name in [n for n in os.environ if n.startswith("MGRAMSEVA_")]:
        monkeypatch.delenv(name)
