"""Where villages lie: district, block, village, and the department's division, subdivision, section.

No tables: functions over the masters' register of villages, read once a process. Announces nothing, hears nothing.
A district is named by its name, because the register writes one district under several codes and the reverse.
"""

from backend.foundation.boundary.rules import Block, District, blocks, district_of, districts, divisions, villages_in

__all__ = ["Block", "District", "blocks", "district_of", "districts", "divisions", "villages_in"]
