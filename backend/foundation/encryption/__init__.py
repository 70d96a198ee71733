"""Field encryption: one data key per village and one for the state's persons, wrapped by the rotating master key; one blind-index key per field.

Tables: data_key. Announces nothing, hears nothing. Values are sealed with AES-256-GCM bound to their place; a phone is found again by a keyed hash
that is the same in the whole deployment, so that it can be looked up before its village is known. The original reuses one nonce for all
values to make them findable, which gives equal texts away: therefore sealing and finding are apart here.
"""

from backend.foundation.encryption.service import blind_index, blind_indexer, cipher, require_opening, rotate

__all__ = ["blind_index", "blind_indexer", "cipher", "require_opening", "rotate"]
