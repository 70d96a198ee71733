"""Numbers: their formats, and that none is missing or given twice."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.foundation import id_generation
from backend.foundation.id_generation.rules import FormatUnknown, Place, numberer, series_of
from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM, UnitOfWork

VILLAGE, OTHER = "pb.chakbakhtuhjgfei", "pb.chughekalanhjgeid"
CONNECTION, RECEIPT = "waterservice.connection.id", "watercharges.nonmetered.receipt.id"
DAY = date(2026, 11, 24)
PLACE = Place(VILLAGE, "796548", DAY)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("WS/[CITY.CODE]/[fy:yyyy-yy]/[SEQ_WS_CON_ID_[TENANT_ID]]", "WS/796548/2026-27/0007"),
        ("EB-[fy:yyyy-yy]-[SEQ_X]", "EB-2026-27-0007"),
        ("[cy:MM]/[fy:yyyy-yy]/[SEQ_EG_EX_RCPT_[TENANT_ID]]", "11/2026-27/0007"),
        ("PB_PG_[cy:yyyy_MM_dd]_[SEQ_X]", "PB_PG_2026_11_24_0007"),
        ("[tenantid]/[tenant_id]/[TENANT_ID]/[seq]", "pb.chakbakhtuhjgfei/pb_chakbakhtuhjgfei/PB_CHAKBAKHTUHJGFEI/0007"),
        ("[fy:yyyy]/[city]", "2026/796548"),
        ("no placeholder", "no placeholder"),
    ],
)
def test_a_format_is_filled(pattern: str, expected: str) -> None:
    assert numberer(pattern, PLACE)(7) == expected


def test_random_digits_have_their_length_and_differ() -> None:
    make = numberer("T[d{12}]", PLACE)
    drawn = {make(1) for _ in range(50)}
    assert len(drawn) == 50 and all(len(d) == 13 and d[1:].isdigit() for d in drawn)
    assert len(numberer("[d]", PLACE)(1)) == 2


def test_a_placeholder_nobody_knows_is_refused() -> None:
    with pytest.raises(FormatUnknown):
        numberer("A/[colour]/[SEQ_X]", PLACE)


@pytest.mark.parametrize(("day", "year"), [(date(2027, 3, 31), "2026-27"), (date(2027, 4, 1), "2027-28"), (date(2099, 12, 1), "2099-00")])
def test_the_indian_financial_year(day: date, year: str) -> None:
    assert numberer("[fy:yyyy-yy]", Place(VILLAGE, "1", day))(1) == year


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_numbers_of_a_series_never_meet(a: int, b: int) -> None:
    make = numberer("PB/[CITY.CODE]/[fy:yyyy-yy]/[SEQ_X]", PLACE)
    assert (make(a) == make(b)) == (a == b)


def test_formats_of_one_sequence_share_a_count() -> None:
    receipt = "PB/[CITY.CODE]/[fy:yyyy-yy]/[SEQ_EG_RCPT_[TENANT_ID]]"
    assert series_of(receipt, "watercharges.metered.receipt.id", DAY) == series_of(receipt, "watercharges.nonmetered.receipt.id", DAY) == "SEQ_EG_RCPT:2026-27"
    assert series_of("BILLNO-MODULE-[SEQ_EGBS_BILLNUMBER_[TENANT_ID]]", "bill.billnumber", DAY) == "SEQ_EGBS_BILLNUMBER"


async def test_numbers_count_up_by_village_year_and_series(uow: UnitOfWork) -> None:
    assert await id_generation.next_number(uow, VILLAGE, CONNECTION, DAY) == "WS/796548/2026-27/0001"
    assert await id_generation.next_numbers(uow, VILLAGE, CONNECTION, DAY, 3) == [f"WS/796548/2026-27/000{n}" for n in (2, 3, 4)]
    assert await id_generation.next_number(uow, VILLAGE, RECEIPT, DAY) == "PB/796548/2026-27/0001"
    assert await id_generation.next_number(uow, OTHER, CONNECTION, DAY) == "WS/796483/2026-27/0001"
    assert await id_generation.next_number(uow, VILLAGE, CONNECTION, date(2027, 4, 1)) == "WS/796548/2027-28/0001"
    assert await id_generation.next_number(uow, VILLAGE, "watercharges.metered.receipt.id", DAY) == "PB/796548/2026-27/0002"
    assert await id_generation.next_numbers(uow, VILLAGE, CONNECTION, DAY, 0) == []
    assert await id_generation.next_number(uow, VILLAGE, CONNECTION, DAY) == "WS/796548/2026-27/0005"


async def test_many_numbers_at_once(uow: UnitOfWork) -> None:
    numbers = await id_generation.next_numbers(uow, VILLAGE, CONNECTION, DAY, 100_000)
    assert (numbers[0], numbers[9_999], numbers[-1]) == ("WS/796548/2026-27/0001", "WS/796548/2026-27/10000", "WS/796548/2026-27/100000")
    assert len(set(numbers)) == 100_000


async def test_an_unknown_format_is_a_programming_error(uow: UnitOfWork) -> None:
    with pytest.raises(KeyError):
        await id_generation.next_number(uow, VILLAGE, "no.such.id", DAY)


async def test_units_at_once_and_undone_units_leave_no_gap(live_house: House) -> None:
    class Undone(Exception):
        pass

    async def one(n: int) -> str | None:
        try:
            async with live_house.open(SYSTEM) as uow:
                number = await id_generation.next_number(uow, VILLAGE, RECEIPT, DAY)
                if n % 3 == 0:
                    raise Undone
                return number
        except Undone:
            return None

    given = [n for n in await asyncio.gather(*(one(i) for i in range(30))) if n is not None]
    assert sorted(given) == [f"PB/796548/2026-27/{n:04d}" for n in range(1, 21)]
