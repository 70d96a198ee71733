"""What collectors do."""

from __future__ import annotations

from uuid import UUID

from backend.facade import contract as c
from backend.kit.money import Money
from bot.actions.villager import Facts, item


async def find_households(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Households by number or name."""
    found = (await facade.find_households(caller, c.FindHouseholds(query=str(args["query"])[:100]))).accounts
    return {"households": [item(a) for a in found], "count": len(found), "only": str(found[0].account_id) if len(found) == 1 else None}


async def household(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """One household of the collector's villages, with its dues."""
    found = await facade.fetch_household(caller, c.AccountRef(account_id=UUID(args["household"])))
    return {"name": found.holder_name, "number": found.connection_no, "due": found.due, "advance": found.advance, "is_due": bool(found.due)}


async def record_cash(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Post cash. `again` is "yes" when the same money today was confirmed to be other money."""
    request = c.RecordCash(account_id=UUID(args["household"]), amount=Money(int(args["amount"])), confirmed_again=args.get("again") == "yes", key=key)
    done = await facade.record_cash(caller, request)
    return {
        "name": done.payment.holder_name,
        "amount": done.payment.amount,
        "receipt_no": done.payment.receipt_no,
        "due_after": done.due_after,
        "advance_after": done.advance_after,
        "is_due": bool(done.due_after),
        "has_advance": bool(done.advance_after),
    }


async def day_summary(facade: c.Facade, caller: c.Caller, args: Facts, key: str) -> Facts:
    """Today's cash."""
    day = await facade.day_summary(caller, c.Empty())
    entries = [{"id": str(p.payment_id), "name": p.holder_name, "amount": p.amount, "receipt_no": p.receipt_no} for p in day.payments]
    return {"on": day.on, "count": day.count, "total": day.total, "entries": entries}
