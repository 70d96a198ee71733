"""`/pay/{token}`: the bill, the ways to pay it, and what came of it. Looking changes nothing; the form makes the attempt; the provider's word decides.

Where the browser is sent back from the provider, nothing in the address is believed: the attempt it names is only looked at first.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from backend.foundation import master_data
from backend.kit.clock import india_day
from backend.kit.errors import Unavailable
from backend.kit.http import origin
from backend.kit.settings import HouseSettings
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from backend.money import billing, collection, payment_gateway
from backend.office import workflow
from backend.pages import reading
from backend.pages.door import PageRoute, code_in, house_of, locale_of, message, read_form
from backend.pages.rendering import page, security_headers
from backend.pages.rules import FRESH, wait_s, wanted_amount
from backend.pages.views import FailedView, PaidOutView, ParkedView, PayView, ReceiptView, View, WaitView

log = structlog.get_logger(__name__)
router = APIRouter(route_class=PageRoute, include_in_schema=False)

ASK_LIMIT_S = 6.0  # a person looks at an empty page no longer; asking goes on and the next look hears it
TEMPLATES: dict[type[View], str] = {
    PayView: "pay.html",
    ReceiptView: "receipt.html",
    PaidOutView: "clear.html",
    WaitView: "waiting.html",
    FailedView: "failed.html",
    ParkedView: "parked.html",
}
_asking: set[asyncio.Task[collection.Outcome]] = set()


@dataclass(frozen=True)
class Visit:
    """A link that was found, whose it is, and the language of this page."""

    link: payment_gateway.PayLink
    reader: reading.Reader
    locale: str


async def _visit(uow: UnitOfWork, request: Request, token: str) -> Visit:
    link = await reading.fetch_link(uow, token)
    reader = await reading.fetch_reader(uow, link.tenant_id, link.consumer_id)
    return Visit(link, reader, locale_of(request, reader.person_locale))


def _form_targets(settings: HouseSettings) -> tuple[str, ...]:
    """Where the provider's payment page may be: browsers hold a form's redirect to this list."""
    if settings.payment_provider != "simulator":
        return ("https:",)
    return (origin(settings.payment_simulator_api_base_url or settings.public_url),)


def _shown(request: Request, visit: Visit, view: View, *, status: int = 200) -> Response:
    targets = _form_targets(house_of(request).settings)
    return page(TEMPLATES[type(view)], view, visit.locale, path=f"/pay/{visit.link.token}", status=status, form_targets=targets)


def _sent_on(path: str, **query: str) -> Response:
    return RedirectResponse(f"{path}?{urlencode(query)}", 303, security_headers())


@router.api_route("/pay/{token}", methods=["GET", "HEAD"])
async def show(request: Request, token: str) -> Response:
    """The bill; its receipt when it is paid; the bill of now when it was superseded; 410 when the link has ended. Changes nothing."""
    async with house_of(request).open(SYSTEM) as uow:
        visit = await _visit(uow, request, code_in(token))
        view = await _bill_or_receipt(uow, visit)
        ended = visit.link.ends_at <= uow.now
    if ended and isinstance(view, PayView):
        return message(request, "ended", 410, visit.reader.person_locale)
    return _shown(request, visit, view)


async def _bill_or_receipt(uow: UnitOfWork, visit: Visit) -> PayView | ReceiptView | PaidOutView:
    link = visit.link
    owed = await reading.find_owed(uow, link.tenant_id, link.consumer_id)
    if owed is not None:
        return await _bill_view(uow, visit, owed)
    newest = await collection.list_payments(uow, link.tenant_id, link.consumer_id, 1)
    if newest:
        return await reading.receipt_view(uow, newest[0], visit.reader)
    return PaidOutView(household=visit.reader.household(), advance=await billing.advance_of(uow, link.tenant_id, link.consumer_id))


async def _bill_view(uow: UnitOfWork, visit: Visit, owed: reading.Owed, *, fault: str | None = None, typed: str = "") -> PayView:
    link = visit.link
    same = owed.bill_id == link.bill_id
    return PayView(
        token=link.token,
        household=visit.reader.household(),
        bill_no=owed.bill_no,
        lines=owed.lines,
        total=owed.total,
        due_on=owed.due_on,
        overdue=owed.due_on is not None and owed.due_on < india_day(uow.now),
        part_allowed=same and master_data.part_payment_allowed(),
        upi_link=await reading.find_upi_link(uow, link) if same else "",
        card_offered=same,
        contact=await reading.fetch_contact(uow, link.tenant_id, visit.locale),
        renew=not same,
        notice=None if same else "changed",
        held=await collection.find_held(uow, link.tenant_id, link.consumer_id),
        typed=typed[:20],
        fault=fault,
    )


@router.post("/pay/{token}")
async def act(request: Request, token: str) -> Response:
    """Make an attempt and go to the provider's page. A double click finds the same attempt. 422 with what is wrong with an amount, 409 when the bill changed."""
    form = await read_form(request)
    house = house_of(request)
    async with house.open(SYSTEM) as uow:
        visit = await _visit(uow, request, code_in(token))
        link = visit.link
        owed = await reading.find_owed(uow, link.tenant_id, link.consumer_id)
        if "upi" in form:
            attempt = await payment_gateway.attempt_for_reference(uow, link.reference)
            assert attempt is not None
            return _sent_on(f"/pay/{link.token}/return", attempt=str(attempt.id), lang=visit.locale)
        if owed is None or link.ends_at <= uow.now:
            return _sent_on(f"/pay/{link.token}", lang=visit.locale)
        if "renew" in form:
            return await _renewed(uow, visit)
        amount, fault = wanted_amount(form, owed.total, master_data.part_payment_allowed())
        if amount is None or owed.bill_id != link.bill_id:
            changed = fault == "changed" or owed.bill_id != link.bill_id
            view = await _bill_view(uow, visit, owed, fault=None if changed else fault, typed=form.get("amount", ""))
            return _shown(request, visit, view.model_copy(update={"notice": "changed"}) if changed else view, status=409 if changed else 422)
        try:
            attempt = await payment_gateway.make_attempt(uow, link.token, amount)
        except payment_gateway.AmountNotAllowed:
            return _shown(request, visit, await _bill_view(uow, visit, owed, fault="too_small"), status=422)
    return await _to_provider(request, visit, owed, attempt.id)


async def _renewed(uow: UnitOfWork, visit: Visit) -> Response:
    """The page of the bill of now, whose link is made here: the reader asked for it. Who was shown the old link in chat stays its payer to be."""
    fresh = await payment_gateway.renew_link(uow, visit.link)
    token = fresh.token if fresh else visit.link.token
    return _sent_on(f"/pay/{token}", lang=visit.locale)


async def _to_provider(request: Request, visit: Visit, owed: reading.Owed, attempt_id: UUID) -> Response:
    house = house_of(request)
    try:
        url = await payment_gateway.begin_checkout(house, attempt_id, visit.locale)
    except Unavailable as trouble:
        log.warning("checkout not begun", attempt_id=str(attempt_id), error=trouble.code)
        async with house.open(SYSTEM) as uow:
            await uow.see([visit.link.tenant_id])
            view = await _bill_view(uow, visit, owed, fault="provider")
        return _shown(request, visit, view, status=503)
    return RedirectResponse(url, 303, security_headers())


@router.api_route("/pay/{token}/return", methods=["GET", "HEAD"])
async def come_back(request: Request, token: str) -> Response:
    """What became of the payment: the receipt, still being asked about (looks again by itself), failed, or kept aside. A robot's HEAD asks nobody."""
    house = house_of(request)
    async with house.open(SYSTEM) as uow:
        visit = await _visit(uow, request, code_in(token))
        attempts = await _attempts(uow, visit.link, request.query_params.get("attempt"))
    outcomes = await _ask(request, attempts) if request.method == "GET" else {}
    async with house.open(SYSTEM) as uow:
        await uow.see([visit.link.tenant_id])
        view = await _outcome_view(uow, visit, attempts, outcomes, _round_no(request))
    return _shown(request, visit, view)


def _round_no(request: Request) -> int:
    given = request.query_params.get("n", "0")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 3 else 0


async def _attempts(uow: UnitOfWork, link: payment_gateway.PayLink, named: str | None) -> list[payment_gateway.Attempt]:
    """The link's attempts to look at: the one the address names, if it is this link's; else those still open."""
    if named:
        try:
            attempt = await payment_gateway.fetch_attempt(uow, UUID(named))
        except (ValueError, payment_gateway.AttemptNotFound):
            attempt = None
        if attempt is not None and attempt.link_token == link.token:
            return [attempt]
    return [a for a in await payment_gateway.open_attempts(uow, link.tenant_id, link.consumer_id) if a.link_token == link.token]


async def _ask(request: Request, attempts: list[payment_gateway.Attempt]) -> dict[UUID, collection.Outcome]:
    """Ask the provider, for a short while. Asking is never broken off, it may be booking money: it goes on behind and the next look sees it."""
    house = house_of(request)
    tasks = {a.id: asyncio.create_task(collection.confirm(house, a.id)) for a in attempts}
    if not tasks:
        return {}
    _asking.update(tasks.values())
    for task in tasks.values():
        task.add_done_callback(_asking.discard)
    await asyncio.wait(tasks.values(), timeout=ASK_LIMIT_S)
    outcomes = {}
    for attempt_id, task in tasks.items():
        if task.done():
            trouble = task.exception()
            if trouble is not None:
                log.warning("attempt not asked about", attempt_id=str(attempt_id), error=type(trouble).__name__)
            else:
                outcomes[attempt_id] = task.result()
    return outcomes


async def _outcome_view(
    uow: UnitOfWork, visit: Visit, attempts: list[payment_gateway.Attempt], outcomes: dict[UUID, collection.Outcome], round_no: int
) -> View:
    household, link = visit.reader.household(), visit.link
    contact = await reading.fetch_contact(uow, link.tenant_id, visit.locale)
    for attempt in attempts:
        paid, parked = await collection.outcome_of_attempt(uow, link.tenant_id, attempt.id)
        if paid is not None:
            return await reading.receipt_view(uow, paid, visit.reader, fresh=True)
        if parked is not None:
            item = await workflow.fetch_work_item(uow, link.tenant_id, parked)
            return ParkedView(household=household, work_item_no=item.number, contact=contact)
    if not attempts:
        newest = await collection.list_payments(uow, link.tenant_id, link.consumer_id, 1)
        if newest and uow.now - newest[0].paid_at < FRESH:
            return await reading.receipt_view(uow, newest[0], visit.reader, fresh=True)
    states = {outcomes[a.id].state for a in attempts if a.id in outcomes}
    amount = attempts[0].amount if len(attempts) == 1 else None
    if attempts and states == {"failed"} and len(outcomes) == len(attempts):
        return FailedView(token=link.token, household=household, amount=amount, contact=contact)
    return WaitView(
        token=link.token,
        attempt=str(attempts[0].id) if len(attempts) == 1 else "",
        household=household,
        amount=amount,
        round_no=round_no,
        refresh_s=wait_s(round_no),
        contact=contact,
    )
