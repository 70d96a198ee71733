"""Every action with its shape: what the loader checks flows against, and what the runner runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.facade.contract import Caller, Facade
from bot.actions import collector, villager
from bot.engine.problems import ActionShape

Answer = dict[str, Any]
Run = Callable[[Facade, Caller, dict[str, Any], str], Awaitable[Answer]]


@dataclass(frozen=True)
class Action:
    """A function and its shape. `changes`: it changes something, so the call is stored before it is made."""

    run: Run
    shape: ActionShape
    changes: bool = False


def _action(
    run: Run,
    args: str,
    facts: str,
    errors: str = "",
    *,
    optional: str = "",
    error_facts: str = "",
    items: Mapping[str, str] | None = None,
    changes: bool = False,
    moves_money: bool = False,
) -> Action:
    """`timeout` and `unavailable` may come from any call. Whose an action is, is told by whom the backend refuses."""
    shape = ActionShape(
        args=frozenset(args.split()) | frozenset(optional.split()),
        facts=frozenset(facts.split()) | frozenset(items or ()),
        errors=frozenset(errors.split()) | {"timeout", "unavailable"},
        moves_money=moves_money,
        optional=frozenset(optional.split()),
        error_facts=frozenset(error_facts.split()),
        items={name: frozenset(holds.split()) for name, holds in (items or {}).items()},
        who="collector" if NOT_A_COLLECTOR in errors.split() else "everyone",
    )
    return Action(run, shape, changes)


NOT_FOUND = "connection.not_found user.phone_not_proven"
NOT_A_COLLECTOR = "collection.not_a_collector"
COLLECTOR = f"{NOT_A_COLLECTOR} connection.not_found"
WHO = "has_account is_collector phone_proven register_locale demo"
HOUSEHOLD = "id name number short village due"
BILL = "name number village period total due_on has_due_on pay_url part_payment is_due advance has_advance has_last last_amount last_on last_receipt held held_item has_held"
STEP = "kind head period amount rate minimum has_minimum has_readings units reading_from reading_to"

ACTIONS: dict[str, Action] = {
    "identify": _action(villager.identify, "", WHO),
    "list_accounts": _action(villager.list_accounts, "", "count only many", "user.phone_not_proven", items={"accounts": HOUSEHOLD}),
    "fetch_bill": _action(villager.fetch_bill, "account", BILL, NOT_FOUND, items={"lines": "head amount"}),
    "explain_bill": _action(villager.explain_bill, "account", "older has_older total name number is_due", NOT_FOUND, items={"steps": STEP}),
    "list_receipts": _action(villager.list_receipts, "account", "count document number", NOT_FOUND, items={"receipts": "receipt_no amount paid_on url"}),
    "request_link": _action(villager.request_link, "number", "request", "otp.too_many", changes=True),
    "confirm_link": _action(
        villager.confirm_link, "request otp", "linked name number has_account", "otp.wrong otp.expired otp.locked user.phone_not_proven", error_facts="tries_left", changes=True
    ),
    "prove_phone": _action(villager.prove_phone, "phone", WHO, "user.phone_invalid", changes=True),
    "set_language": _action(villager.set_language, "language", "", "user.language_unknown"),
    "set_messaging": _action(villager.set_messaging, "wanted", ""),
    "set_learning": _action(villager.set_learning, "allowed", ""),
    "village_contact": _action(villager.village_contact, "", "village office_phone has_village has_phone"),
    "report_unseen": _action(villager.report_unseen, "account", "outcome receipt_no amount url work_item_no", NOT_FOUND, optional="reference picture", changes=True),
    "report_problem": _action(villager.report_problem, "category", "work_item_no", "connection.not_found", optional="text picture account", changes=True),
    "find_households": _action(collector.find_households, "query", "count only many", COLLECTOR, items={"households": HOUSEHOLD}),
    "household": _action(collector.household, "household", "name number due is_due advance has_advance", COLLECTOR),
    "record_cash": _action(
        collector.record_cash,
        "household amount",
        "name number paid receipt_no url due_after advance_after is_due has_advance payer_told",
        f"{COLLECTOR} collection.not_whole_rupees collection.amount_out_of_range collection.same_cash_today collection.sms_cash_limit",
        optional="again",
        error_facts="receipt_no minutes_ago limit_paise",
        changes=True,
        moves_money=True,
    ),
    "day_summary": _action(collector.day_summary, "", "on count total any more", NOT_A_COLLECTOR, items={"entries": "name short amount receipt_no"}),
}


def shapes() -> dict[str, ActionShape]:
    """The shapes by name, for the loader."""
    return {name: action.shape for name, action in ACTIONS.items()}
