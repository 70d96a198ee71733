"""Settings from the environment (`MGRAMSEVA_…`) or `.env`: unknown or bad ones are refused at the start, all at once.

Each part of the system declares a `SettingsPart`; `load_settings` reads them together, so that a variable nobody knows is a fault and not a silence.
Values are never printed: a fault names the variable and what is allowed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal, TypeVar

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "MGRAMSEVA_"
ROOT = Path(__file__).resolve().parents[2]


class BadSettings(Exception):
    """Every fault of the settings, one line each; the process must not start."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


class SettingsPart(BaseSettings):
    """Base of a part's settings. Built by `load_settings` only, or with keyword arguments in tests."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


class HouseSettings(SettingsPart):
    """What the backend needs. Defaults suit a laptop; production must set what `faults_in_production` names."""

    env: Literal["development", "production"] = "development"
    data_dir: Path = ROOT / "var"
    database_url: str = ""  # the app's role; empty: embedded under data_dir
    database_owner_url: str = ""  # migrations
    database_pool: int = Field(default=20, ge=2, le=200)  # connections a process may hold: PostgreSQL's default limit is 100 for all
    public_url: str = "http://127.0.0.1:8000"
    short_url: str = ""  # own short domain; empty: public_url
    secret_key: SecretStr = SecretStr("")  # signs sessions and tokens; empty in development: made once, kept in data_dir
    encryption_keys: SecretStr = SecretStr("")  # "id:base64-of-32-bytes,…", newest first; empty in development: made once, kept in data_dir
    trusted_proxies: str = ""  # addresses whose X-Forwarded-… is believed, comma separated
    payment_provider: Literal["simulator"] = "simulator"  # real providers are not here yet
    payment_simulator_api_base_url: str = ""  # empty: this process's own simulator
    payment_simulator_secret: SecretStr = SecretStr("")
    payment_simulator_secret_old: SecretStr = SecretStr("")
    upi_vpa: str = ""  # the default UPI address of villages without their own
    metrics_token: SecretStr = SecretStr("")  # opens /metrics and /docs in production
    cash_limit_sms_paise: int = Field(default=200_000, ge=0)  # per collector and day by plain SMS, whose sender can be forged
    cash_limit_entry_paise: int = Field(default=5_000_000, gt=0)  # one doorstep entry above Rs 50,000 is a typing error
    amount_shown_minutes: int = Field(default=30, ge=1, le=1440)  # an amount shown stays payable so long
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("public_url", "short_url")
    @classmethod
    def _plain_origin(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @property
    def short_origin(self) -> str:
        """Where short links live."""
        return self.short_url or self.public_url

    def faults_in_production(self) -> list[str]:
        """What production refuses: simulators, default secrets, plain http, the embedded server's defaults."""
        if self.env != "production":
            return []
        faults = []
        if self.payment_provider == "simulator":
            faults.append(f"{PREFIX}PAYMENT_PROVIDER: this version has only the simulator, which takes no real money")
        if not self.public_url.startswith("https://") or not self.short_origin.startswith("https://"):
            faults.append(f"{PREFIX}PUBLIC_URL and {PREFIX}SHORT_URL: production needs https://")
        for name, secret in (("SECRET_KEY", self.secret_key), ("ENCRYPTION_KEYS", self.encryption_keys), ("METRICS_TOKEN", self.metrics_token)):
            if len(secret.get_secret_value()) < 16:
                faults.append(f"{PREFIX}{name}: production needs a secret of at least 16 characters")
        if os.environ.get("FAULT"):
            faults.append("FAULT: fault points are refused in production")
        return faults


Part = TypeVar("Part", bound=SettingsPart)


def _given(env_file: Path | None) -> dict[str, str]:
    given = {k: v for k, v in os.environ.items() if k.startswith(PREFIX)}
    if env_file and env_file.exists():
        from_file = {k: v or "" for k, v in dotenv_values(env_file).items() if k.startswith(PREFIX)}
        given = {**from_file, **given}
    return {k[len(PREFIX) :].lower(): v for k, v in given.items()}


def load_settings(*parts: type[SettingsPart], env_file: Path | None = ROOT / ".env", overrides: dict[str, Any] | None = None) -> tuple[Any, ...]:
    """Read every part from the environment; raises BadSettings with all faults of all parts at once. `overrides` win, as command line options do."""
    values: dict[str, Any] = {**_given(env_file), **(overrides or {})}
    known = {name for part in parts for name in part.model_fields}
    faults = [f"{PREFIX}{name.upper()}: no such setting" for name in sorted(set(values) - known)]
    built: list[SettingsPart] = []
    for part in parts:
        mine = {k: v for k, v in values.items() if k in part.model_fields and v != ""}
        try:
            built.append(part(**mine))
        except ValidationError as error:
            faults += [f"{PREFIX}{'_'.join(str(p) for p in e['loc']).upper()}: {e['msg']}" for e in error.errors(include_input=False)]
    for part_settings in built:
        check = getattr(part_settings, "faults_in_production", None)
        faults += check() if check else []
    if faults:
        raise BadSettings(faults)
    return tuple(built)
