"""Dividing a payment over open lines: a pure function, no table, no announcement.

Oldest period first; within a period the smaller original amount first, then the tax head's order (core_business.md 22, rule DEFAULT). Original
amounts, not what is left, decide the order, so that two part payments end like one. What is left over is an advance.
"""

from backend.money.apportioning.rules import Allocation, OpenLine, Part, allocate

__all__ = ["Allocation", "OpenLine", "Part", "allocate"]
