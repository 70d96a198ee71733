"""Formats of core_business.md 6: literal text and placeholders `[CITY.CODE]`, `[fy:yyyy-yy]`, `[cy:…]`, `[SEQ_…]`."""

from __future__ import annotations

from datetime import date

import regex
from sqlalchemy import text

from backend.foundation import master_data
from backend.kit.clock import financial_year
from backend.kit.unit_of_work import UnitOfWork

DIGITS_MIN = 4  # mGramSeva pads to four and grows beyond
_PLACEHOLDER = regex.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]")
_COUNT = text(
    """INSERT INTO id_counter AS c (tenant_id, series, last) VALUES (:tenant_id, :series, :count)
       ON CONFLICT (tenant_id, series) DO UPDATE SET last = c.last + :count RETURNING last"""
)
OWN_FORMATS = {"work_item.number": "WI/[CITY.CODE]/[fy:yyyy-yy]/[SEQ_WI]"}


def _city_code(tenant_id: str) -> str:
    found = master_data.village(tenant_id)
    return found.code if found and found.code else tenant_id.rsplit(".", 1)[-1]


def fill(pattern: str, tenant_id: str, on: date, number: int) -> str:
    """One id from its pattern."""

    def value(match: regex.Match[str]) -> str:
        inner = match.group()[1:-1]
        lowered = inner.lower()
        if lowered.startswith("seq"):
            return f"{number:0{DIGITS_MIN}d}"
        if lowered.startswith("fy:"):
            return str(financial_year(on))
        if lowered.startswith("cy:"):
            return str(inner[3:]).replace("yyyy", f"{on:%Y}").replace("MM", f"{on:%m}").replace("dd", f"{on:%d}")
        if lowered.startswith("city"):
            return _city_code(tenant_id)
        return str(tenant_id)
    return str(_PLACEHOLDER.sub(value, pattern))


def series_of(pattern: str, name: str, on: date) -> str:
    """What is counted together: a format with a financial year counts each year by itself."""
    return f"{name}:{financial_year(on)}" if "[fy:" in pattern.lower() else name


async def next_numbers(uow: UnitOfWork, tenant_id: str, name: str, on: date, count: int) -> list[str]:
    """`count` new numbers in order; the counter's row stays locked until the unit ends."""
    pattern = OWN_FORMATS.get(name) or master_data.id_format(name)
    series = series_of(pattern, name, on)
    last = int((await uow.session.execute(_COUNT, {"tenant_id": tenant_id, "series": series, "count": count})).scalar_one())
    return [fill(pattern, tenant_id, on, n) for n in range(last - count + 1, last + 1)]


async def next_number(uow: UnitOfWork, tenant_id: str, name: str, on: date) -> str:
    """One new number."""
    return (await next_numbers(uow, tenant_id, name, on, 1))[0]
