"""Where the process's own secrets come from: settings, or in development a file below the data folder that is made once, mode 0600."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets as randomness
from dataclasses import dataclass, field
from pathlib import Path

from backend.kit.settings import BadSettings, HouseSettings

KEY_BYTES = 32


@dataclass(frozen=True)
class Secrets:
    """`signing` signs links and tokens; `master_keys` (id → 32 bytes, newest first) wrap the data keys. Never printed: repr says nothing."""

    signing: bytes
    master_keys: dict[str, bytes]
    made: dict[str, str] = field(default_factory=dict)  # development's own secrets for the simulated providers; empty in production

    def __repr__(self) -> str:
        return "Secrets(…)"

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose only, from the signing secret."""
        return hmac.new(self.signing, purpose.encode(), hashlib.sha256).digest()

    @classmethod
    def load(cls, settings: HouseSettings) -> Secrets:
        """From settings; what is missing in development comes from the data folder's own file."""
        signing = settings.secret_key.get_secret_value()
        keys = settings.encryption_keys.get_secret_value()
        made = {} if settings.env == "production" else _made_once(settings.data_dir / "secrets.json")
        return cls((signing or made["secret_key"]).encode(), _parse_keys(keys or made["encryption_keys"]), made)


def _parse_keys(text: str) -> dict[str, bytes]:
    try:
        pairs = [part.split(":", 1) for part in text.split(",")]
        keys = {name.strip(): base64.b64decode(value, validate=True) for name, value in pairs}
    except ValueError as error:
        raise BadSettings(["MGRAMSEVA_ENCRYPTION_KEYS: must be id:base64 pairs, comma separated"]) from error
    if any(len(key) != KEY_BYTES for key in keys.values()):
        raise BadSettings([f"MGRAMSEVA_ENCRYPTION_KEYS: each key must be {KEY_BYTES} bytes"])
    return keys


def _made_once(path: Path) -> dict[str, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = {
        "secret_key": randomness.token_urlsafe(48),
        "encryption_keys": "dev1:" + base64.b64encode(randomness.token_bytes(KEY_BYTES)).decode(),
        "payment_simulator_secret": randomness.token_urlsafe(32),
        "twilio_auth_token": randomness.token_hex(16),
        "telegram_secret_token": randomness.token_urlsafe(24),
    }
    draft = path.with_name(f"{path.name}.{os.getpid()}.{randomness.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(made, file)
    try:
        os.link(draft, path)  # the first process wins, atomically; others read its file
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    known: dict[str, str] = json.loads(path.read_text())
    return known
