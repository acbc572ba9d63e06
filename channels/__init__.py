"""One folder a channel. Import by full name only (`channels.email`), never with this folder on the path."""
