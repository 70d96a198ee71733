"""Storey 1: knows no person and no money."""
