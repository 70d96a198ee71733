"""What every understanding promises: an intent with a calibrated confidence, normalised entities, and the locale of the text."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from pydantic import BaseModel, ConfigDict

INTENTS = (
    "greet", "thanks", "goodbye", "menu", "help", "affirm", "deny", "cancel", "back",
    "check_bill", "pay_bill", "explain_bill", "payment_history", "get_receipt", "my_connections", "link_connection", "tariff", "promise_to_pay",
    "meter_reading", "report_problem", "change_language", "feedback", "opt_out", "opt_in", "talk_to_person",
    "collect_payment", "list_dues", "day_summary", "cash_deposit", "add_expense", "pay_expense", "search_household", "reverse_entry", "send_reminder",
    "out_of_scope",
)  # fmt: skip
EXPENSE_TYPES = ("ELECTRICITY_BILL", "SALARY", "OM", "CHEMICALS", "OTHER")  # what people say money was spent on


class Entity(BaseModel):
    """A normalised value and the half-open span of the text it was read from. Amounts are integer paise, readings integers, all else text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entity: str
    value: int | str
    start: int
    end: int


class Understood(BaseModel):
    """What a text means. `confidence` is the probability of `intent` (0 to 1); `alternatives` are the next best intents, best first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    intent: str
    confidence: float
    entities: tuple[Entity, ...] = ()
    locale: str
    engine: str
    alternatives: tuple[tuple[str, float], ...] = ()


class Understanding(Protocol):
    """Reads a text. Never raises for what a person wrote."""

    async def parse(self, text: str, *, locale: str | None = None, step: str | None = None, today: date | None = None) -> Understood:
        """Understand a text. `locale` is the person's chosen language, `step` the kind of answer just asked for, `today` the day in India."""
        ...
