"""What can be set of our line at Twilio."""

from __future__ import annotations

from dataclasses import dataclass

from channels.twilio import Account

NAME = "twilio"
"""Of the trunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceSettings:
    """
    The line.

    Args:
        numbers: ours there, in E.164; the first is shown where none is asked for.
        hooks: public address of our hooks, without a slash at its end. `streams`: public websocket address of sound.
        channels: calls at once. `rejects`: whoever finds all lines taken hears the busy tone, else a request to leave
            a message. `voice`: who speaks, where we are not there to do so ourselves.
        node: number of the telephony process; part of every name of a stream, so that a relay finds it.
    """

    account: Account
    numbers: tuple[str, ...]
    hooks: str
    streams: str
    channels: int = 30
    rejects: bool = False
    voice: str = ""
    node: int = 1
    base_url: str = "https://api.twilio.com"
    timeout: float = 10.0

    def hook(self, name: str) -> str:
        """Public address of one hook."""
        return f"{self.hooks}/{name}"

    def stream(self, token: str) -> str:
        """Public address of one stream. Twilio strips queries, so the token is part of the path."""
        return f"{self.streams}/{token}"
