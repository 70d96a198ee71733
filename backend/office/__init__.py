"""Storey 2: what any municipal office needs."""
