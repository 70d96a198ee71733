"""WhatsApp through Twilio: reply buttons and lists by the Content API, in session; documents as media."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from bot.channels.base import LIMITS, ContentCache, RawRequest, Rendered, SendFailed, Sent, StatusUpdate, cut, with_lines
from bot.channels.twilio_api import TwilioApi, read_webhook
from bot.messages import Channel, Inbound, Outbound

CONTENT_GONE = frozenset(("20404", "21655"))  # Twilio: no such resource; the ContentSid is invalid
LIST_LABEL = {"en": "Choose", "hi": "चुनें", "pa": "ਚੁਣੋ"}


class WhatsApp:
    """`ChannelAdapter` for WhatsApp. One content a shape (how many buttons or rows) serves every message: all its texts are variables."""

    channel = Channel.WHATSAPP
    limits = LIMITS[Channel.WHATSAPP]

    def __init__(self, api: TwilioApi, sender: str, cache: ContentCache) -> None:
        self._api = api
        self._sender = f"whatsapp:{sender}"
        self._cache = cache
        self._known: dict[str, str] = {}

    def verify(self, request: RawRequest) -> bool:
        """See `ChannelAdapter`."""
        return self._api.verify(request)

    def parse(self, request: RawRequest) -> list[Inbound | StatusUpdate]:
        """See `ChannelAdapter`."""
        return read_webhook(request)

    def render(self, message: Outbound, address: str) -> Rendered:
        """Up to three choices as buttons, up to ten as a list, more as numbered lines; a document rides as media with its caption."""
        count = len(message.choices)
        body = cut(message.text, self.limits.body_with_choices if count else self.limits.text)
        shown: dict[str, Any] = {"text": body}
        fits = len(message.text) <= self.limits.body_with_choices
        if count == 0 or count > self.limits.rows or message.document or not fits:
            request = {"body": cut(with_lines(message.text, message.choices), self.limits.text)}
            shown["text"] = request["body"]
            if message.document:
                request["media_url"] = message.document.reference
                shown["document"] = {"url": message.document.reference, "name": message.document.file_name}
            return Rendered(address, request, shown)
        plain = all(len(c.label) <= self.limits.button_label and not c.description for c in message.choices)
        if count <= self.limits.buttons and plain:
            return Rendered(address, *self._buttons(body, message))
        return Rendered(address, *self._list(body, message))

    def _buttons(self, body: str, message: Outbound) -> tuple[dict[str, Any], dict[str, Any]]:
        variables, buttons = {"1": body}, []
        for place, choice in enumerate(message.choices):
            label = cut(choice.label, self.limits.button_label)
            variables |= {str(2 + 2 * place): label, str(3 + 2 * place): choice.id}
            buttons.append({"id": choice.id, "label": label})
        return {"shape": f"quick-reply/{len(buttons)}", "variables": variables}, {"text": body, "buttons": buttons}

    def _list(self, body: str, message: Outbound) -> tuple[dict[str, Any], dict[str, Any]]:
        label = cut(message.list_label or LIST_LABEL.get(message.locale, LIST_LABEL["en"]), self.limits.button_label)
        variables, rows = {"1": body, "2": label}, []
        for place, choice in enumerate(message.choices):
            title = cut(f"{choice.number}. {choice.label}", self.limits.row_label)
            rest = choice.description or (choice.label if title.endswith("…") else "")
            description = cut(rest, self.limits.row_description) or " "
            variables |= {str(3 + 3 * place): title, str(4 + 3 * place): choice.id, str(5 + 3 * place): description}
            rows.append({"id": choice.id, "label": title, "description": description.strip()})
        return {"shape": f"list-picker/{len(rows)}", "variables": variables}, {"text": body, "list_label": label, "rows": rows}

    async def send(self, rendered: Rendered, *, outbound_id: UUID) -> Sent:
        """See `ChannelAdapter`."""
        request, to = rendered.request, f"whatsapp:{rendered.address}"
        if "shape" not in request:
            fields = {"body": request["body"]} | ({"media_url": [request["media_url"]]} if "media_url" in request else {})
            return Sent(await self._api.send(outbound_id, from_=self._sender, to=to, **fields))
        shape, variables = request["shape"], json.dumps(request["variables"], ensure_ascii=False)
        try:
            return Sent(await self._api.send(outbound_id, from_=self._sender, to=to, content_sid=await self._content(shape), content_variables=variables))
        except SendFailed as failed:
            if failed.code not in CONTENT_GONE:
                raise
        fresh = await self._content(shape, fresh=True)  # somebody deleted the content at the provider: nothing was sent
        return Sent(await self._api.send(outbound_id, from_=self._sender, to=to, content_sid=fresh, content_variables=variables))

    async def _content(self, shape: str, *, fresh: bool = False) -> str:
        known = None if fresh else self._known.get(shape) or await self._cache.get(self._api.sid, shape)
        if known is None:
            types, variables = content_of(shape)
            known = await self._api.create_content(types, variables, f"mgramseva {shape}")
            await self._cache.put(self._api.sid, shape, known)
        self._known[shape] = known
        return known


def content_of(shape: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The Content API's types and sample variables of a shape, "quick-reply/3" or "list-picker/7"."""
    kind, count = shape.split("/")
    places = range(int(count))
    if kind == "quick-reply":
        actions = [{"type": "QUICK_REPLY", "title": f"{{{{{2 + 2 * p}}}}}", "id": f"{{{{{3 + 2 * p}}}}}"} for p in places]
        samples = {"1": "Your water bill"} | {str(2 + 2 * p): f"Choice {p + 1}" for p in places} | {str(3 + 2 * p): f"choice-{p + 1}" for p in places}
        return {"twilio/quick-reply": {"body": "{{1}}", "actions": actions}}, samples
    items = [{"item": f"{{{{{3 + 3 * p}}}}}", "id": f"{{{{{4 + 3 * p}}}}}", "description": f"{{{{{5 + 3 * p}}}}}"} for p in places]
    samples = {"1": "What would you like?", "2": "Choose"}
    for p in places:
        samples |= {str(3 + 3 * p): f"{p + 1}. Choice", str(4 + 3 * p): f"choice-{p + 1}", str(5 + 3 * p): "What it does"}
    return {"twilio/list-picker": {"body": "{{1}}", "button": "{{2}}", "items": items}}, samples
