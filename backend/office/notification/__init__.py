"""Messages to people: who does not want to be written to, keyed by address so that it needs no user; what is to be sent to whom; and consents, one line for each word that was given.

Tables: messaging_wish, message_request, consent. Announces notification.message_requested. Hears nothing. Answers to a person's own questions, receipts of his
money and OTPs he asked for are always sent. Facts and stored parameters carry ids, amounts, days and codes; names are looked up when a message leaves.
"""

from backend.office.notification.consents import list_consenting, record_consent
from backend.office.notification.errors import MessageInvalid, MessageNotFound
from backend.office.notification.schemas import Message, NewConsent, NewMessage
from backend.office.notification.service import fetch_message, is_wanted, request_message, set_messaging

__all__ = [
    "Message",
    "MessageInvalid",
    "MessageNotFound",
    "NewConsent",
    "NewMessage",
    "fetch_message",
    "is_wanted",
    "list_consenting",
    "record_consent",
    "request_message",
    "set_messaging",
]
