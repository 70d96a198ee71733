"""What a conversation says and hears, free of any channel.

Every channel turns its provider's form into an `Inbound` and an `Outbound` into its provider's form; nothing between the two knows which
channel it is on, except through the limits table of `bot.channels.base`. All values are frozen.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Channel(StrEnum):
    """Where a person talks to us."""

    WHATSAPP = "whatsapp"
    SMS = "sms"
    TELEGRAM = "telegram"
    CONSOLE = "console"


class MediaKind(StrEnum):
    """What an attached file is to a person."""

    IMAGE = "image"
    DOCUMENT = "document"
    AUDIO = "audio"
    VIDEO = "video"
    STICKER = "sticker"
    LOCATION = "location"


class Frozen(BaseModel):
    """Base of the values here: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Media(Frozen):
    """A file that came in or goes out. `reference` is the provider's URL or file id (in), our public https URL (out)."""

    kind: MediaKind
    reference: str
    content_type: str = ""
    file_name: str = ""


class SharedContact(Frozen):
    """A contact card. `own` is true only when the provider proves that it is the sender's own number (Telegram: user_id equals the sender)."""

    phone: str
    own: bool


class Inbound(Frozen):
    """One message from a person.

    `account` is our side (Twilio account and number, bot id), `provider_id` the provider's id of the message, unique within (channel, account);
    `address` the person's side: E.164 phone (`+919000000001`) on WhatsApp, SMS and console, the chat id in digits on Telegram.
    `button` is the id of a tapped choice, as we sent it. `private` is false for groups and channels, where nothing personal may be said.
    """

    channel: Channel
    account: str
    provider_id: str
    address: str
    text: str = ""
    button: str | None = None
    media: tuple[Media, ...] = ()
    contact: SharedContact | None = None
    sent_at: datetime | None = None
    private: bool = True


class Choice(Frozen):
    """One thing a person may pick. `number` is what he may type for it, the same on every channel; `id` (ASCII, at most 40) comes back on a tap."""

    number: int
    id: str
    label: str
    description: str = ""


class Outbound(Frozen):
    """One message to a person, before it is fitted to a channel.

    `choices` become reply buttons, a list, an inline keyboard or numbered lines; `list_label` names the button that opens a list.
    `document` is sent as a file where the channel can, as a link where it can't. `asks_contact` shows Telegram's share-my-number key, whose label it holds.
    `template` names the registered template (DLT, WhatsApp) that may carry this outside a free-text window, with its `variables`.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    list_label: str = ""
    document: Media | None = None
    asks_contact: str | None = None
    locale: str = "en"
    template: str | None = None
    variables: dict[str, str] = Field(default_factory=dict)
