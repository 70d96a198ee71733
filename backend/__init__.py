"""The house: rooms on storeys, entered by doors. See docs/architecture.md."""
