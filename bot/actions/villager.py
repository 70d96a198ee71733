"""What villagers ask for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.facade import contract as c

Facts = dict[str, Any]


async def identify(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Who is this: what the menus need to know."""
    who = await facade.identify(caller, c.Empty())
    return {"has_account": who.accounts > 0, "is_collector": bool(who.collects_for), "phone_proven": who.phone_proven, "register_locale": who.locale, "demo": who.demo}


def item(account: c.Account) -> Facts:
    """An account as a choice."""
    return {"id": str(account.account_id), "name": account.holder_name, "number": account.connection_no, "village": account.village_name, "due": account.due}


async def list_accounts(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """The caller's connections."""
    found = (await facade.list_accounts(caller, c.Empty())).accounts
    return {"accounts": [item(a) for a in found], "count": len(found), "only": str(found[0].account_id) if len(found) == 1 else None}


def _last(payment: c.PaymentView | None) -> Facts:
    if payment is None:
        return {"has_last": False}
    return {"has_last": True, "last_amount": payment.amount, "last_on": payment.paid_at, "last_receipt": payment.receipt_no}


async def fetch_bill(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """A connection's bill."""
    bill = await facade.fetch_bill(caller, c.AccountRef(account_id=UUID(args["account"])))
    return {
        "name": bill.account.holder_name,
        "number": bill.account.connection_no,
        "village": bill.account.village_name,
        "period": bill.period,
        "lines": [{"head": line.head.value, "amount": line.amount} for line in bill.lines],
        "total": bill.total,
        "due_on": bill.due_on,
        "pay_url": bill.pay_url,
        "is_due": bool(bill.total),
        "advance": bill.account.advance,
        "has_advance": bool(bill.account.advance),
        **_last(bill.last_payment),
    }


async def explain_bill(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """A bill line by line, grouped by how a line came to be."""
    found = await facade.explain_bill(caller, c.AccountRef(account_id=UUID(args["account"])))
    groups: dict[str, list[Facts]] = {f"{k}_lines": [] for k in ("flat", "metered", "carried", "penalty", "round_off", "advance", "paid")}
    for line in found.lines:
        groups.setdefault(f"{line.kind}_lines", []).append(line.model_dump())
    return {**groups, "total": found.total, "number": found.account.connection_no, "is_due": bool(found.total)}


async def list_receipts(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """The last three payments; the newest receipt as a document."""
    found = (await facade.list_receipts(caller, c.ListReceipts(account_id=UUID(args["account"])))).payments
    receipts = [{"id": str(p.payment_id), "receipt_no": p.receipt_no, "amount": p.amount, "paid_on": p.paid_at, "url": p.url} for p in found]
    document = {"url": found[0].pdf_url, "name": f"receipt-{found[0].receipt_no.replace('/', '-')}.pdf"} if found else None
    return {"receipts": receipts, "count": len(receipts), "document": document}


async def request_link(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """An OTP to the phone registered for a number; never says whether the number exists."""
    answer = await facade.request_link(caller, c.RequestLink(connection_no=str(args["number"]), key=key))
    return {"request": str(answer.request_id)}


async def confirm_link(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Prove the OTP."""
    account = await facade.confirm_link(caller, c.ConfirmLink(request_id=UUID(args["request"]), otp=str(args["otp"])))
    return {"linked": str(account.account_id), "name": account.holder_name, "number": account.connection_no}


async def prove_phone(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Join a Telegram address to its own number."""
    who = await facade.prove_phone(caller, c.ProvePhone(phone=str(args["phone"])))
    return {"has_account": who.accounts > 0, "is_collector": bool(who.collects_for), "phone_proven": True}


async def set_language(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Keep a language."""
    await facade.set_language(caller, c.SetLanguage(locale=str(args["language"])))
    return {}


async def set_messaging(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Keep a wish about being written to."""
    await facade.set_messaging(caller, c.SetMessaging(wanted=args["wanted"] == "yes"))
    return {}


async def village_contact(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Whom to ask in person."""
    found = await facade.village_contact(caller, c.Empty())
    return {"office": found.office_name or found.village_name, "office_phone": found.phone, "has_phone": bool(found.phone)}


async def report_unseen(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """A payment that isn't shown."""
    request = c.ReportUnseenPayment(account_id=UUID(args["account"]), upi_reference=args.get("reference"), picture=args.get("picture"), key=key)
    found = await facade.report_unseen_payment(caller, request)
    paid = found.payment
    facts: Facts = {"outcome": found.outcome, "work_item_no": found.work_item_no}
    return facts | ({"receipt_no": paid.receipt_no, "amount": paid.amount, "url": paid.url} if paid else {"receipt_no": None, "amount": None, "url": None})


async def report_problem(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Something for a person to look at."""
    account = UUID(args["account"]) if args.get("account") else None
    opened = await facade.report_problem(caller, c.ReportProblem(category=str(args["category"]), text=str(args.get("text") or ""), account_id=account, key=key))
    return {"work_item_no": opened.work_item_no}
