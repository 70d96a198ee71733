"""Telegram through python-telegram-bot's typed client: inline keyboards, shared contacts, documents. Its conversations and queues are not used."""

from __future__ import annotations

import hmac
import json
from typing import Any
from uuid import UUID

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, LinkPreviewOptions, ReplyKeyboardMarkup, ReplyKeyboardRemove, Update
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.base import LIMITS, RawRequest, Rendered, SendFailed, Sent, StatusUpdate, clean_text, cut, numbered
from bot.channels.twilio_api import phone_of
from bot.messages import Channel, Inbound, Media, MediaKind, Outbound, SharedContact

DATA_BYTES_MAX = 64
TIMEOUT_S = 10.0


class Telegram:
    """`ChannelAdapter` for Telegram. Addresses are chat ids in digits; only private chats hear anything personal."""

    channel = Channel.TELEGRAM
    limits = LIMITS[Channel.TELEGRAM]

    def __init__(self, token: str, secret: str, base_url: str) -> None:
        self.account = token.split(":", 1)[0]
        self._secret = secret
        root = (base_url or "https://api.telegram.org").rstrip("/")
        request = HTTPXRequest(connection_pool_size=32, read_timeout=TIMEOUT_S, write_timeout=TIMEOUT_S, connect_timeout=TIMEOUT_S, pool_timeout=TIMEOUT_S)
        self._bot = Bot(token, base_url=f"{root}/bot", base_file_url=f"{root}/file/bot", request=request)

    def verify(self, request: RawRequest) -> bool:
        """The secret header, compared in constant time; no secret, no entry."""
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        return bool(self._secret) and hmac.compare_digest(given.encode(), self._secret.encode())

    def parse(self, request: RawRequest) -> list[Inbound | StatusUpdate]:
        """A message or a tapped button; edits, reactions and everything else say nothing."""
        try:
            update = Update.de_json(json.loads(request.body), self._bot)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return []
        if update is None:
            return []
        if update.callback_query is not None:
            return self._tapped(update)
        message = update.message
        if message is None or message.from_user is None or message.from_user.is_bot:
            return []
        contact = None
        if message.contact is not None:
            own = message.contact.user_id == message.from_user.id and message.forward_origin is None
            contact = SharedContact(phone=phone_of("+" + message.contact.phone_number.lstrip("+")) or "", own=own)
        return [
            Inbound(
                channel=self.channel,
                account=self.account,
                provider_id=str(update.update_id),
                address=str(message.chat.id),
                text=clean_text(message.text or message.caption or ""),
                media=_media(message),
                contact=contact,
                sent_at=message.date,
                private=message.chat.type == "private",
            )
        ]

    def _tapped(self, update: Update) -> list[Inbound | StatusUpdate]:
        query = update.callback_query
        if query is None or query.message is None or not isinstance(query.data, str):
            return []
        return [
            Inbound(
                channel=self.channel,
                account=self.account,
                provider_id=str(update.update_id),
                address=str(query.message.chat.id),
                button=clean_text(query.data)[:DATA_BYTES_MAX],
                private=query.message.chat.type == "private",
            )
        ]

    def render(self, message: Outbound, address: str) -> Rendered:
        """Choices as one button a row, numbered as everywhere; long labels and what describes them stand in the text as well."""
        long = any(c.description or len(c.label) > self.limits.button_label - 4 for c in message.choices) or len(message.choices) > self.limits.buttons
        text = cut(f"{message.text}\n\n{numbered(message.choices)}" if long else message.text, self.limits.text)
        buttons = [{"id": c.id, "label": cut(f"{c.number}. {c.label}", self.limits.button_label)} for c in message.choices]
        request: dict[str, Any] = {"text": text, "buttons": buttons, "asks_contact": message.asks_contact}
        shown: dict[str, Any] = {"text": text, "buttons": buttons}
        if message.asks_contact:
            shown["contact_request"] = message.asks_contact
        if message.document:
            request["document"] = {"url": message.document.reference, "name": message.document.file_name}
            shown["document"] = request["document"]
        return Rendered(address, request, shown)

    async def send(self, rendered: Rendered, *, outbound_id: UUID) -> Sent:
        """See `ChannelAdapter`."""
        request, chat = rendered.request, int(rendered.address)
        markup = _markup(request)
        try:
            if "document" in request:
                sent = await self._bot.send_document(chat, request["document"]["url"], caption=cut(request["text"], 1_024), reply_markup=markup)
            else:
                sent = await self._bot.send_message(chat, request["text"], reply_markup=markup, link_preview_options=LinkPreviewOptions(is_disabled=True))
        except RetryAfter as error:
            after = error.retry_after
            raise SendFailed("429", retryable=True, retry_after_s=float(after if isinstance(after, int) else after.total_seconds())) from error
        except (Forbidden, BadRequest, InvalidToken) as error:
            raise SendFailed(type(error).__name__.lower(), retryable=False) from error
        except (NetworkError, TelegramError) as error:
            raise SendFailed("unreachable", retryable=True) from error
        return Sent(str(sent.message_id))


def _markup(request: dict[str, Any]) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    if request["asks_contact"]:
        return ReplyKeyboardMarkup([[KeyboardButton(request["asks_contact"], request_contact=True)]], resize_keyboard=True, one_time_keyboard=True)
    if request["buttons"]:
        return InlineKeyboardMarkup([[InlineKeyboardButton(b["label"], callback_data=b["id"])] for b in request["buttons"]])
    return None


def _media(message: Any) -> tuple[Media, ...]:
    kinds: tuple[tuple[Any, MediaKind], ...] = ((message.photo, MediaKind.IMAGE), (message.sticker, MediaKind.STICKER), (message.voice, MediaKind.AUDIO), (message.audio, MediaKind.AUDIO))
    kinds += ((message.video, MediaKind.VIDEO), (message.document, MediaKind.DOCUMENT), (message.location, MediaKind.LOCATION))
    for found, kind in kinds:
        if found:
            last = found[-1] if isinstance(found, (list, tuple)) else found
            return (Media(kind=kind, reference=getattr(last, "file_id", "")),)
    return ()
