"""Storey 4: what this service is about."""
