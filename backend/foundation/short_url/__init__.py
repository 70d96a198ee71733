"""Short links on our own domain: 72 random bits in 12 characters, optionally ending.

Tables: short_link. Announces nothing, hears nothing. A public shortener is blocked in Indian SMS (TRAI, 2024), and a short code must not be guessable.
"""

from backend.foundation.short_url.service import Target, resolve, shorten, url_of

__all__ = ["Target", "resolve", "shorten", "url_of"]
