"""Notices on every channel while each provider is in its worst mood and the gateway is killed again and again."""
