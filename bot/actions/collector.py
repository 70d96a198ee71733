"""What collectors do."""

from __future__ import annotations

from uuid import UUID

from backend.facade import contract as c
from backend.kit.money import Money
from bot.actions.villager import Facts, items, listed

QUERY_MAX = 100


async def find_households(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Households of the collector's villages by number or name, best first."""
    found = (await facade.find_households(caller, c.FindHouseholds(query=str(args["query"])[:QUERY_MAX]))).accounts
    return {"households": items(found), **listed(found)}


async def household(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """One household of the collector's villages, with its dues."""
    found = await facade.fetch_household(caller, c.AccountRef(account_id=UUID(args["household"])))
    return {
        "name": found.holder_name,
        "number": found.connection_no,
        "due": found.due.paise,
        "is_due": found.due.paise > 0,
        "advance": found.advance.paise,
        "has_advance": found.advance.paise > 0,
    }


async def record_cash(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Post cash. `again` is "yes" when the same money today was confirmed to be other money."""
    request = c.RecordCash(account_id=UUID(args["household"]), amount=Money(int(args["amount"])), confirmed_again=args.get("again") == "yes", key=key)
    done = await facade.record_cash(caller, request)
    return {
        "name": done.payment.holder_name,
        "number": done.payment.connection_no,
        "paid": done.payment.amount.paise,
        "receipt_no": done.payment.receipt_no,
        "url": done.payment.url,
        "due_after": done.due_after.paise,
        "advance_after": done.advance_after.paise,
        "is_due": done.due_after.paise > 0,
        "has_advance": done.advance_after.paise > 0,
        "payer_told": done.payer_told,
    }


async def day_summary(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Today's cash of this collector, newest first."""
    day = await facade.day_summary(caller, c.Empty())
    entries = [{"name": p.holder_name, "short": p.connection_no.rpartition("/")[2], "amount": p.amount.paise, "receipt_no": p.receipt_no} for p in day.payments]
    return {"on": day.on.isoformat(), "count": day.count, "total": day.total.paise, "entries": entries, "any": day.count > 0, "more": day.count > len(entries)}
