"""Sealing small texts: AES-256-GCM with a key id, a fresh nonce and bound context, so that a value moved to another row does not open."""

from __future__ import annotations

import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class SealBroken(ValueError):
    """The bytes were changed, moved to another place, or sealed by a key we do not have."""


def derive_key(master: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose from a master key (HKDF-SHA256)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(master)


class Cipher:
    """Seals with the first key, opens with any. `keys`: id (at most 255 bytes) → 32 bytes, newest first."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._newest = next(iter(keys)).encode()
        self._keys = {name.encode(): AESGCM(key) for name, key in keys.items()}

    def __repr__(self) -> str:
        return "Cipher(…)"

    def seal(self, text: str, aad: str) -> bytes:
        """`text` sealed for the place `aad` names (table, column, row id)."""
        return self.seal_bytes(text.encode(), aad)

    def seal_bytes(self, content: bytes, aad: str) -> bytes:
        """As `seal`, for bytes: length of key id, key id, nonce, ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        return bytes([len(self._newest)]) + self._newest + nonce + self._keys[self._newest].encrypt(nonce, content, aad.encode())

    def open(self, sealed: bytes, aad: str) -> str:
        """The text again; SealBroken when it can't be trusted."""
        return self.open_bytes(sealed, aad).decode()

    def open_bytes(self, sealed: bytes, aad: str) -> bytes:
        """As `open`, for bytes."""
        end = 1 + sealed[0] if sealed else 0
        key = self._keys.get(bytes(sealed[1:end]))
        if key is None:
            raise SealBroken("sealed by a key that is not known")
        try:
            return key.decrypt(bytes(sealed[end : end + NONCE_BYTES]), bytes(sealed[end + NONCE_BYTES :]), aad.encode())
        except InvalidTag as error:
            raise SealBroken("changed or moved") from error
