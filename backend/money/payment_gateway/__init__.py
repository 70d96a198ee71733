"""Paying online: links, attempts, and what providers say of them.

Tables: pay_link, pay_attempt, provider_event. Announces nothing (collection does, when money is booked). Hears nothing.
The link's row reserves the reference (`tr`) that UPI link and QR carry and keeps who was shown it in chat last; opening a page changes nothing. An attempt has an id made by us before any
provider is called. A webhook is stored and never believed: the provider's status answer is the fact. A link that was shown is asked about by itself, lest a lost webhook lose money.
"""

from backend.money.payment_gateway.providers.base import Captured, Provider, ProviderStatus
from backend.money.payment_gateway.service import (
    AmountNotAllowed,
    Attempt,
    AttemptNotFound,
    BillWithLink,
    EventForged,
    LinkNotFound,
    PayLink,
    ProviderOff,
    ask_provider,
    asked_lately,
    attempt_for_reference,
    begin_checkout,
    bill_with_link,
    due_attempts,
    ensure_link,
    fetch_attempt,
    find_link,
    lock_attempt,
    make_attempt,
    open_attempts,
    renew_link,
    set_state,
    store_event,
    upi_intent,
)
from backend.money.payment_gateway.unheard import ask_about_shown_links

__all__ = [
    "AmountNotAllowed", "Attempt", "AttemptNotFound", "BillWithLink", "Captured", "EventForged", "LinkNotFound", "PayLink", "Provider", "ProviderOff", "ProviderStatus",
    "ask_about_shown_links", "ask_provider", "asked_lately", "attempt_for_reference", "begin_checkout", "bill_with_link", "due_attempts", "ensure_link", "fetch_attempt", "find_link", "lock_attempt",
    "make_attempt", "open_attempts", "renew_link", "set_state", "store_event", "upi_intent",
]  # fmt: skip
