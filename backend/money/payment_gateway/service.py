"""Links, attempts and events."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

import structlog
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.foundation import encryption, master_data, short_url
from backend.kit.errors import Denied, Invalid, NotFound, Unavailable
from backend.kit.faults import faultpoint
from backend.kit.house import House
from backend.kit.ids import new_id, new_token
from backend.kit.money import Money
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from backend.money import billing
from backend.money.billing import Bill
from backend.money.payment_gateway.models import PayAttemptRow, PayLinkRow, ProviderEventRow
from backend.money.payment_gateway.providers.base import Provider, ProviderStatus
from backend.money.payment_gateway.providers.simulated import SimulatedProvider

log = structlog.get_logger(__name__)

LINK_LIFE = timedelta(days=180)
REUSE_ATTEMPT = timedelta(minutes=15)
AMOUNT_MIN = Money(100)
CONFIRM_JOB = "collection.confirm_reference"
OPEN_STATES = ("made", "waiting", "failed")
# Seconds after which a waiting attempt is asked about again, PhonePe's published schedule coarsened; then hourly until five days (late authorisation).
CHECK_PAUSES_S = (20, 20, 30, 60, 60, 60, 120, 300, 600, 900)
CHECK_DONE_S = (15 * 60, 3600, 24 * 3600, 5 * 24 * 3600)  # ages at which one that is paid is asked about again
CHECK_HOURLY_S, CHECKS_MAX = 3600, 10 + 24 * 5
FIRST_LOOK = timedelta(minutes=1)  # after a link was shown: so long a UPI payment takes


class LinkNotFound(NotFound):
    code, title = "payment_gateway.link_not_found", "There is no such payment link"


class AttemptNotFound(NotFound):
    code, title = "payment_gateway.attempt_not_found", "There is no such payment attempt"


class AmountNotAllowed(Invalid):
    code, title = "payment_gateway.amount_not_allowed", "That amount can't be paid here"


class EventForged(Denied):
    code, title = "payment_gateway.event_forged", "The signature is not right"


class ProviderOff(Unavailable):
    code, title = "payment_gateway.provider_off", "That way to pay is not set up"


@dataclass(frozen=True)
class PayLink:
    """A link as found. `url` is the short address, `amount` what the bill came to."""

    token: str
    tenant_id: str
    consumer_id: UUID
    bill_id: UUID
    reference: str
    short_code: str
    url: str
    amount: Money
    ends_at: datetime


@dataclass(frozen=True)
class BillWithLink:
    """What a person is shown: the bill of now, where to pay it, what is paid ahead."""

    bill: Bill
    link: PayLink
    advance: Money
    part_payment: bool


@dataclass(frozen=True)
class Attempt:
    """One try to pay."""

    id: UUID
    tenant_id: str
    consumer_id: UUID
    link_token: str
    reference: str
    provider: str
    mode: str
    amount: Money
    state: str
    checkout_url: str | None
    created_at: datetime


_LINK_COLUMNS = (
    PayLinkRow.token, PayLinkRow.village, PayLinkRow.consumer_id, PayLinkRow.bill_id, PayLinkRow.reference, PayLinkRow.short_code, PayLinkRow.amount, PayLinkRow.ends_at,
)  # fmt: skip


def _link(uow: UnitOfWork, r: Any) -> PayLink:
    return PayLink(r.token, r.village, r.consumer_id, r.bill_id, r.reference, r.short_code, short_url.url_of(uow, r.short_code), Money(r.amount), r.ends_at)


async def ensure_link(uow: UnitOfWork, bill: Bill, asked_by: UUID | None = None) -> PayLink:
    """The one link of a bill, made at the first asking. `asked_by`: the person who is shown it in chat now; the link keeps the last."""
    row = await _link_row(uow, bill.id, asked_by)
    if row is None:
        token = new_token()
        code = await short_url.shorten(uow, f"/pay/{token}", uow.now + LINK_LIFE)
        await uow.session.execute(
            upsert(PayLinkRow)
            .values(
                token=token,
                village=bill.tenant_id,
                consumer_id=bill.consumer_id,
                bill_id=bill.id,
                reference="MGS" + randomness.token_hex(12).upper(),
                short_code=code,
                amount=bill.total.paise,
                created_at=uow.now,
                ends_at=uow.now + LINK_LIFE,
                shown_at=uow.now,
                next_check_at=uow.now + FIRST_LOOK,
            )
            .on_conflict_do_nothing(index_elements=["bill_id"])
        )
        row = await _link_row(uow, bill.id, asked_by)
    return _link(uow, row)


def _shown_again(uow: UnitOfWork) -> dict[str, Any]:
    """What a link becomes by being shown: asked about soon, at the ages from now on. A look that comes sooner stays."""
    return {"shown_at": uow.now, "check_no": 0, "next_check_at": func.least(PayLinkRow.next_check_at, uow.now + FIRST_LOOK)}


async def _link_row(uow: UnitOfWork, bill_id: UUID, asked_by: UUID | None) -> Any:
    """A bill's link or None, in one statement whether somebody asks for it or not."""
    if asked_by is None:
        return (await uow.session.execute(select(*_LINK_COLUMNS).where(PayLinkRow.bill_id == bill_id))).first()
    asking = update(PayLinkRow).where(PayLinkRow.bill_id == bill_id).values(asked_by=asked_by, asked_at=uow.now, **_shown_again(uow))
    return (await uow.session.execute(asking.returning(*_LINK_COLUMNS))).first()


async def renew_link(uow: UnitOfWork, old: PayLink) -> PayLink | None:
    """The link of the household's bill of now for who looks at an old bill's page; None when nothing is due.

    Nobody knows who that is: who was shown the old link in chat last counts for the new one, at the time he was shown it, unless somebody asked for the new one since.
    """
    fresh = await bill_with_link(uow, old.tenant_id, old.consumer_id)
    if fresh is None:
        return None
    await uow.session.execute(update(PayLinkRow).where(PayLinkRow.token == fresh.link.token).values(**_shown_again(uow)))
    asked = (await uow.session.execute(select(PayLinkRow.asked_by, PayLinkRow.asked_at).where(PayLinkRow.token == old.token, PayLinkRow.asked_at.is_not(None)))).first()
    if asked is not None:
        since = PayLinkRow.asked_at.is_(None) | (PayLinkRow.asked_at < asked.asked_at)
        await uow.session.execute(update(PayLinkRow).where(PayLinkRow.token == fresh.link.token, since).values(asked_by=asked.asked_by, asked_at=asked.asked_at))
    return fresh.link


async def asked_lately(uow: UnitOfWork, token: str, within: timedelta, at: datetime | None = None) -> UUID | None:
    """The person who was shown a link in chat last, if that is no further from `at` (default now). Not proof that he paid: the link may have been handed on."""
    at = at or uow.now
    query = select(PayLinkRow.asked_by).where(PayLinkRow.token == token, PayLinkRow.asked_at.between(at - within, at + within))
    return (await uow.session.execute(query)).scalar()


async def bill_with_link(uow: UnitOfWork, tenant_id: str, consumer_id: UUID, asked_by: UUID | None = None) -> BillWithLink | None:
    """The bill of now with its link; None when nothing is due. `asked_by` as in `ensure_link`."""
    bill = await billing.current_bill(uow, tenant_id, consumer_id)
    if bill is None:
        return None
    return BillWithLink(bill, await ensure_link(uow, bill, asked_by), Money(0), master_data.part_payment_allowed())


async def find_link(uow: UnitOfWork, token: str) -> PayLink:
    """The link of a token, or LinkNotFound."""
    row = (await uow.session.execute(select(*_LINK_COLUMNS).where(PayLinkRow.token == token))).first()
    if row is None:
        raise LinkNotFound
    return _link(uow, row)


def upi_intent(link: PayLink, amount: Money, vpa: str, payee_name: str) -> str:
    """The UPI link (NPCI linking specification 1.6) that carries our reference as `tr`."""
    query = {"pa": vpa, "pn": payee_name, "am": amount.decimal_text(), "cu": "INR", "tr": link.reference, "tn": "Water bill"}
    return "upi://pay?" + urlencode(query, quote_via=quote)


def _attempt(r: Any) -> Attempt:
    return Attempt(r.id, r.tenant_id, r.consumer_id, r.link_token, r.reference, r.provider, r.mode, Money(r.amount), r.state, r.checkout_url, r.created_at)


async def make_attempt(uow: UnitOfWork, token: str, amount: Money, mode: str = "CARD") -> Attempt:
    """A try to pay by a link: an open one of the same amount and mode younger than 15 minutes is used again. AmountNotAllowed, LinkNotFound."""
    link = await find_link(uow, token)
    if amount < AMOUNT_MIN:
        raise AmountNotAllowed(fields={"amount": "at least Re 1"})
    await uow.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:token, 71))"), {"token": token})
    known = await uow.session.execute(
        select(PayAttemptRow.__table__)
        .where(
            PayAttemptRow.tenant_id == link.tenant_id,
            PayAttemptRow.link_token == token,
            PayAttemptRow.amount == amount.paise,
            PayAttemptRow.mode == mode,
            PayAttemptRow.state.in_(("made", "waiting")),
            PayAttemptRow.created_at > uow.now - REUSE_ATTEMPT,
        )
        .order_by(PayAttemptRow.id.desc())
    )
    row = known.first()
    if row is not None:
        return _attempt(row)
    made = new_id()
    return await _keep_attempt(uow, link, made, f"A{made.hex}".upper(), amount, mode)


async def _keep_attempt(uow: UnitOfWork, link: PayLink, attempt_id: UUID, reference: str, amount: Money, mode: str) -> Attempt:
    values = {
        "tenant_id": link.tenant_id,
        "id": attempt_id,
        "consumer_id": link.consumer_id,
        "link_token": link.token,
        "reference": reference,
        "provider": uow.tools.settings.payment_provider,
        "mode": mode,
        "amount": amount.paise,
        "state": "made",
        "next_check_at": uow.now + timedelta(seconds=CHECK_PAUSES_S[0]),
        "created_at": uow.now,
    }
    await uow.session.execute(insert(PayAttemptRow).values(**values))
    row = await uow.session.execute(select(PayAttemptRow.__table__).where(PayAttemptRow.tenant_id == link.tenant_id, PayAttemptRow.id == attempt_id))
    return _attempt(row.one())


async def attempt_for_reference(uow: UnitOfWork, reference: str) -> Attempt | None:
    """The attempt a reference belongs to. A link's own reference (UPI) makes its attempt by this first proof. None for one that is not ours."""
    row = (await uow.session.execute(select(PayAttemptRow.__table__).where(PayAttemptRow.reference == reference))).first()
    if row is not None:
        return _attempt(row)
    found = (await uow.session.execute(select(*_LINK_COLUMNS).where(PayLinkRow.reference == reference))).first()
    if found is None:
        return None
    link = _link(uow, found)
    await uow.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:token, 71))"), {"token": link.token})
    row = (await uow.session.execute(select(PayAttemptRow.__table__).where(PayAttemptRow.reference == reference))).first()
    return _attempt(row) if row is not None else await _keep_attempt(uow, link, new_id(), reference, link.amount, "UPI")


async def fetch_attempt(uow: UnitOfWork, attempt_id: UUID) -> Attempt:
    """The attempt of an id, or AttemptNotFound."""
    row = (await uow.session.execute(select(PayAttemptRow.__table__).where(PayAttemptRow.id == attempt_id))).first()
    if row is None:
        raise AttemptNotFound
    return _attempt(row)


async def lock_attempt(uow: UnitOfWork, attempt_id: UUID) -> Attempt:
    """As `fetch_attempt`, locked until the unit ends."""
    row = (await uow.session.execute(select(PayAttemptRow.__table__).where(PayAttemptRow.id == attempt_id).with_for_update())).first()
    if row is None:
        raise AttemptNotFound
    return _attempt(row)


async def set_state(uow: UnitOfWork, attempt: Attempt, state: str) -> None:
    """Move an attempt on. Paid and parked are asked about at some ages more: a second payment on the same reference would show up there, its webhook lost.

    Where the link's own reference is paid, the link is asked about no more: its attempt is.
    """
    checks = (await uow.session.execute(select(PayAttemptRow.checks).where(PayAttemptRow.tenant_id == attempt.tenant_id, PayAttemptRow.id == attempt.id))).scalar_one()
    done = state in ("paid", "parked")
    pause = None if checks >= CHECKS_MAX else CHECK_PAUSES_S[checks] if checks < len(CHECK_PAUSES_S) else CHECK_HOURLY_S
    if done:
        age = (uow.now - attempt.created_at).total_seconds()
        pause = next((later - int(age) for later in CHECK_DONE_S if later > age), None)
    await uow.session.execute(
        update(PayAttemptRow)
        .where(PayAttemptRow.tenant_id == attempt.tenant_id, PayAttemptRow.id == attempt.id)
        .values(state=state, checks=checks + 1, next_check_at=uow.now + timedelta(seconds=pause) if pause else None)
    )
    if state == "paid":
        own = (PayLinkRow.token == attempt.link_token, PayLinkRow.reference == attempt.reference, PayLinkRow.next_check_at.is_not(None))
        await uow.session.execute(update(PayLinkRow).where(*own).values(next_check_at=None))


async def open_attempts(uow: UnitOfWork, tenant_id: str, consumer_id: UUID) -> list[Attempt]:
    """A connection's attempts that may still bring money, newest first; a link that was only shown counts by its reference (UPI)."""
    query = select(PayAttemptRow.__table__).where(PayAttemptRow.tenant_id == tenant_id, PayAttemptRow.consumer_id == consumer_id, PayAttemptRow.state.in_(OPEN_STATES))
    return [_attempt(r) for r in await uow.session.execute(query.order_by(PayAttemptRow.id.desc()).limit(5))]


async def due_attempts(uow: UnitOfWork, limit: int = 50) -> list[UUID]:
    """Attempts whose time to be asked about has come."""
    query = select(PayAttemptRow.id).where(PayAttemptRow.next_check_at <= uow.now).order_by(PayAttemptRow.next_check_at).limit(limit)
    return list((await uow.session.execute(query)).scalars())


def provider_named(house: House, name: str) -> Provider:
    """The provider of a name. ProviderOff for one this deployment does not have."""
    known: dict[str, Provider] = house.ports.setdefault("payment_providers", {})
    if name not in known:
        if name != "simulator" or house.settings.env == "production":
            raise ProviderOff
        s = house.settings
        base = s.payment_simulator_api_base_url or f"{s.public_url}/payments-simulator"
        newest = s.payment_simulator_secret.get_secret_value() or house.secrets.made.get("payment_simulator_secret", "")
        known[name] = SimulatedProvider(base, [newest, s.payment_simulator_secret_old.get_secret_value()])
    return known[name]


async def begin_checkout(house: House, attempt_id: UUID, locale: str = "en") -> str:
    """Ask the provider for its payment page, outside any unit; a repeat gives the same page. ProviderUnreachable."""
    async with house.open(SYSTEM) as uow:
        attempt = await fetch_attempt(uow, attempt_id)
    if attempt.checkout_url:
        return attempt.checkout_url
    faultpoint("payment.attempt_made")
    return_url = f"{house.settings.public_url}/pay/{attempt.link_token}/return?attempt={attempt.id}"
    url = await provider_named(house, attempt.provider).create_order(attempt.reference, attempt.amount, attempt.mode, return_url, locale)
    async with house.open(SYSTEM) as uow:
        await uow.session.execute(
            update(PayAttemptRow)
            .where(PayAttemptRow.tenant_id == attempt.tenant_id, PayAttemptRow.id == attempt.id)
            .values(checkout_url=url, state=text("CASE WHEN state = 'made' THEN 'waiting' ELSE state END"))
        )
    return url


async def ask_provider(house: House, attempt: Attempt) -> ProviderStatus:
    """The provider's own word on an attempt, outside any unit."""
    faultpoint("payment.before_status")
    return await provider_named(house, attempt.provider).fetch_status(attempt.reference)


async def store_event(uow: UnitOfWork, provider: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Keep a webhook once, after its signature was found right over the raw body, and queue the look at its reference. EventForged. False for a repeat."""
    event = provider_named(uow.tools, provider).read_event(headers, body)
    if event is None:
        raise EventForged
    sealed = (await encryption.cipher(uow, master_data.STATE)).seal_bytes(body, f"event:{provider}:{event.event_id}")
    kept = await uow.session.execute(
        upsert(ProviderEventRow)
        .values(provider=provider, event_id=event.event_id, reference=event.reference, sealed=sealed, received_at=uow.now)
        .on_conflict_do_nothing()
        .returning(ProviderEventRow.event_id)
    )
    fresh = kept.first() is not None
    if fresh:
        uow.enqueue(CONFIRM_JOB, {"reference": event.reference}, priority=10)
    return fresh
