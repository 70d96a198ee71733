"""The bot's settings: channels' accounts and addresses, limits. Empty accounts mean the demo's own simulator stands in."""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator

from backend.kit.settings import PREFIX, SettingsPart

TWILIO_DEFAULT = "https://api.twilio.com"
TELEGRAM_DEFAULT = "https://api.telegram.org"


class BotSettings(SettingsPart):
    """What the conversation needs. Names are `MGRAMSEVA_` + upper case."""

    env: str = "development"
    public_url: str = "http://127.0.0.1:8000"
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_auth_token_old: SecretStr = SecretStr("")  # still accepted while the token is rotated
    twilio_whatsapp_from: str = ""  # E.164
    twilio_sms_from: str = ""  # E.164 or a registered header
    twilio_api_base_url: str = ""  # replaces scheme and host of all Twilio's APIs, paths unchanged
    telegram_bot_token: SecretStr = SecretStr("")
    telegram_secret_token: SecretStr = SecretStr("")
    telegram_api_base_url: str = ""
    nlu_url: str = ""  # Rasa's server; empty: the demo's own, else the built-in understanding alone
    nlu_token: SecretStr = SecretStr("")
    turn_timeout_s: float = Field(default=10.0, gt=0, le=60)  # a turn that takes longer is given up and retried by the sweep
    call_timeout_s: float = Field(default=5.0, gt=0, le=30)  # a hung call ends as "timeout"
    intake_batch: int = Field(default=64, ge=1, le=500)  # messages stored by one commit

    @field_validator("nlu_url")
    @classmethod
    def _plain_origin(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @property
    def twilio_is_default_host(self) -> bool:
        """Whether a send would reach the real Twilio."""
        return self.twilio_api_base_url in ("", TWILIO_DEFAULT)

    @property
    def telegram_is_default_host(self) -> bool:
        """Whether a send would reach the real Telegram."""
        return self.telegram_api_base_url in ("", TELEGRAM_DEFAULT)

    def faults_in_production(self) -> list[str]:
        """A channel is given whole or not at all; production without any channel would be deaf."""
        faults = []
        twilio = (self.twilio_account_sid, self.twilio_auth_token.get_secret_value(), self.twilio_whatsapp_from or self.twilio_sms_from)
        if any(twilio) and not all(twilio):
            faults.append(f"{PREFIX}TWILIO_ACCOUNT_SID, {PREFIX}TWILIO_AUTH_TOKEN and a …_FROM go together")
        telegram = (self.telegram_bot_token.get_secret_value(), self.telegram_secret_token.get_secret_value())
        if any(telegram) and not all(telegram):
            faults.append(f"{PREFIX}TELEGRAM_BOT_TOKEN and {PREFIX}TELEGRAM_SECRET_TOKEN go together")
        if bool(self.nlu_url) != bool(self.nlu_token.get_secret_value()):
            faults.append(f"{PREFIX}NLU_URL and {PREFIX}NLU_TOKEN go together")
        if self.env == "production" and not (all(twilio) or all(telegram)):
            faults.append(f"{PREFIX}TWILIO_… or {PREFIX}TELEGRAM_…: production needs a channel")
        return faults
