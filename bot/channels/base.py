"""What a channel must do, the limits it has, and what can go wrong when sending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import regex

from bot.messages import Channel, Choice, Inbound, Outbound

TEXT_IN_MAX = 4_000
# C0 controls but line feed, and bidirectional overrides that could make an echo read backwards.
_UNWANTED = regex.compile(r"[\u0000-\u0009\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class RawRequest:
    """A webhook's request as it came: header names in lower case, the body unparsed."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class StatusUpdate:
    """A provider's word on a send, in our words: accepted, sent, delivered, read, failed or undelivered."""

    status: str
    error: str | None = None


@dataclass(frozen=True)
class Limits:
    """What a channel can show. Lengths in code points; `buttons` and `rows` are how many choices fit; `media`: whether files can be sent."""

    text: int
    buttons: int
    button_label: int
    rows: int
    row_label: int
    row_description: int
    body_with_choices: int
    media: bool


LIMITS: dict[Channel, Limits] = {
    # Twilio: 1,600 characters of body; quick-reply 3 in session of 20, list-picker 10 of 24 with 72 of description, body 1,024.
    Channel.WHATSAPP: Limits(1_600, 3, 20, 10, 24, 72, 1_024, True),
    # Twilio takes 1,600 and cuts it into segments; numbered lines stand for choices.
    Channel.SMS: Limits(1_600, 0, 0, 0, 0, 0, 1_600, False),
    # Telegram: 4,096 characters; an inline keyboard's label is short by custom, its data at most 64 bytes.
    Channel.TELEGRAM: Limits(4_096, 10, 40, 0, 0, 0, 4_096, True),
    Channel.CONSOLE: Limits(4_096, 0, 0, 0, 0, 0, 4_096, False),
}


@dataclass(frozen=True)
class Rendered:
    """An outbound message in the channel's form. `request` is what the adapter sends; `shown` says it for people who look at the simulator."""

    address: str
    request: dict[str, Any]
    shown: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """The provider took it, under this id."""

    provider_id: str


class SendFailed(Exception):
    """The provider did not take it. `retryable`: later may be better; `retry_after_s`: the pause it asks for."""

    def __init__(self, code: str, *, retryable: bool, retry_after_s: float | None = None) -> None:
        self.code = code
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        super().__init__(code)


class ChannelAdapter(Protocol):
    """One channel."""

    channel: Channel
    limits: Limits

    def verify(self, request: RawRequest) -> bool:
        """Whether the provider really sent it; fails closed."""
        ...

    def parse(self, request: RawRequest) -> Sequence[Inbound | StatusUpdate]:
        """What a verified request says; nothing for kinds we do not know."""
        ...

    def render(self, message: Outbound, address: str) -> Rendered:
        """The message in the channel's form, within its limits."""
        ...

    async def send(self, rendered: Rendered, *, outbound_id: UUID) -> Sent:
        """Hand it to the provider. SendFailed."""
        ...


class ContentCache(Protocol):
    """Where a channel keeps the ids of content it registered with its provider, by account and shape."""

    async def get(self, account: str, shape: str) -> str | None:
        """The id, or None."""
        ...

    async def put(self, account: str, shape: str, content_id: str) -> None:
        """Keep an id."""
        ...


def clean_text(text: str) -> str:
    """A person's text without control characters, at most TEXT_IN_MAX code points."""
    return str(_UNWANTED.sub("", text))[:TEXT_IN_MAX]


def cut(text: str, limit: int) -> str:
    """At most `limit` code points, never through a letter and its vowel signs; what is cut is shown by an ellipsis."""
    if len(text) <= limit:
        return text
    kept = ""
    for grapheme in regex.findall(r"\X", text):
        if len(kept) + len(grapheme) > limit - 1:
            break
        kept += grapheme
    return kept.rstrip() + "…"


def numbered(choices: Sequence[Choice]) -> str:
    """Choices as lines "1. label: description", the numbers as everywhere."""
    return "\n".join(f"{c.number}. {c.label}: {c.description}" if c.description else f"{c.number}. {c.label}" for c in choices)


def with_lines(text: str, choices: Sequence[Choice]) -> str:
    """Text and numbered choices as one body."""
    return f"{text}\n\n{numbered(choices)}" if choices else text
