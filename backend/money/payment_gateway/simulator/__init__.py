"""The payment simulator: a provider of its own, with its own ledger, for the demo and for tests. It knows nothing of our database.

It takes orders, shows a payment page, remembers what it captured, signs and repeats webhooks, answers for a reference, and misbehaves by script: late,
twice, never, out of order, wrong amount, timeout after success, fails then succeeds. Refused in production.
"""

from backend.money.payment_gateway.simulator.app import make_simulator
from backend.money.payment_gateway.simulator.ledger import Fault, Ledger

__all__ = ["Fault", "Ledger", "make_simulator"]
