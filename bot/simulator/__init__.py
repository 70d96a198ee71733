"""The simulator: stands in for Twilio and Telegram over their own HTTP interfaces, and shows each conversation as its channel would. Not in production.

What a person says here becomes a signed webhook like any other; what the bot sends arrives by REST like anywhere. So the whole real path is used.
"""

from bot.simulator.app import make_chat_simulator
from bot.simulator.ledger import Entry, Ledger
from bot.simulator.telegram import SimulatedTelegram
from bot.simulator.twilio import SimulatedTwilio

__all__ = ["Entry", "Ledger", "SimulatedTelegram", "SimulatedTwilio", "make_chat_simulator"]
