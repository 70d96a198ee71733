"""Messages to people: who does not want to be written to, keyed by address so that it needs no user; and what is to be sent to whom.

Tables: messaging_wish, message_request. Announces notification.message_requested. Hears nothing. Answers to a person's own questions, receipts of his
money and OTPs he asked for are always sent. Facts and stored parameters carry ids, amounts, days and codes; names are looked up when a message leaves.
"""

from backend.office.notification.errors import MessageInvalid, MessageNotFound
from backend.office.notification.schemas import Message, NewMessage
from backend.office.notification.service import fetch_message, is_wanted, request_message, set_messaging

__all__ = ["Message", "MessageInvalid", "MessageNotFound", "NewMessage", "fetch_message", "is_wanted", "request_message", "set_messaging"]
