"""Whether the longest messages of the flows still fit their channels: each question with the longest values a village has, in every language."""

from __future__ import annotations

from pathlib import Path

from bot.actions import shapes
from bot.channels.base import LIMITS
from bot.engine.definition import Flows, Step, TextPart
from bot.engine.effects import Part
from bot.engine.loader import BadFlows, load_flows
from bot.engine.turn import named
from bot.messages import Channel
from bot.texts import LOCALES, render

FLOWS = Path(__file__).resolve().parents[1] / "flows"

# The longest values that are likely: a holder's name, a connection number as the masters form it, a short link, lakhs of rupees, the longest month.
LONGEST: dict[str, object] = {
    "name": "Paramjeet Kaur Sandhu Wadhwa Randhawa",
    "office": "Gram Panchayat Water Supply Committee, Abadi Ghratian",
    "village": "Abadi Ghratian Khurd",
    "number": "WS/15767/2026-27/00000045",
    "short": "00000045",
    "receipt_no": "MP/15767/2026-27/00000123",
    "last_receipt": "MP/15767/2026-27/00000123",
    "work_item_no": "PNS-2026-000123",
    "url": "https://bill.punjab-water-supply.example/s/Ab3dE6gH",
    "pay_url": "https://bill.punjab-water-supply.example/s/Ab3dE6gH",
    "office_phone": "+91 98765 43210",
    "units": "1234.567",
    "reading_from": "123456.789",
    "reading_to": "124691.356",
    "head": "arrears",
}
AMOUNT, DAY, MONTH, COUNT = 12_34_567_50, "2026-09-28", "2026-09", 59
ITEMS = {"lines": 6, "steps": 7, "receipts": 3, "entries": 10}  # how many an action gives at most


def sample(name: str, text: str) -> object:
    """A long value for a name, by how the text shows it."""
    if f"{{{name}:money}}" in text or f"{{{name}:words}}" in text:
        return AMOUNT
    if f"{{{name}:day}}" in text:
        return DAY
    if f"{{{name}:month}}" in text:
        return MONTH
    return LONGEST.get(name, COUNT)


def longest_body(context: str, texts: tuple[TextPart, ...], locale: str) -> int:
    """Letters of a step's text, its alternatives for one item counted once, by the longest."""
    total = 0
    per_item: dict[str, int] = {}
    for text in texts:
        said = render(Part(context, text.text, {n: sample(n, text.text) for n in named(text.text)}, text.plural, COUNT, text.in_), locale)
        if text.each is None:
            total += len(said) + 1
        else:
            per_item[text.each] = max(per_item.get(text.each, 0), len(said) + 1)
    return total + sum(length * ITEMS.get(each, 5) for each, length in per_item.items())


def length_faults(flows: Flows | None = None) -> list[str]:
    """Steps whose longest message does not fit: with choices WhatsApp's interactive body, without them the smallest text limit."""
    try:
        loaded = flows or load_flows(FLOWS, shapes())
    except BadFlows as bad:
        return [f"flows/{problem}" for problem in bad.problems]
    found = []
    for flow in loaded.by_name.values():
        for name, step in flow.steps.items():
            limit = limit_of(step)
            for locale in LOCALES:
                length = longest_body(f"{flow.flow}.{name}", step.ask or step.say or (), locale)
                if length > limit:
                    found.append(f"flows/{flow.flow}.yaml:1:1: [{locale}] {flow.flow}.{name}: {length} letters with long values, at most {limit}")
    return found


def limit_of(step: Step) -> int:
    """Letters a step's message may have on every channel."""
    whatsapp = LIMITS[Channel.WHATSAPP]
    return whatsapp.body_with_choices if step.ask is not None else min(limits.text for limits in LIMITS.values())
