"""Every action with its shape: what the loader checks flows against, and what the runner runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from backend.facade.contract import Caller, Facade
from bot.actions import collector, villager
from bot.engine.loader import ActionShape

Answer = dict[str, Any]
Run = Callable[[Facade, Caller, dict[str, Any], str], Awaitable[Answer]]


@dataclass(frozen=True)
class Action:
    """A function and its shape. `changes`: it changes something, so the call is stored before it is made."""

    run: Run
    shape: ActionShape
    changes: bool = False


def _action(run: Run, args: str, facts: str, errors: str = "", *, changes: bool = False, moves_money: bool = False) -> Action:
    return Action(run, ActionShape(frozenset(args.split()), frozenset(facts.split()), frozenset(errors.split()) | {"timeout"}, moves_money), changes)


NOT_FOUND = "connection.not_found user.phone_not_proven"
COLLECTOR = "collection.not_a_collector connection.not_found"
BILL = "name number village period lines total due_on pay_url is_due advance has_advance has_last last_amount last_on last_receipt"
LINES = "flat_lines metered_lines carried_lines penalty_lines round_off_lines advance_lines paid_lines"
ACTIONS: dict[str, Action] = {
    "identify": _action(villager.identify, "", "has_account is_collector phone_proven register_locale demo"),
    "list_accounts": _action(villager.list_accounts, "", "accounts count only", "user.phone_not_proven"),
    "fetch_bill": _action(villager.fetch_bill, "account", BILL, NOT_FOUND),
    "explain_bill": _action(villager.explain_bill, "account", f"{LINES} total number is_due", NOT_FOUND),
    "list_receipts": _action(villager.list_receipts, "account", "receipts count document", NOT_FOUND),
    "request_link": _action(villager.request_link, "number", "request", "otp.too_many", changes=True),
    "confirm_link": _action(villager.confirm_link, "request otp", "linked name number", "otp.wrong otp.expired otp.locked user.phone_not_proven", changes=True),
    "prove_phone": _action(villager.prove_phone, "phone", "has_account is_collector phone_proven", "user.phone_invalid", changes=True),
    "set_language": _action(villager.set_language, "language", "", "user.language_unknown"),
    "set_messaging": _action(villager.set_messaging, "wanted", ""),
    "village_contact": _action(villager.village_contact, "", "office office_phone has_phone"),
    "report_unseen": _action(villager.report_unseen, "account reference picture", "outcome receipt_no amount url work_item_no", NOT_FOUND, changes=True),
    "report_problem": _action(villager.report_problem, "category text account", "work_item_no", "connection.not_found", changes=True),
    "find_households": _action(collector.find_households, "query", "households count only", COLLECTOR),
    "household": _action(collector.household, "household", "name number due advance is_due", COLLECTOR),
    "record_cash": _action(
        collector.record_cash,
        "household amount again",
        "name amount receipt_no due_after advance_after is_due has_advance minutes_ago limit_paise",
        f"{COLLECTOR} collection.not_whole_rupees collection.amount_out_of_range collection.same_cash_today collection.sms_cash_limit",
        changes=True,
        moves_money=True,
    ),
    "day_summary": _action(collector.day_summary, "", "on count total entries", COLLECTOR),
}


def shapes() -> dict[str, ActionShape]:
    """The shapes by name, for the loader."""
    return {name: action.shape for name, action in ACTIONS.items()}
