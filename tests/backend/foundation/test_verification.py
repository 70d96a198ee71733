"""Each invariant of the storey is shown to see its violation."""

from __future__ import annotations

from sqlalchemy import text

from backend.foundation import id_generation, short_url
from backend.foundation.id_generation import verification as counters
from backend.foundation.short_url import verification as links
from backend.kit.unit_of_work import UnitOfWork


async def test_a_link_to_elsewhere_is_seen(uow: UnitOfWork) -> None:
    await short_url.shorten(uow, "/pay/abc")
    (name,) = links.CHECKS
    assert await links.violations(uow) == {name: (1, [])}
    await uow.session.execute(text("INSERT INTO short_link (code, path, created_at) VALUES ('x', '//evil.example', now())"))
    checked, violations = (await links.violations(uow))[name]
    assert (checked, len(violations)) == (2, 1) and "x" not in violations


async def test_a_counter_below_one_is_seen(uow: UnitOfWork) -> None:
    await id_generation.next_number(uow, "pb.testing", "waterservice.connection.id", uow.now.date())
    (name,) = counters.CHECKS
    assert await counters.violations(uow) == {name: (1, [])}
    await uow.session.execute(text("UPDATE id_counter SET last = 0"))
    assert await counters.violations(uow) == {name: (1, ["pb.testing SEQ_WS_CON_ID:2026-27"])}
