"""Which channels this deployment has, and whether their sends reach real people."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.channels.base import ChannelAdapter, ContentCache, RawRequest
from bot.channels.sms import Sms
from bot.channels.telegram import Telegram
from bot.channels.twilio_api import TwilioApi, form_fields
from bot.channels.whatsapp import WhatsApp
from bot.messages import Channel
from bot.settings import BotSettings


@dataclass
class Channels:
    """Adapters by channel."""

    adapters: dict[Channel, ChannelAdapter] = field(default_factory=dict)
    accounts: dict[Channel, str] = field(default_factory=dict)
    real: frozenset[Channel] = frozenset()

    def get(self, channel: Channel) -> ChannelAdapter | None:
        """The adapter of a channel, None when it is off."""
        return self.adapters.get(channel)

    def twilio_for(self, request: RawRequest) -> ChannelAdapter | None:
        """The adapter for a Twilio webhook: by the address that was written to or from."""
        fields = form_fields(request.body)
        is_whatsapp = any(fields.get(name, "").startswith("whatsapp:") for name in ("From", "To"))
        return self.get(Channel.WHATSAPP if is_whatsapp else Channel.SMS) or self.get(Channel.WHATSAPP)

    def reaches_real_people(self, channel: Channel) -> bool:
        """Whether a send on the channel goes to a provider's default host."""
        return channel in self.real


def build_channels(settings: BotSettings, cache: ContentCache) -> Channels:
    """The adapters that the settings give accounts for."""
    channels, real = Channels(), set()
    token = settings.twilio_auth_token.get_secret_value()
    if settings.twilio_account_sid and token:
        api = TwilioApi(settings, settings.twilio_account_sid, token)
        if settings.twilio_whatsapp_from:
            channels.adapters[Channel.WHATSAPP] = WhatsApp(api, settings.twilio_whatsapp_from, cache)
        if settings.twilio_sms_from:
            channels.adapters[Channel.SMS] = Sms(api, settings.twilio_sms_from)
        for channel in (Channel.WHATSAPP, Channel.SMS):
            channels.accounts[channel] = api.sid
            if settings.twilio_is_default_host:
                real.add(channel)
    telegram = settings.telegram_bot_token.get_secret_value()
    if telegram:
        adapter = Telegram(telegram, settings.telegram_secret_token.get_secret_value(), settings.telegram_api_base_url)
        channels.adapters[Channel.TELEGRAM] = adapter
        channels.accounts[Channel.TELEGRAM] = adapter.account
        if settings.telegram_is_default_host:
            real.add(Channel.TELEGRAM)
    channels.real = frozenset(real)
    return channels
