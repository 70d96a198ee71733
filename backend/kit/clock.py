"""Time as the house sees it: instants in UTC, days in Asia/Kolkata, and one clock that tests can set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

INDIA = ZoneInfo("Asia/Kolkata")

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def india_day(instant: datetime) -> date:
    """The calendar day in India at that instant: what due dates and receipts go by."""
    return instant.astimezone(INDIA).date()


def financial_year(day: date) -> str:
    """The Indian financial year of a day, April to March, as "2026-27"."""
    start = day.year if day.month >= 4 else day.year - 1
    return f"{start}-{(start + 1) % 100:02d}"
