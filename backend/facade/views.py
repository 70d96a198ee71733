"""From the rooms' values to the contract's: what a person sees of accounts, bills and payments."""

from __future__ import annotations

from uuid import UUID

from backend.facade.contract import Account, BillLine, BillView, CalculationLine, Explanation, Head, PaymentView, VillageContact
from backend.foundation import master_data, short_url
from backend.kit.money import ZERO, Money
from backend.kit.unit_of_work import UnitOfWork
from backend.money import billing, collection, payment_gateway
from backend.water import connection

# What each tax head of the masters is to a person (municipal.md 2.3).
HEADS = {
    "10101": Head.CHARGE,
    "10102": Head.ARREARS,
    "10201": Head.PENALTY,
    "WS_TIME_PENALTY": Head.PENALTY,
    "WS_ADVANCE_CARRYFORWARD": Head.ADVANCE,
    "WS_Round_Off": Head.ROUND_OFF,
}


def head_of(tax_head: str, *, current: bool) -> Head:
    """The person's word for a tax head; a charge of an earlier period is arrears to him."""
    head = HEADS.get(tax_head, Head.OTHER)
    return Head.ARREARS if head in (Head.CHARGE, Head.ROUND_OFF) and not current else head


async def accounts(uow: UnitOfWork, connections: list[connection.Connection], locale: str | None) -> tuple[Account, ...]:
    """Connections with their dues, in the order given."""
    dues = await billing.dues(uow, [c.id for c in connections])
    return tuple(_account(c, dues.get(c.id, billing.NOTHING_DUE), locale) for c in connections)


def _account(c: connection.Connection, dues: billing.Dues, locale: str | None) -> Account:
    return Account(
        account_id=c.id,
        tenant_id=c.tenant_id,
        connection_no=c.connection_no,
        holder_name=c.holder_name,
        village_name=master_data.village_name(c.tenant_id, locale or "en"),
        due=dues.due,
        advance=dues.advance,
        metered=c.metered,
    )


async def bill(uow: UnitOfWork, c: connection.Connection, locale: str | None, asked_by: UUID | None) -> BillView:
    """The bill of a connection with its pay link for the person who asks; issues one when dues have changed since the last."""
    current = await payment_gateway.bill_with_link(uow, c.tenant_id, c.id, asked_by)
    last = () if current else await payments(uow, c, 1)
    held = await collection.find_held(uow, c.tenant_id, c.id) if current else None
    advance = ZERO if current else await billing.advance_of(uow, c.tenant_id, c.id)
    account = _account(c, billing.Dues(current.bill.total if current else ZERO, advance), locale)
    if current is None:
        return BillView(account=account, bill_no=None, period=None, lines=(), total=ZERO, due_on=None, pay_url=None, part_payment=False, last_payment=last[0] if last else None)
    return BillView(
        account=account,
        bill_no=current.bill.bill_no,
        period=current.bill.period,
        lines=bill_lines(current.bill),
        total=current.bill.total,
        due_on=current.bill.due_on,
        pay_url=current.link.url,
        part_payment=current.part_payment,
        last_payment=last[0] if last else None,
        held=held.amount if held else ZERO,
        held_item=held.work_item_no if held else None,
    )


def bill_lines(issued: billing.Bill) -> tuple[BillLine, ...]:
    """A bill's lines summed by what they are to a person, in the order charge, arrears, penalty, round-off, advance."""
    sums: dict[Head, Money] = {}
    for line in issued.lines:
        head = head_of(line.tax_head, current=f"{line.period_from:%Y-%m}" == issued.period)
        sums[head] = sums.get(head, ZERO) + line.amount
    return tuple(BillLine(head=head, amount=sums[head]) for head in Head if sums.get(head))


async def explanation(uow: UnitOfWork, c: connection.Connection, locale: str | None) -> Explanation:
    """The bill from its stored calculation lines."""
    lines = await billing.explain(uow, c.tenant_id, c.id)
    shown = tuple(
        CalculationLine(
            kind=line.kind,
            head=HEADS.get(line.tax_head, Head.OTHER),
            amount=line.amount,
            period=line.period,
            rate=line.rate,
            minimum=line.minimum,
            units=line.units,
            reading_from=line.reading_from,
            reading_to=line.reading_to,
            building=line.building,
        )
        for line in lines
    )
    total = ZERO
    for line in shown:
        total = total + line.amount
    (account,) = await accounts(uow, [c], locale)
    return Explanation(account=account, lines=shown, total=total)


async def payments(uow: UnitOfWork, c: connection.Connection, limit: int) -> tuple[PaymentView, ...]:
    """The newest payments of a connection with their short receipt links."""
    found = await collection.list_payments(uow, c.tenant_id, c.id, limit)
    return tuple([await payment(uow, p, c) for p in found])


async def payment(uow: UnitOfWork, p: collection.Payment, c: connection.Connection) -> PaymentView:
    """One payment as its payer sees it."""
    url = short_url.url_of(uow, p.receipt_code)
    return PaymentView(
        payment_id=p.id,
        receipt_no=p.receipt_no,
        amount=p.amount,
        paid_at=p.paid_at,
        mode=p.mode,
        connection_no=c.connection_no,
        holder_name=c.holder_name,
        url=url,
        pdf_url=f"{uow.tools.settings.public_url}/receipts/{p.receipt_token}.pdf",
    )


async def contact(uow: UnitOfWork, tenants: tuple[str, ...], locale: str | None) -> VillageContact:
    """The public contact of the person's first village; an empty one for who belongs to none."""
    if not tenants:
        return VillageContact(village_name="", phone="")
    tenant_id = sorted(tenants)[0]
    found = await master_data.fetch_contact(uow, tenant_id)
    return VillageContact(village_name=master_data.village_name(tenant_id, locale or "en"), phone=found.phone)


__all__ = ["HEADS", "accounts", "bill", "bill_lines", "contact", "explanation", "head_of", "payment", "payments"]
