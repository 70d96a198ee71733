"""The conversation: everything between a person on a channel and the backend's facade."""
