"""One table of cases for every channel: what comes in, what goes out, its limits, its errors; and every request to Twilio against Twilio's own description."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import SecretStr
from twilio.request_validator import RequestValidator

from bot.channels.base import RawRequest, SendFailed, StatusUpdate, cut
from bot.channels.registry import Channels, build_channels
from bot.channels.segments import count_segments, to_gsm
from bot.messages import Channel, Choice, Inbound, Media, MediaKind, Outbound
from bot.settings import BotSettings
from bot.simulator import Ledger, SimulatedTelegram, SimulatedTwilio
from tests.support.serving import serving

SPECS = Path(__file__).resolve().parents[1] / "specs"
SID, TOKEN, OLD_TOKEN, SECRET = "AC" + "a" * 32, "the-token", "the-token-before", "a-telegram-secret"
PHONE, CHAT = "+919000000001", "919000000001"


class NoCache:
    """A content cache that starts empty."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    async def get(self, account: str, shape: str) -> str | None:
        return self.kept.get((account, shape))

    async def put(self, account: str, shape: str, content_id: str) -> None:
        self.kept[(account, shape)] = content_id


@dataclass
class Providers:
    """Both simulated providers behind one loopback address, and every request body they saw."""

    channels: Channels
    twilio: SimulatedTwilio
    telegram: SimulatedTelegram
    ledger: Ledger
    seen: list[tuple[str, bytes]] = field(default_factory=list)

    async def send(self, channel: Channel, message: Outbound) -> dict[str, Any]:
        """Send and give back what the provider saw."""
        adapter = self.channels.get(channel)
        assert adapter is not None
        await adapter.send(adapter.render(message, CHAT if channel is Channel.TELEGRAM else PHONE), outbound_id=uuid4())
        return self.ledger.sent()[-1].view


@pytest.fixture
async def providers() -> AsyncIterator[Providers]:
    ledger, seen = Ledger(), []
    twilio = SimulatedTwilio(SID, TOKEN, "http://127.0.0.1", "http://127.0.0.1", ledger, callbacks=False)
    telegram = SimulatedTelegram("100:token", SECRET, "http://127.0.0.1", ledger)

    def app(_: str) -> FastAPI:
        made = FastAPI()

        @made.middleware("http")
        async def keep(request: Request, forward: Any) -> Any:
            seen.append((request.url.path, await request.body()))
            return await forward(request)

        made.include_router(twilio.router, prefix="/twilio")
        made.include_router(telegram.router, prefix="/telegram")
        return made

    async with serving(app) as origin:
        settings = BotSettings(
            public_url="https://bot.example",
            twilio_account_sid=SID,
            twilio_auth_token=SecretStr(TOKEN),
            twilio_auth_token_old=SecretStr(OLD_TOKEN),
            twilio_whatsapp_from="+14155550100",
            twilio_sms_from="+14155550101",
            twilio_api_base_url=f"{origin}/twilio",
            telegram_bot_token=SecretStr("100:token"),
            telegram_secret_token=SecretStr(SECRET),
            telegram_api_base_url=f"{origin}/telegram",
        )
        yield Providers(build_channels(settings, NoCache()), twilio, telegram, ledger, seen)


def choices(count: int, label: str = "ਮੇਰਾ ਬਿੱਲ", description: str = "") -> tuple[Choice, ...]:
    return tuple(Choice(number=n, id=f"abcdef:c{n}", label=f"{label} {n}", description=description) for n in range(1, count + 1))


# --- out -----------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", [Channel.WHATSAPP, Channel.SMS, Channel.TELEGRAM])
@pytest.mark.parametrize("count", [0, 1, 3, 4, 10, 14])
async def test_choices_keep_their_numbers_on_every_channel(providers: Providers, channel: Channel, count: int) -> None:
    view = await providers.send(channel, Outbound(text="ਕੀ ਚਾਹੀਦਾ ਹੈ?", choices=choices(count), locale="pa"))
    shown = [b["label"] for b in view.get("buttons", [])] or [r["label"] for r in view.get("rows", [])] or view["text"].splitlines()
    for number in range(1, count + 1):
        assert any(line.startswith((f"{number}. ", "ਮੇਰਾ")) and line.endswith(str(number)) for line in shown), shown


@pytest.mark.parametrize(("count", "description", "kind"), [(3, "", "buttons"), (2, "more about it", "rows"), (4, "", "rows"), (10, "", "rows"), (11, "", None)])
async def test_whatsapp_picks_buttons_list_or_lines(providers: Providers, count: int, description: str, kind: str | None) -> None:
    view = await providers.send(Channel.WHATSAPP, Outbound(text="?", choices=choices(count, description=description)))
    assert (len(view[kind]) == count) if kind else ("11. " in view["text"])


async def test_content_is_registered_once_a_shape(providers: Providers) -> None:
    for text in ("one", "two"):
        await providers.send(Channel.WHATSAPP, Outbound(text=text, choices=choices(3)))
    assert sum(path.endswith("/Content") for path, _ in providers.seen) == 1


async def test_content_that_the_provider_lost_is_registered_again(providers: Providers) -> None:
    """As after a restart of the demo, whose simulator forgets, or when somebody deletes it in Twilio's console."""
    message = Outbound(text="What would you like?", choices=choices(2))
    await providers.send(Channel.WHATSAPP, message)
    providers.twilio.contents.clear()
    seen = await providers.send(Channel.WHATSAPP, message)
    assert len(seen["buttons"]) == 2
    assert len(providers.twilio.contents) == 1
    await providers.send(Channel.WHATSAPP, message)
    assert len(providers.ledger.sent()) == 3


async def test_a_document_is_a_file_where_it_can_and_a_link_where_it_cannot(providers: Providers) -> None:
    message = Outbound(text="Receipt", document=Media(kind=MediaKind.DOCUMENT, reference="https://bot.example/r.pdf", file_name="r.pdf"))
    assert (await providers.send(Channel.WHATSAPP, message))["document"]["url"] == "https://bot.example/r.pdf"
    assert (await providers.send(Channel.TELEGRAM, message))["document"]["url"] == "https://bot.example/r.pdf"
    assert "https://bot.example/r.pdf" in (await providers.send(Channel.SMS, message))["text"]


async def test_a_text_beyond_the_limit_is_cut_and_still_taken(providers: Providers) -> None:
    for channel in (Channel.WHATSAPP, Channel.SMS, Channel.TELEGRAM):
        assert (await providers.send(channel, Outbound(text="ਪਾਣੀ " * 3000)))["text"].endswith("…")


async def test_every_request_to_twilio_is_as_twilio_describes_it(providers: Providers) -> None:
    document = Media(kind=MediaKind.DOCUMENT, reference="https://bot.example/r.pdf", file_name="r.pdf")
    for message in (Outbound(text="बिल"), Outbound(text="?", choices=choices(3)), Outbound(text="?", choices=choices(9)), Outbound(text="r", document=document)):
        await providers.send(Channel.WHATSAPP, message)
        await providers.send(Channel.SMS, message)
    messages = json.loads((SPECS / "twilio_messages_openapi.json").read_text())
    post = next(methods["post"] for path, methods in messages["paths"].items() if path.endswith("/Messages.json"))
    fields = post["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    content = json.loads((SPECS / "twilio_content_v1_openapi.json").read_text())
    described = content["paths"]["/v1/Content"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**described, "components": content["components"]})
    sends = 0
    for path, body in providers.seen:
        if path.endswith("/Messages.json"):
            sent = dict(parse_qsl(body.decode()))
            assert set(sent) <= set(fields["properties"]), set(sent) - set(fields["properties"])
            assert set(fields.get("required", ())) <= set(sent)
            sends += 1
        elif path.endswith("/Content"):
            assert [e.message for e in validator.iter_errors(json.loads(body))] == []
    assert sends == 8


# --- in ------------------------------------------------------------------------------------------------------------------------------------


def twilio_request(fields: dict[str, str], *, token: str = TOKEN, path: str = "/webhooks/twilio", query: str = "", signed_as: str = "https://bot.example") -> RawRequest:
    from urllib.parse import urlencode

    url = f"{signed_as}{path}" + (f"?{query}" if query else "")
    signature = RequestValidator(token).compute_signature(url, fields)
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    return RawRequest("POST", path, query, headers, urlencode(fields).encode())


BASE = {"MessageSid": "SM1", "AccountSid": SID, "From": f"whatsapp:{PHONE}", "To": "whatsapp:+14155550100", "Body": "bill", "NumMedia": "0"}


async def test_a_signature_counts_only_over_our_own_address_and_every_field(providers: Providers) -> None:
    adapter = providers.channels.get(Channel.WHATSAPP)
    assert adapter is not None
    assert adapter.verify(twilio_request(BASE))
    assert adapter.verify(twilio_request(BASE, token=OLD_TOKEN))
    assert adapter.verify(twilio_request({**BASE, "NewField": "", "Body": " spaces kept "}))
    for forged in (
        twilio_request(BASE, token="another"),
        twilio_request(BASE, signed_as="http://bot.example"),
        twilio_request({**BASE, "AccountSid": "AC" + "b" * 32}),
        RawRequest(**{**twilio_request(BASE).__dict__, "body": twilio_request(BASE).body + b"&Body=other"}),
        RawRequest(**{**twilio_request(BASE).__dict__, "headers": {"content-type": "application/x-www-form-urlencoded"}}),
        RawRequest(**{**twilio_request(BASE).__dict__, "query": "x=1"}),
    ):
        assert not adapter.verify(forged)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"channel": Channel.WHATSAPP, "address": PHONE, "text": "bill"}),
        ({"From": PHONE}, {"channel": Channel.SMS, "address": PHONE}),
        ({"ButtonPayload": "abcdef:c1", "Body": "Bill"}, {"button": "abcdef:c1"}),
        ({"ListId": "abcdef:c2"}, {"button": "abcdef:c2"}),
        ({"Body": "a\u0000b\u202ec"}, {"text": "abc"}),
        ({"Body": "x" * 9000}, {"text": "x" * 4000}),
        ({"Body": "", "NumMedia": "1", "MediaContentType0": "image/jpeg", "MediaUrl0": "https://x/1"}, {"text": ""}),
    ],
)
async def test_what_twilio_says_comes_in(providers: Providers, changes: dict[str, str], expected: dict[str, Any]) -> None:
    adapter = providers.channels.get(Channel.WHATSAPP)
    assert adapter is not None
    (message,) = adapter.parse(twilio_request({**BASE, **changes}))
    assert isinstance(message, Inbound)
    assert {name: getattr(message, name) for name in expected} == expected


@pytest.mark.parametrize("sender", ["VM-PBWSSD", "whatsapp:IN.1234567890", "", "12345"])
async def test_a_sender_that_cannot_be_answered_is_left(providers: Providers, sender: str) -> None:
    adapter = providers.channels.get(Channel.SMS)
    assert adapter is not None
    assert adapter.parse(twilio_request({**BASE, "From": sender})) == []


@pytest.mark.parametrize(("said", "ours"), [("delivered", "delivered"), ("undelivered", "undelivered"), ("queued", "accepted"), ("surprise", None)])
async def test_a_status_comes_in(providers: Providers, said: str, ours: str | None) -> None:
    adapter = providers.channels.get(Channel.SMS)
    assert adapter is not None
    found = adapter.parse(twilio_request({**BASE, "MessageStatus": said}, path="/webhooks/twilio/status"))
    assert [s.status for s in found if isinstance(s, StatusUpdate)] == ([ours] if ours else [])


def telegram_request(update: Any, secret: str = SECRET) -> RawRequest:
    body = update if isinstance(update, bytes) else json.dumps(update).encode()
    return RawRequest("POST", "/webhooks/telegram", "", {"x-telegram-bot-api-secret-token": secret}, body)


async def test_telegram_comes_in(providers: Providers) -> None:
    adapter = providers.channels.get(Channel.TELEGRAM)
    assert adapter is not None
    assert adapter.verify(telegram_request({}))
    assert not adapter.verify(telegram_request({}, "forged"))
    (said,) = adapter.parse(telegram_request(providers.telegram._update(CHAT, "ਬਿੱਲ", None, None, None, True)))
    assert isinstance(said, Inbound)
    assert (said.address, said.text, said.private) == (CHAT, "ਬਿੱਲ", True)
    (tapped,) = adapter.parse(telegram_request(providers.telegram._update(CHAT, "", "abcdef:c1", None, None, True)))
    assert isinstance(tapped, Inbound)
    assert tapped.button == "abcdef:c1"
    (own,) = adapter.parse(telegram_request(providers.telegram._update(CHAT, "", None, None, PHONE, True)))
    (other,) = adapter.parse(telegram_request(providers.telegram._update(CHAT, "", None, None, PHONE, False)))
    assert isinstance(own, Inbound)
    assert isinstance(other, Inbound)
    assert own.contact is not None
    assert other.contact is not None
    assert (own.contact.own, own.contact.phone, other.contact.own) == (True, PHONE, False)
    group = providers.telegram._update(CHAT, "bill", None, None, None, True)
    group["message"]["chat"] = {"id": -5, "type": "group", "title": "Village"}
    (public,) = adapter.parse(telegram_request(group))
    assert isinstance(public, Inbound)
    assert not public.private


@pytest.mark.parametrize("update", [{}, [], b"not json", b"[" * 5000, {"update_id": 1, "edited_message": {}}, {"update_id": "x", "message": {"text": 5}}])
async def test_what_telegram_never_sends_is_left(providers: Providers, update: Any) -> None:
    adapter = providers.channels.get(Channel.TELEGRAM)
    assert adapter is not None
    assert adapter.parse(telegram_request(update)) == []


# --- errors --------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "retryable"), [(429, 20429, True), (500, 20500, True), (503, 0, True), (400, 21610, False), (400, 63016, False), (400, 63018, True), (400, 21211, False)]
)
async def test_twilios_errors_are_what_they_are(providers: Providers, status: int, code: int, retryable: bool) -> None:
    providers.twilio.faults.append((status, code))
    with pytest.raises(SendFailed) as failed:
        await providers.send(Channel.SMS, Outbound(text="x"))
    assert failed.value.retryable is retryable


@pytest.mark.parametrize(
    ("status", "says", "after", "retryable"),
    [(429, "Too Many Requests", 35, True), (403, "Forbidden: bot was blocked by the user", None, False), (502, "Bad Gateway", None, True)],
)
async def test_telegrams_errors_are_what_they_are(providers: Providers, status: int, says: str, after: int | None, retryable: bool) -> None:
    providers.telegram.faults.append((status, says, after))
    with pytest.raises(SendFailed) as failed:
        await providers.send(Channel.TELEGRAM, Outbound(text="x"))
    assert failed.value.retryable is retryable
    assert failed.value.retry_after_s == after


# --- texts ---------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding", "parts"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("ਬ" * 70, "UCS-2", 1),
        ("ਬ" * 71, "UCS-2", 2),
        ("😀" * 35, "UCS-2", 1),
        ("😀" * 36, "UCS-2", 2),
    ],
)
def test_segments(text: str, encoding: str, parts: int) -> None:
    found = count_segments(text)
    assert (found.encoding, found.parts) == (encoding, parts)


def test_a_rupee_sign_does_not_make_english_dear() -> None:
    assert to_gsm("Total: ₹80 – pay") == "Total: Rs 80 - pay"
    assert to_gsm("ਕੁੱਲ: ₹80") == "ਕੁੱਲ: ₹80"


@given(st.text(max_size=200), st.integers(2, 60))
def test_a_cut_never_exceeds_its_limit_and_begins_like_the_text(text: str, limit: int) -> None:
    kept = cut(text, limit)
    assert len(kept) <= limit
    assert kept == text or text.startswith(kept[:-1])
