"""Taking money: payments, receipts, and what did not fit and waits for a person.

Tables: payment, parked_money. Announces collection.payment_received, collection.payment_parked. Hears nothing; its jobs confirm attempts and sweep.
Money, lines, receipt number and announcement are kept together or not at all. A payment is known by its key and by the provider's payment id, so a
repeat of anything finds the first. Captured money is never marked failed.
"""

from backend.money.collection.cash import CONSUMER_PORT, CashLimitBySms, NewCash, NotWholeRupees, OutOfRange, RequireConsumer, SameCashToday, record_cash
from backend.money.collection.confirming import Outcome, confirm
from backend.money.collection.service import (
    Day,
    Held,
    NewPayment,
    Payment,
    PaymentNotFound,
    Receipt,
    allocations_of,
    cash_on,
    day_of_collector,
    fetch_payment,
    fetch_receipt,
    find_held,
    find_paid_attempt,
    find_payment_by_receipt_token,
    find_payment_by_reference,
    find_payment_by_verify_code,
    list_page,
    list_payments,
    outcome_of_attempt,
    record_payment,
)

__all__ = [
    "CONSUMER_PORT", "CashLimitBySms", "Day", "NewCash", "NewPayment", "NotWholeRupees", "Outcome", "OutOfRange", "Payment", "PaymentNotFound", "Receipt",
    "RequireConsumer", "SameCashToday", "allocations_of", "cash_on", "confirm", "day_of_collector", "fetch_payment", "fetch_receipt", "find_paid_attempt", "find_payment_by_receipt_token",
    "Held", "find_held", "find_payment_by_reference", "find_payment_by_verify_code", "list_page", "list_payments", "outcome_of_attempt", "record_cash", "record_payment",
]  # fmt: skip
