"""Consent: who does not want to be written to, keyed by address, so that it needs no user.

Tables: messaging_wish. Announces nothing, hears nothing. Answers to a person's own questions, receipts of his money and OTPs he asked for are always sent.
"""

from backend.office.notification.service import is_wanted, set_messaging

__all__ = ["is_wanted", "set_messaging"]
