"""Names as they sound, in three scripts and the spellings of a hurry."""

from __future__ import annotations

import pytest

from backend.water.connection.search import SCORE_MIN, score


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("ਰਮੇਸ਼", "Ramesh Kumar"),
        ("रमेश", "Ramesh Kumar"),
        ("rameesh", "Ramesh Kumar"),
        ("ramesh kumar", "Ramesh Kumar"),
        ("gurprit", "Gurpreet Singh"),
        ("ਗੁਰਪ੍ਰੀਤ", "Gurpreet Singh"),
        ("balvinder", "Balwinder Kaur"),
    ],
)
def test_a_name_is_found_however_it_is_spelt(query: str, name: str) -> None:
    assert score(query, name) >= SCORE_MIN


@pytest.mark.parametrize(("query", "name"), [("suresh", "Ramesh Kumar"), ("harjit", "Ramesh Kumar"), ("", "Ramesh"), ("123", "Ramesh")])
def test_another_name_is_not(query: str, name: str) -> None:
    assert score(query, name) < SCORE_MIN
