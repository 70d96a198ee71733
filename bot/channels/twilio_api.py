"""Twilio's REST API through its own package, over our one HTTP client with its host list; the base address is a setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import httpx2
import phonenumbers
from twilio.base.exceptions import TwilioRestException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from backend.kit.http import make_client
from bot.channels.base import RawRequest, SendFailed, StatusUpdate, clean_text
from bot.messages import Channel, Inbound, Media, MediaKind
from bot.settings import BotSettings

APIS = ("https://api.twilio.com", "https://content.twilio.com")
# Twilio's error codes that time may heal: rate limits and its own trouble (chat.md D1). Every other 4xx stays wrong.
RETRYABLE = frozenset({20429, 63018, 30001, 30008})
STATUSES = {"queued": "accepted", "accepted": "accepted", "scheduled": "accepted", "sending": "accepted", "sent": "sent", "delivered": "delivered", "read": "read"}
STATUSES |= {"failed": "failed", "undelivered": "undelivered", "canceled": "failed"}
MEDIA_KINDS = {"image": MediaKind.IMAGE, "audio": MediaKind.AUDIO, "video": MediaKind.VIDEO}


class _Http(AsyncHttpClient):  # type: ignore[misc]
    """The package's HTTP interface over our client. With a base address, it replaces scheme and host of every API; paths stay."""

    def __init__(self, base_url: str) -> None:
        super().__init__(None, True, None)
        self._base = urlsplit(base_url) if base_url else None
        self._client = make_client(*([base_url] if base_url else APIS))

    async def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 the package's own signature
        allow_redirects: bool = False,
    ) -> Response:
        if self._base is not None:
            parts = urlsplit(url)
            url = urlunsplit((self._base.scheme, self._base.netloc, self._base.path.rstrip("/") + parts.path, parts.query, ""))
        body: dict[str, Any] = {"json": data} if headers and headers.get("Content-Type") == "application/json" else {"data": data}
        kept = {k: v for k, v in (headers or {}).items() if k.lower() != "content-type"}
        try:
            answer = await self._client.request(method, url, params=params, headers=kept, auth=auth, **body)
        except httpx2.HTTPError as error:
            raise SendFailed("unreachable", retryable=True) from error
        return Response(answer.status_code, answer.text, dict(answer.headers))


class TwilioApi:
    """One Twilio account: checks its signatures, reads its webhooks, sends. Both tokens are good while one is rotated."""

    def __init__(self, settings: BotSettings, sid: str, token: str) -> None:
        self.sid = sid
        self._public_url = settings.public_url
        old = settings.twilio_auth_token_old.get_secret_value()
        self._validators = [RequestValidator(t) for t in (token, old) if t]
        self._client = Client(sid, token, http_client=_Http(settings.twilio_api_base_url))

    def verify(self, request: RawRequest) -> bool:
        """X-Twilio-Signature over our public address, path, query and every form field; the Host header does not count."""
        if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return False
        url = f"{self._public_url}{request.path}" + (f"?{request.query}" if request.query else "")
        signature = request.headers.get("x-twilio-signature", "")
        fields = form_fields(request.body)
        return bool(signature) and fields.get("AccountSid") == self.sid and any(v.validate(url, fields, signature) for v in self._validators)

    def callback_url(self, outbound_id: object) -> str:
        """Where Twilio reports what became of a send."""
        return f"{self._public_url}/webhooks/twilio/status?id={outbound_id}"

    async def send(self, outbound_id: object, **fields: Any) -> str:
        """Create a message; its SID. SendFailed."""
        try:
            message = await self._client.messages.create_async(status_callback=self.callback_url(outbound_id), **fields)
        except TwilioRestException as error:
            raise self._failure(error) from error
        return str(message.sid)

    async def create_content(self, types: dict[str, Any], variables: dict[str, str], name: str) -> str:
        """Register content in the Content API; its SID. SendFailed."""
        from twilio.rest.content.v1.content import ContentList

        request = ContentList.ContentCreateRequest({"friendly_name": name, "language": "en", "variables": variables, "types": types})
        body = {k: v for k, v in request.to_dict().items() if v is not None}
        body["types"] = types  # the package writes a null for every type that is not used, which the API's own description refuses
        try:
            answer = await self._client.content.v1.create_async("POST", "/Content", data=body, headers={"Content-Type": "application/json", "Accept": "application/json"})
        except TwilioRestException as error:
            raise self._failure(error) from error
        return str(answer["sid"])

    @staticmethod
    def _failure(error: TwilioRestException) -> SendFailed:
        retryable = error.status == 429 or error.status >= 500 or error.code in RETRYABLE
        return SendFailed(str(error.code or error.status), retryable=retryable)


def form_fields(body: bytes) -> dict[str, str]:
    """A form body's fields; of a repeated one the last, as the signature counts it."""
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=500))
    except (UnicodeDecodeError, ValueError):
        return {}


def phone_of(address: str) -> str | None:
    """E.164 of "whatsapp:+91…" or "+91…"; None for short codes, headers and WhatsApp ids that are no phone."""
    number = address.removeprefix("whatsapp:")
    if not number.startswith("+"):
        return None
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_possible_number(parsed) else None


def read_webhook(request: RawRequest) -> list[Inbound | StatusUpdate]:
    """A message or a status of Twilio's; nothing for a sender we can't answer."""
    fields = form_fields(request.body)
    status = fields.get("MessageStatus") or fields.get("SmsStatus")
    if request.path.endswith("/status"):
        known = STATUSES.get((status or "").lower())
        return [StatusUpdate(known, fields.get("ErrorCode") or None)] if known else []
    sender, address = fields.get("From", ""), phone_of(fields.get("From", ""))
    if address is None or not fields.get("MessageSid"):
        return []
    channel = Channel.WHATSAPP if sender.startswith("whatsapp:") else Channel.SMS
    return [
        Inbound(
            channel=channel,
            account=fields.get("AccountSid", ""),
            provider_id=fields["MessageSid"],
            address=address,
            text=clean_text(fields.get("Body", "")),
            button=fields.get("ButtonPayload") or fields.get("ListId") or None,
            media=_media(fields),
        )
    ]


def _media(fields: dict[str, str]) -> tuple[Media, ...]:
    found = []
    count = fields.get("NumMedia", "0")
    for index in range(min(int(count) if count.isdigit() else 0, 10)):
        kind = fields.get(f"MediaContentType{index}", "")
        sticker = kind == "image/webp"
        found.append(
            Media(kind=MediaKind.STICKER if sticker else MEDIA_KINDS.get(kind.split("/")[0], MediaKind.DOCUMENT), reference=fields.get(f"MediaUrl{index}", ""), content_type=kind)
        )
    if fields.get("Latitude"):
        found.append(Media(kind=MediaKind.LOCATION, reference=""))
    return tuple(found)
