"""Twilio as the bot sees it: Messages and Content over REST, webhooks with its signature, status callbacks."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx2
import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from twilio.request_validator import RequestValidator

from bot.channels.segments import count_segments
from bot.channels.twilio_api import form_fields
from bot.simulator.ledger import Entry, Ledger

log = structlog.get_logger(__name__)
KNOWN_FIELDS = {"To", "From", "Body", "MediaUrl", "ContentSid", "ContentVariables", "StatusCallback", "MessagingServiceSid"}
VARIABLE = re.compile(r"\{\{(\d+)\}\}")


@dataclass
class SimulatedTwilio:
    """One account. `faults` are (HTTP status, Twilio code) given to the next sends; `dropped_replies`: so many sends are taken but their answer is lost."""

    sid: str
    token: str
    public_url: str
    webhook_base: str
    ledger: Ledger
    contents: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[tuple[int, int]] = field(default_factory=list)
    callbacks: bool = True
    whatsapp_from: str = "+14155550100"
    sms_from: str = "+14155550101"

    def __post_init__(self) -> None:
        self._client = httpx2.AsyncClient(timeout=20, trust_env=False)
        self._validator = RequestValidator(self.token)
        self._tasks: set[asyncio.Task[None]] = set()

    # --- what the bot calls --------------------------------------------------------------------------------------------------------------

    @property
    def router(self) -> APIRouter:
        """The REST interface, by Twilio's own paths."""
        router = APIRouter()
        router.add_api_route("/2010-04-01/Accounts/{sid}/Messages.json", self._take, methods=["POST"])
        router.add_api_route("/v1/Content", self._take_content, methods=["POST"])
        return router

    def _allowed(self, request: Request) -> bool:
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        try:
            return scheme.lower() == "basic" and base64.b64decode(value).decode() == f"{self.sid}:{self.token}"
        except (binascii.Error, UnicodeDecodeError):
            return False

    @staticmethod
    def _refuse(status: int, code: int, message: str) -> JSONResponse:
        return JSONResponse({"code": code, "message": message, "more_info": "", "status": status}, status)

    async def _take_content(self, request: Request) -> Response:
        if not self._allowed(request):
            return self._refuse(401, 20003, "Authenticate")
        content = await request.json()
        if set(content) - {"friendly_name", "language", "variables", "types"} or not content.get("types") or not content.get("language"):
            return self._refuse(400, 20001, "Bad content")
        sid = "HX" + secrets.token_hex(16)
        self.contents[sid] = content
        return JSONResponse({"sid": sid, "account_sid": self.sid, **content}, 201)

    async def _take(self, sid: str, request: Request) -> Response:
        if not self._allowed(request) or sid != self.sid:
            return self._refuse(401, 20003, "Authenticate")
        if self.faults:
            status, code = self.faults.pop(0)
            return self._refuse(status, code, "scripted")
        fields = form_fields(await request.body())
        problem = self._problem(fields)
        if problem:
            return self._refuse(400, problem[0], problem[1])
        message_sid = ("MM" if "MediaUrl" in fields else "SM") + secrets.token_hex(16)
        channel = "whatsapp" if fields["To"].startswith("whatsapp:") else "sms"
        key = fields["To"].removeprefix("whatsapp:")
        view, facts = self._view(fields, channel)
        entry = Entry(message_sid, "out", channel, key, view, facts, json.dumps(fields, ensure_ascii=False, indent=1), "accepted")
        self.ledger.add(entry)
        if self.callbacks and fields.get("StatusCallback"):
            self._later(self._report(entry, fields["StatusCallback"]))
        return JSONResponse({"sid": message_sid, "account_sid": self.sid, "status": "queued", "to": fields["To"], "from": fields["From"], "body": fields.get("Body", "")}, 201)

    def _problem(self, fields: dict[str, str]) -> tuple[int, str] | None:
        """What Twilio would refuse."""
        if set(fields) - KNOWN_FIELDS:
            return 20001, f"unknown fields {sorted(set(fields) - KNOWN_FIELDS)}"
        if not fields.get("To") or not fields.get("From"):
            return 21604, "To and From are required"
        if fields["To"].startswith("whatsapp:") != fields["From"].startswith("whatsapp:"):
            return 63007, "channel mismatch"
        if not (fields.get("Body") or fields.get("ContentSid") or fields.get("MediaUrl")):
            return 21619, "A message needs a body"
        if len(fields.get("Body", "")) > 1600:
            return 21617, "The body is over 1600 characters"
        if "ContentSid" in fields:
            if fields["ContentSid"] not in self.contents:
                return 20404, "no such content"
            try:
                json.loads(fields.get("ContentVariables", "{}"))
            except ValueError:
                return 21656, "ContentVariables is not JSON"
        return None

    def _view(self, fields: dict[str, str], channel: str) -> tuple[dict[str, Any], list[str]]:
        if "ContentSid" in fields:
            return self._content_view(fields)
        text = fields.get("Body", "")
        view: dict[str, Any] = {"text": text}
        if "MediaUrl" in fields:
            view["document"] = {"url": fields["MediaUrl"], "name": fields["MediaUrl"].rsplit("/", 1)[-1]}
        if channel == "sms":
            segments = count_segments(text)
            return view, [f"SMS: {segments.parts} segment{'s' if segments.parts > 1 else ''}", segments.encoding, f"{segments.units} units"]
        return view, ["WhatsApp text" if "document" not in view else "WhatsApp document", f"{len(text)} of 1600 characters", "in the 24-hour window"]

    def _content_view(self, fields: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
        values = json.loads(fields.get("ContentVariables", "{}"))

        def filled(text: str) -> str:
            return VARIABLE.sub(lambda m: str(values.get(m.group(1), "")), text)

        kind, content = next(iter(self.contents[fields["ContentSid"]]["types"].items()))
        body = filled(content["body"])
        if kind == "twilio/quick-reply":
            buttons = [{"id": filled(a["id"]), "label": filled(a["title"])} for a in content["actions"]]
            return {"text": body, "buttons": buttons}, ["WhatsApp quick-reply", f"{len(buttons)} of 3 buttons", f"{len(body)} of 1024 characters", "in the 24-hour window"]
        rows = [{"id": filled(i["id"]), "label": filled(i["item"]), "description": filled(i["description"]).strip()} for i in content["items"]]
        return {"text": body, "rows": rows, "list_label": filled(content["button"])}, ["WhatsApp list-picker", f"{len(rows)} of 10 rows", f"{len(body)} of 1024 characters", "in the 24-hour window"]

    # --- what Twilio calls ---------------------------------------------------------------------------------------------------------------

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _report(self, entry: Entry, callback: str) -> None:
        for status in ("sent", "delivered"):
            await asyncio.sleep(0.2)
            fields = {"MessageSid": entry.id, "MessageStatus": status, "AccountSid": self.sid, "To": entry.key, "From": self.sms_from}
            try:
                await self._post(callback, fields)
            except httpx2.HTTPError:
                return
            entry.status = status
            self.ledger.tell(entry)

    async def _post(self, url: str, fields: dict[str, str]) -> httpx2.Response:
        signed = url.replace(self.webhook_base, self.public_url, 1)
        headers = {"X-Twilio-Signature": self._validator.compute_signature(signed, fields)}
        return await self._client.post(url.replace(self.public_url, self.webhook_base, 1), data=fields, headers=headers)

    async def say(self, channel: str, phone: str, text: str = "", *, button: str | None = None, media: str | None = None, twice: bool = False) -> int:
        """A person writes: a signed webhook, twice with the same id if so wanted. The status of the last answer."""
        sid = "SM" + secrets.token_hex(16)
        prefix = "whatsapp:" if channel == "whatsapp" else ""
        fields = {
            "MessageSid": sid,
            "AccountSid": self.sid,
            "From": f"{prefix}{phone}",
            "To": f"{prefix}{self.whatsapp_from if prefix else self.sms_from}",
            "Body": text,
            "NumMedia": "0",
        }
        if button is not None and channel == "whatsapp":
            fields |= {"ButtonPayload": button, "ButtonText": text}
        if media == "location":
            fields |= {"Latitude": "31.1", "Longitude": "76.4"}
        elif media:
            kind = {"image": "image/jpeg", "sticker": "image/webp", "audio": "audio/ogg"}.get(media, "application/pdf")
            fields |= {"NumMedia": "1", "MediaUrl0": f"{self.public_url}/simulator/media/{media}", "MediaContentType0": kind}
        self.ledger.add(Entry(sid, "in", channel, phone, {"text": text, "media": media}))
        status = 0
        for _ in range(2 if twice else 1):
            status = (await self._post(f"{self.webhook_base}/webhooks/twilio", fields)).status_code
        return status
