"""Payments nobody spoke of: a link that was shown is asked about by itself, at growing ages, since a payment by its QR bears its reference and no attempt exists.

A look costs one call of the provider and writes nothing but its own next time; only money makes an attempt. What is found takes the webhook's way: the same
job, queued in the unit that notes the answer, so that a late webhook, a second worker or a dying one find what the first found.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog
from sqlalchemy import func, select, text

from backend.kit.errors import Unavailable
from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from backend.money.payment_gateway.models import PayAttemptRow
from backend.money.payment_gateway.providers.base import ProviderStatus
from backend.money.payment_gateway.service import CONFIRM_JOB, FIRST_LOOK, provider_named

log = structlog.get_logger(__name__)

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
# Seconds after a link was shown last; then once more at its end. No pause is longer than the age before it: who pays soon is found soon, and the calls are few.
LOOK_AGES_S = (
    int(FIRST_LOOK.total_seconds()), 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR,
    DAY, 2 * DAY, 3 * DAY, 5 * DAY, 8 * DAY, 12 * DAY, 20 * DAY, 30 * DAY, 60 * DAY, 90 * DAY,
)  # fmt: skip
LINKS_A_RUN = 200  # a run every ten seconds: 20 calls a second at most
ASKED_AT_ONCE = 20
LEASE = timedelta(minutes=5)  # a link whose answer was not noted, by a dead worker or a silent provider, is asked about again then
GIVEN_UP = timedelta(days=1)  # after its end a link that the provider never answers for is asked about no more

_CLAIM = text(
    """WITH due AS (
         SELECT link.token FROM generate_series(0, :ages) AS age CROSS JOIN LATERAL (
           SELECT token FROM pay_link WHERE check_no = age AND next_check_at <= :now ORDER BY next_check_at DESC LIMIT :most) AS link
         ORDER BY age LIMIT :most),
       mine AS (SELECT token FROM pay_link JOIN due USING (token) WHERE next_check_at <= :now FOR UPDATE OF pay_link SKIP LOCKED)
       UPDATE pay_link SET next_check_at = CASE WHEN ends_at > :given_up THEN CAST(:lease_ends AS timestamptz) END
       FROM mine WHERE pay_link.token = mine.token RETURNING pay_link.reference"""
)
_NOTE = text(
    """UPDATE pay_link SET
         check_no = (SELECT count(*) FROM unnest(CAST(:ages AS int[])) AS age WHERE shown_at + make_interval(secs => age) <= :now),
         next_check_at = CASE WHEN ends_at > :now THEN
           least(ends_at, (SELECT min(shown_at + make_interval(secs => age)) FROM unnest(CAST(:ages AS int[])) AS age WHERE shown_at + make_interval(secs => age) > :now)) END
       WHERE reference = ANY(:references) AND next_check_at IS NOT NULL"""
)


async def _claim(uow: UnitOfWork, most: int) -> list[str]:
    """References whose time has come, of the links shown last first, held for LEASE. Two workers at once get different ones."""
    given = {"ages": len(LOOK_AGES_S), "now": uow.now, "most": most, "lease_ends": uow.now + LEASE, "given_up": uow.now - GIVEN_UP}
    return list((await uow.session.execute(_CLAIM, given)).scalars())


async def _note(uow: UnitOfWork, answers: dict[str, ProviderStatus]) -> None:
    """Set when to ask again, by the age, and queue the look at every reference that money bears. A link paid meanwhile stays at rest."""
    await uow.session.execute(_NOTE, {"ages": list(LOOK_AGES_S), "now": uow.now, "references": list(answers)})
    found = [reference for reference, status in answers.items() if status.state in ("captured", "pending")]
    if not found:
        return
    for reference in found:
        uow.enqueue(CONFIRM_JOB, {"reference": reference}, priority=10, key=f"{CONFIRM_JOB}:{reference}")
    known = select(func.count()).select_from(PayAttemptRow).where(PayAttemptRow.reference.in_(found))
    unheard = len(found) - (await uow.session.execute(known)).scalar_one()
    if unheard:
        log.warning("payments found of which no webhook spoke", count=unheard)


async def ask_about_shown_links(house: House, most: int = LINKS_A_RUN) -> None:
    """Ask the provider, outside any unit, about the links whose time has come, at most so many, and queue the look at those that bear money.

    The run ends when a round gets no answer at all. What a round heard is kept before a fault of one of its answers is raised.
    """
    provider = provider_named(house, house.settings.payment_provider)
    for _ in range(0, most, ASKED_AT_ONCE):
        async with house.open(SYSTEM) as uow:
            references = await _claim(uow, min(ASKED_AT_ONCE, most))
        heard = await asyncio.gather(*(provider.fetch_status(reference) for reference in references), return_exceptions=True)
        answers = {reference: answer for reference, answer in zip(references, heard, strict=True) if isinstance(answer, ProviderStatus)}
        if answers:
            async with house.open(SYSTEM) as uow:
                await _note(uow, answers)
        faults = [answer for answer in heard if isinstance(answer, BaseException) and not isinstance(answer, Unavailable)]
        if faults:
            raise faults[0]
        if not answers:
            return
