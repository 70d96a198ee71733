"""An understanding by keywords: tiny and deterministic, so that transcripts test the conversation and not a model."""

from __future__ import annotations

import re
from datetime import date

from bot.engine.matching import script_language
from bot.understanding.base import Entity, Understood

# The first that is in the text wins; a confidence below the engine's thresholds stands where a text is meant to be doubtful.
RULES: tuple[tuple[str, str, float], ...] = (
    ("pani nahi", "report_problem", 0.9),
    ("naam badal", "report_problem", 0.9),
    ("dikh nahi", "report_problem", 0.9),
    ("not shown", "report_problem", 0.9),
    ("itna", "explain_bill", 0.9),
    ("jyada", "explain_bill", 0.9),
    ("ਜ਼ਿਆਦਾ", "explain_bill", 0.9),
    ("receipt", "get_receipt", 0.9),
    ("raseed", "get_receipt", 0.9),
    ("ਰਸੀਦ", "get_receipt", 0.9),
    ("dhanyavad bhai", "thanks", 0.9),
    ("kisi se baat", "talk_to_person", 0.9),
    ("meter reading", "meter_reading", 0.9),
    ("want messages", "opt_in", 0.9),
    ("cricket", "out_of_scope", 0.9),
    ("bilkul sahi", "affirm", 0.95),
    ("ditte si", "collect_payment", 0.75),
    ("diye the", "collect_payment", 0.75),
    ("i gave", "collect_payment", 0.95),
    ("ਜਮ੍ਹਾਂ ਕਰਵਾ", "cash_deposit", 0.8),
    ("sab ghar", "list_dues", 0.9),
    ("diesel", "add_expense", 0.9),
    ("paisa shayad", "pay_bill", 0.45),
    ("ਪੰਜ ਸੌ", "collect_payment", 0.9),
    ("panj sau", "collect_payment", 0.9),
    ("find household", "search_household", 0.9),
    ("bill", "check_bill", 0.9),
    ("बिल", "check_bill", 0.9),
    ("ਬਿੱਲ", "check_bill", 0.9),
)
# Texts that are doubtful as a whole, as the built-in model finds them.
DOUBTFUL: dict[str, tuple[str, float, tuple[tuple[str, float], ...]]] = {
    **dict.fromkeys(("ramesh", "रमेश", "ਰਮੇਸ਼"), ("search_household", 0.39, (("collect_payment", 0.26), ("reverse_entry", 0.11), ("affirm", 0.05)))),
    "500 diye": ("collect_payment", 0.41, (("payment_history", 0.25), ("add_expense", 0.17))),
}
FIVE_HUNDRED = ("ਪੰਜ ਸੌ", "panj sau", "paanch sau", "पाँच सौ")
DIGITS = re.compile(r"[0-9]+")
ENGLISH = frozenset("please show me my bill the is how much i want what".split())


class KeywordUnderstanding:
    """`Understanding` by the table above. Names are the words before "five hundred"; lines of digits are numbers and amounts."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def parse(self, text: str, *, locale: str | None = None, step: str | None = None, today: date | None = None) -> Understood:
        """See `Understanding`."""
        self.asked.append(text)
        folded = text.casefold()
        intent, confidence = next(((i, c) for word, i, c in RULES if word in folded), ("out_of_scope", 0.1))
        alternatives: tuple[tuple[str, float], ...] = (("talk_to_person", 0.3),) if confidence < 0.6 else ()
        if folded in DOUBTFUL:
            intent, confidence, alternatives = DOUBTFUL[folded]
        entities: tuple[Entity, ...] = ()
        spoken = next((w for w in FIVE_HUNDRED if w in folded), None)
        if spoken is not None:
            at = folded.index(spoken)
            entities += (Entity(entity="amount", value=500_00, start=at, end=at + len(spoken)),)
            name = text[:at].strip()
            entities += (Entity(entity="name", value=name, start=0, end=len(name)),) if name else ()
        if (intent == "search_household" and folded not in DOUBTFUL) or folded in ("suresh bill", "bill 45"):
            who = next(w for w in reversed(text.split()) if w not in ("bill", "household", "find"))
            entities += (Entity(entity="connection_no" if who.isdecimal() else "name", value=who, start=text.index(who), end=text.index(who) + len(who)),)
        if intent in ("collect_payment", "add_expense", "cash_deposit") and spoken is None and (digits := DIGITS.search(folded)) is not None:
            entities += (Entity(entity="amount", value=int(digits[0]) * 100, start=digits.start(), end=digits.end()),)
        if intent == "add_expense":
            entities += (Entity(entity="expense_type", value="OTHER", start=0, end=len(text)),)
        first, *rest = folded.split() or [""]
        if first.isdecimal() and len(rest) == 1 and rest[0].isdecimal():
            intent, confidence = "collect_payment", 0.95
            entities = (Entity(entity="connection_no", value=first, start=0, end=len(first)), Entity(entity="amount", value=int(rest[0]) * 100, start=len(first) + 1, end=len(text)))
        words = folded.split()
        tongue = script_language(text) or ("en" if words and sum(w in ENGLISH for w in words) * 2 > len(words) else "hi-Latn")
        return Understood(intent=intent, confidence=confidence, entities=entities, locale=tongue, engine="keywords", alternatives=alternatives)
