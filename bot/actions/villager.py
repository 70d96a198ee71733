"""What villagers ask for."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from backend.facade import contract as c
from backend.kit.clock import india_day
from backend.kit.money import Money

Facts = dict[str, Any]

LINES_MAX = 7  # of an explanation: what is older is summed, so that a long debt still fits one message
SLASH = str.maketrans("/", "-")


def paise(amount: Money | None) -> int | None:
    """An amount as facts carry it."""
    return None if amount is None else amount.paise


async def identify(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Who is this: what the menus need to know."""
    return _who(await facade.identify(caller, c.Empty()))


def _who(who: c.Who) -> Facts:
    return {"has_account": who.accounts > 0, "is_collector": bool(who.collects_for), "phone_proven": who.phone_proven, "register_locale": who.locale, "demo": who.demo}


def item(account: c.Account) -> Facts:
    """An account as a choice. `short` is the last part of its number, which people know it by."""
    return {
        "id": str(account.account_id),
        "name": account.holder_name,
        "number": account.connection_no,
        "short": account.connection_no.rpartition("/")[2],
        "village": account.village_name,
        "due": account.due.paise,
    }


def items(accounts: tuple[c.Account, ...]) -> list[Facts]:
    """Accounts as choices. Where two villages give the same last part, the village stands with it."""
    found = [item(account) for account in accounts]
    times = Counter(one["short"] for one in found)
    return [one | {"short": f"{one['short']} {one['village']}"} if times[one["short"]] > 1 else one for one in found]


def listed(accounts: tuple[c.Account, ...]) -> Facts:
    """How many there are, and the id of the only one."""
    return {"count": len(accounts), "only": str(accounts[0].account_id) if len(accounts) == 1 else None, "many": len(accounts) > 1}


async def list_accounts(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """The caller's connections."""
    found = (await facade.list_accounts(caller, c.Empty())).accounts
    return {"accounts": items(found), **listed(found)}


def _last(payment: c.PaymentView | None) -> Facts:
    if payment is None:
        return {"has_last": False}
    return {"has_last": True, "last_amount": payment.amount.paise, "last_on": india_day(payment.paid_at).isoformat(), "last_receipt": payment.receipt_no}


async def fetch_bill(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """A connection's bill with its pay link."""
    bill = await facade.fetch_bill(caller, c.AccountRef(account_id=UUID(args["account"])))
    return {
        "name": bill.account.holder_name,
        "number": bill.account.connection_no,
        "village": bill.account.village_name,
        "period": bill.period,
        "lines": [{"head": line.head.value, "amount": line.amount.paise} for line in bill.lines],
        "total": bill.total.paise,
        "due_on": bill.due_on.isoformat() if bill.due_on else None,
        "pay_url": bill.pay_url,
        "part_payment": bill.part_payment,
        "is_due": bill.total.paise > 0,
        "has_due_on": bill.due_on is not None,
        "advance": bill.account.advance.paise,
        "has_advance": bill.account.advance.paise > 0,
        "last_amount": None,
        "last_on": None,
        "last_receipt": None,
        "held": bill.held.paise,
        "held_item": bill.held_item,
        "has_held": bill.held_item is not None,
        **_last(bill.last_payment),
    }


def _line(line: c.CalculationLine) -> Facts:
    return {
        "kind": line.kind,
        "head": line.head.value,
        "period": line.period,
        "amount": line.amount.paise,
        "rate": paise(line.rate),
        "minimum": paise(line.minimum),
        "has_minimum": bool(line.minimum),
        "has_readings": line.reading_from is not None and line.reading_to is not None,
        "units": line.units,
        "reading_from": line.reading_from,
        "reading_to": line.reading_to,
    }


async def explain_bill(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """A bill line by line, oldest first."""
    found = await facade.explain_bill(caller, c.AccountRef(account_id=UUID(args["account"])))
    older, newer = found.lines[:-LINES_MAX], found.lines[-LINES_MAX:]
    return {
        "steps": [_line(line) for line in newer],
        "older": sum(line.amount.paise for line in older),
        "has_older": bool(older),
        "total": found.total.paise,
        "name": found.account.holder_name,
        "number": found.account.connection_no,
        "is_due": found.total.paise > 0,
    }


def _document(payment: c.PaymentView) -> dict[str, str]:
    return {"url": payment.pdf_url, "name": f"receipt-{payment.receipt_no.translate(SLASH)}.pdf"}


async def list_receipts(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """The last three payments; the newest receipt as a document."""
    found = (await facade.list_receipts(caller, c.ListReceipts(account_id=UUID(args["account"])))).payments
    receipts = [{"receipt_no": p.receipt_no, "amount": p.amount.paise, "paid_on": india_day(p.paid_at).isoformat(), "url": p.url} for p in found]
    return {"receipts": receipts, "count": len(receipts), "document": _document(found[0]) if found else None, "number": found[0].connection_no if found else None}


async def request_link(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """An OTP to the phone registered for a number; never says whether the number exists."""
    answer = await facade.request_link(caller, c.RequestLink(connection_no=str(args["number"]), key=key))
    return {"request": str(answer.request_id)}


async def confirm_link(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Prove the OTP; the household is the caller's to see from now on."""
    account = await facade.confirm_link(caller, c.ConfirmLink(request_id=UUID(args["request"]), otp=str(args["otp"])))
    return {"linked": str(account.account_id), "name": account.holder_name, "number": account.connection_no, "has_account": True}


async def prove_phone(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Join a Telegram address to its own number."""
    return _who(await facade.prove_phone(caller, c.ProvePhone(phone=str(args["phone"]))))


async def set_language(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Keep a language."""
    await facade.set_language(caller, c.SetLanguage(locale=str(args["language"])))
    return {}


async def set_messaging(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Keep a wish about being written to."""
    await facade.set_messaging(caller, c.SetMessaging(wanted=args["wanted"] == "yes"))
    return {}


LEARNING_WORDING = "learning-2"  # the question of flows/learning.yaml; a changed question is a new version


async def set_learning(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Keep whether we may learn from what was not understood."""
    await facade.set_learning(caller, c.SetLearning(given=args["allowed"] == "yes", wording=LEARNING_WORDING))
    return {}


async def village_contact(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Whom to ask in person."""
    found = await facade.village_contact(caller, c.Empty())
    return {"village": found.village_name, "office_phone": found.phone, "has_village": bool(found.village_name), "has_phone": bool(found.phone)}


async def report_unseen(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """A payment that isn't shown: looked for first, else a person gets it."""
    request = c.ReportUnseenPayment(account_id=UUID(args["account"]), upi_reference=args.get("reference"), picture=args.get("picture"), key=key)
    found = await facade.report_unseen_payment(caller, request)
    paid = found.payment
    facts: Facts = {"outcome": found.outcome, "work_item_no": found.work_item_no}
    return facts | ({"receipt_no": paid.receipt_no, "amount": paid.amount.paise, "url": paid.url} if paid else {"receipt_no": None, "amount": None, "url": None})


async def report_problem(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Something for a person to look at."""
    account = UUID(args["account"]) if args.get("account") else None
    text = " ".join(str(t) for t in (args.get("text"), args.get("picture")) if t)
    opened = await facade.report_problem(caller, c.ReportProblem(category=str(args["category"]), text=text, account_id=account, key=key))
    return {"work_item_no": opened.work_item_no}
