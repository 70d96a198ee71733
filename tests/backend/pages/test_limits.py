"""Guessing links is slowed down."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from backend.pages.limits import ALARM_PER_MINUTE, MissLimit, network_of


class Hands:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_twenty_misses_a_minute_are_forgiven_more_are_not() -> None:
    hands = Hands()
    limit = MissLimit(clock=hands)
    for _ in range(20):
        assert not limit.is_over("10.0.0.1")
        limit.note("10.0.0.1")
    assert limit.is_over("10.0.0.1")
    assert not limit.is_over("10.0.0.2")
    hands.now += 61
    assert not limit.is_over("10.0.0.1")


def test_misses_spread_out_never_reach_the_limit() -> None:
    hands = Hands()
    limit = MissLimit(clock=hands)
    for _ in range(200):
        limit.note("10.0.0.1")
        hands.now += 3.5
        assert not limit.is_over("10.0.0.1")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_household_counts_once(address: str, network: str) -> None:
    assert network_of(address) == network


def test_many_addresses_guessing_at_once_raise_one_alarm() -> None:
    hands = Hands()
    limit = MissLimit(clock=hands)
    with capture_logs() as logs:
        for n in range(ALARM_PER_MINUTE + 50):
            limit.note(f"10.0.{n % 250}.{n // 250}")
    assert [entry["event"] for entry in logs] == ["many links guessed"]
