"""A conversation without a database: one person on one channel, with the engine, the actions, the texts and the facade in memory."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

from backend.facade.contract import Caller, Empty
from backend.kit.errors import Fault
from bot.actions import ACTIONS, shapes
from bot.channels.base import Rendered
from bot.channels.sms import Sms
from bot.channels.telegram import Telegram
from bot.channels.whatsapp import WhatsApp
from bot.engine import Answered, Call, Effect, Flows, Said, Say, State, advance, load_flows, needs_understanding
from bot.messages import Channel, Choice, Inbound, Media, MediaKind, Outbound, SharedContact
from bot.texts import label_words, render, translations
from tests.support.facade_in_memory import FacadeInMemory, village
from tests.support.keyword_understanding import KeywordUnderstanding

FLOWS = Path(__file__).resolve().parents[2] / "flows"
CALLS_MAX = 12  # more than the engine may ever want


@cache
def flows() -> Flows:
    """The project's flows, with their translations checked."""
    return load_flows(FLOWS, shapes(), translations)


def outbound(say: Say, locale: str) -> Outbound:
    """A message in a person's language."""
    choices = tuple(
        Choice(number=c.number, id=c.id, label=render(c.label, locale), description=render(c.description, locale) if c.description else "") for c in say.choices
    )
    document = Media(kind=MediaKind.DOCUMENT, reference=say.document["url"], file_name=say.document["name"]) if say.document else None
    text = "\n".join(render(part, locale) for part in say.parts)
    return Outbound(text=text, choices=choices, document=document, asks_contact=render(say.asks_contact, locale) if say.asks_contact else None, locale=locale)


def shown_on(channel: Channel, message: Outbound) -> dict[str, Any]:
    """A message as the channel shows it, by the real adapter's rendering."""
    nobody = cast(Any, None)  # rendering needs no account
    match channel:
        case Channel.WHATSAPP:
            rendered: Rendered = WhatsApp(nobody, "", nobody).render(message, "")
        case Channel.SMS:
            rendered = Sms(nobody, "").render(message, "")
        case _:
            rendered = Telegram.render(cast(Any, _TelegramLimits), message, "1")
