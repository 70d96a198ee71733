"""SMS through Twilio: numbered lines, documents as links, English kept in GSM-7."""

from __future__ import annotations

from uuid import UUID

from bot.channels.base import LIMITS, RawRequest, Rendered, Sent, StatusUpdate, cut, with_lines
from bot.channels.segments import count_segments, to_gsm
from bot.channels.twilio_api import TwilioApi, read_webhook
from bot.messages import Channel, Inbound, Outbound


class Sms:
    """`ChannelAdapter` for SMS."""

    channel = Channel.SMS
    limits = LIMITS[Channel.SMS]

    def __init__(self, api: TwilioApi, sender: str) -> None:
        self._api = api
        self._sender = sender

    def verify(self, request: RawRequest) -> bool:
        """See `ChannelAdapter`."""
        return self._api.verify(request)

    def parse(self, request: RawRequest) -> list[Inbound | StatusUpdate]:
        """See `ChannelAdapter`."""
        return read_webhook(request)

    def render(self, message: Outbound, address: str) -> Rendered:
        """One text: body, link of the document, numbered choices."""
        text = f"{message.text}\n{message.document.reference}" if message.document and message.document.reference not in message.text else message.text
        body = cut(to_gsm(with_lines(text, message.choices)), self.limits.text)
        segments = count_segments(body)
        facts = {"encoding": segments.encoding, "units": segments.units, "segments": segments.parts}
        return Rendered(address, {"body": body}, {"text": body, **facts})

    async def send(self, rendered: Rendered, *, outbound_id: UUID) -> Sent:
        """See `ChannelAdapter`."""
        return Sent(await self._api.send(outbound_id, from_=self._sender, to=rendered.address, body=rendered.request["body"]))
