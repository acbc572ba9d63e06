"""The province's own app as a channel: what it hands in takes the same road as every other message."""
