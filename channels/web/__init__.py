"""The web portal as a channel: what a citizen types on our own pages takes the same road as every other message."""
