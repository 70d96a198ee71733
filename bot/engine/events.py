"""What happens to a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.messages import Inbound, MediaKind


class Said(BaseModel):
    """A person said something. `intent` to `spoken` (the locale of the text) come from understanding, if it was asked.

    `media` is the kind of an attached file, `picture` the reference of an image or document; `contact_own` whether a shared contact is the sender's own;
    `at` when it was said, in seconds since 1970.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: str = ""
    button: str | None = None
    media: str | None = None
    picture: str | None = None
    contact_phone: str | None = None
    contact_own: bool = False
    private: bool = True
    at: float | None = None
    intent: str | None = None
    confidence: float = 0.0
    entities: dict[str, Any] = {}
    alternatives: tuple[tuple[str, float], ...] = ()
    spoken: str | None = None

    @classmethod
    def of(cls, inbound: Inbound, at: datetime | None = None) -> Said:
        """The facts of a message, free of its channel; `at` when it arrived, if the channel does not say when it was sent."""
        when = inbound.sent_at or at
        first = inbound.media[0] if inbound.media else None
        return cls(
            text=inbound.text,
            button=inbound.button,
            media=first.kind.value if first else None,
            picture=next((m.reference or m.kind.value for m in inbound.media if m.kind in (MediaKind.IMAGE, MediaKind.DOCUMENT)), None),
            contact_phone=inbound.contact.phone if inbound.contact else None,
            contact_own=bool(inbound.contact and inbound.contact.own),
            private=inbound.private,
            at=when.timestamp() if when else None,
        )

    def understood_as(
        self, intent: str | None, confidence: float, entities: Mapping[str, Any], alternatives: tuple[tuple[str, float], ...] = (), spoken: str | None = None
    ) -> Said:
        """The same with what a model understood. `entities`: the first value of each kind; amounts are integer paise."""
        return self.model_copy(update={"intent": intent, "confidence": confidence, "entities": dict(entities), "alternatives": alternatives, "spoken": spoken})


class Answered(BaseModel):
    """A call's answer: its facts, or an error's code with that error's facts."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    facts: dict[str, Any] = {}
    error: str | None = None


Event = Said | Answered
