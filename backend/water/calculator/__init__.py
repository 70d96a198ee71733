"""What a connection's water costs in a month: pure rules over the village's slabs, no table, no announcement (municipal.md 2.4).

Flat: the minimum charge. Metered: the minimum charge as a base, plus each step's units at its rate. Fractions of a paisa go up; the total is a whole
rupee: rounding up is a line of its own, rounding down is taken off the charge, since a line is never negative.
"""

from backend.water.calculator.rules import CalculatedLine, NoSlab, SlabAmbiguous, calculate, find_slab, penalty

__all__ = ["CalculatedLine", "NoSlab", "SlabAmbiguous", "calculate", "find_slab", "penalty"]
