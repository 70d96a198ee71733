"""Storey 3: knows amounts, not water."""
