"""Numbers that people read out: receipts, connections, bills, work items, in the formats of the masters.

Tables: id_counter. Announces nothing, hears nothing. A number is counted by a row locked in the same unit of work, so numbers have no gaps and no
doubles; a year in the format starts the count anew (the original never reset it). Formats that name the same sequence share one count.
"""

from backend.foundation.id_generation.service import next_number, next_numbers

__all__ = ["next_number", "next_numbers"]
