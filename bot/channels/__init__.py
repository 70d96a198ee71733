"""Channels: one file each, behind one Protocol. Each turns its provider's form into our messages and ours into its own, by its limits."""
