"""Counting in the unit of work that uses the numbers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from backend.foundation import master_data
from backend.foundation.id_generation.rules import Place, numberer, series_of
from backend.kit.unit_of_work import UnitOfWork

_COUNT = text(
    """INSERT INTO id_counter AS c (tenant_id, series, last) VALUES (:tenant_id, :series, :count)
       ON CONFLICT (tenant_id, series) DO UPDATE SET last = c.last + excluded.last RETURNING last"""
)
OWN_FORMATS = {"work_item.number": "WI/[CITY.CODE]/[fy:yyyy-yy]/[SEQ_WI_[TENANT_ID]]"}


def _city_code(tenant_id: str) -> str:
    found = master_data.village(tenant_id)
    return found.code if found and found.code else tenant_id.rsplit(".", 1)[-1]


async def next_numbers(uow: UnitOfWork, tenant_id: str, name: str, on: date, count: int) -> list[str]:
    """`count` new numbers in order, in one round trip. Every village counts for itself. The counter's row stays locked until the unit ends, so
    an undone unit leaves no gap.

    `name` is a format of the masters, such as "waterservice.connection.id" (KeyError for one they don't have); `on` is India's day.
    """
    if count < 1:
        return []
    pattern = OWN_FORMATS.get(name) or master_data.id_format(name)
    make = numberer(pattern, Place(tenant_id, _city_code(tenant_id), on))
    key = {"tenant_id": tenant_id, "series": series_of(pattern, name, on), "count": count}
    last = int((await uow.session.execute(_COUNT, key)).scalar_one())
    return [make(number) for number in range(last - count + 1, last + 1)]


async def next_number(uow: UnitOfWork, tenant_id: str, name: str, on: date) -> str:
    """One new number."""
    return (await next_numbers(uow, tenant_id, name, on, 1))[0]
