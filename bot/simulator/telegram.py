"""Telegram as the bot sees it: the Bot API's sends over REST, updates with the secret header."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx2
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bot.simulator.ledger import Entry, Ledger


@dataclass
class SimulatedTelegram:
    """One bot. A person's chat id is the digits of his phone. `faults` are (HTTP status, description, retry_after) given to the next sends."""

    token: str
    secret: str
    webhook_base: str
    ledger: Ledger
    faults: list[tuple[int, str, int | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._client = httpx2.AsyncClient(timeout=20, trust_env=False)
        self._ids = itertools.count(int(time.time() * 1000))

    @property
    def router(self) -> APIRouter:
        """The Bot API, by Telegram's own paths."""
        router = APIRouter()
        router.add_api_route("/bot{token}/{method}", self._take, methods=["POST", "GET"])
        return router

    async def _take(self, token: str, method: str, request: Request) -> JSONResponse:
        if token != self.token:
            return JSONResponse({"ok": False, "error_code": 401, "description": "Unauthorized"}, 401)
        fields = {k: str(v) for k, v in (await request.form()).items()}
        if method.lower() not in ("sendmessage", "senddocument"):
            return JSONResponse({"ok": True, "result": True})
        if self.faults:
            status, description, after = self.faults.pop(0)
            extra = {"parameters": {"retry_after": after}} if after else {}
            return JSONResponse({"ok": False, "error_code": status, "description": description, **extra}, status)
        text = fields.get("text") or fields.get("caption", "")
        if method.lower() == "sendmessage" and not 1 <= len(text) <= 4096:
            return JSONResponse({"ok": False, "error_code": 400, "description": "Bad Request: message text is empty or too long"}, 400)
        markup = json.loads(fields.get("reply_markup", "{}"))
        problem = next((b for row in markup.get("inline_keyboard", ()) for b in row if not 1 <= len(b["callback_data"].encode()) <= 64), None)
        if problem:
            return JSONResponse({"ok": False, "error_code": 400, "description": "Bad Request: BUTTON_DATA_INVALID"}, 400)
        message_id = next(self._ids)
        self.ledger.add(self._entry(message_id, fields, text, markup))
        chat = {"id": int(fields["chat_id"]), "type": "private"}
        return JSONResponse({"ok": True, "result": {"message_id": message_id, "date": int(time.time()), "chat": chat, "text": text}})

    def _entry(self, message_id: int, fields: dict[str, str], text: str, markup: dict[str, Any]) -> Entry:
        buttons = [{"id": b["callback_data"], "label": b["text"]} for row in markup.get("inline_keyboard", ()) for b in row]
        keys = [b for row in markup.get("keyboard", ()) for b in row if isinstance(b, dict) and b.get("request_contact")]
        view: dict[str, Any] = {"text": text, "buttons": buttons}
        facts = ["Telegram", f"{len(text)} of 4096 characters"]
        if buttons:
            facts.append(f"inline keyboard, {len(buttons)} buttons")
        if keys:
            view["contact_request"] = keys[0]["text"]
            facts.append("asks for the own contact")
        if "document" in fields:
            view["document"] = {"url": fields["document"], "name": fields["document"].rsplit("/", 1)[-1]}
        return Entry(str(message_id), "out", "telegram", fields["chat_id"], view, facts, json.dumps(fields, ensure_ascii=False, indent=1), "sent")

    async def say(self, chat_id: str, text: str = "", *, button: str | None = None, media: str | None = None, contact: str | None = None, own: bool = True, twice: bool = False) -> int:
        """A person writes, taps or shares a contact: an update with the secret header. The status of the last answer."""
        update = self._update(chat_id, text, button, media, contact, own)
        shown = text or (f"☎ {contact}" if contact else "")
        self.ledger.add(Entry(str(update["update_id"]), "in", "telegram", chat_id, {"text": shown, "media": media}))
        status = 0
        for _ in range(2 if twice else 1):
            answer = await self._client.post(f"{self.webhook_base}/webhooks/telegram", json=update, headers={"X-Telegram-Bot-Api-Secret-Token": self.secret})
            status = answer.status_code
        return status

    def _update(self, chat_id: str, text: str, button: str | None, media: str | None, contact: str | None, own: bool) -> dict[str, Any]:
        person = {"id": int(chat_id), "is_bot": False, "first_name": "Person"}
        message: dict[str, Any] = {"message_id": next(self._ids), "date": int(time.time()), "chat": {"id": int(chat_id), "type": "private"}, "from": person}
        update: dict[str, Any] = {"update_id": next(self._ids)}
        if button is not None:
            return update | {"callback_query": {"id": str(next(self._ids)), "from": person, "chat_instance": "1", "data": button, "message": {**message, "text": "…"}}}
        if contact is not None:
            message["contact"] = {"phone_number": contact, "first_name": "Person", "user_id": int(chat_id) if own else 1}
        elif media == "image":
            message["photo"] = [{"file_id": "photo", "file_unique_id": "p", "width": 90, "height": 90}]
        elif media == "sticker":
            message["sticker"] = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 9, "height": 9, "is_animated": False, "is_video": False}
        elif media == "location":
            message["location"] = {"longitude": 76.4, "latitude": 31.1}
        elif media == "audio":
            message["voice"] = {"file_id": "v", "file_unique_id": "v", "duration": 3}
        if text:
            message["text"] = text
        return update | {"message": message}
