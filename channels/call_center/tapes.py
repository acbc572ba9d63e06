"""Messages that a provider of telephone lines recorded in our place: where they lie, and how they come here."""

from __future__ import annotations

import re
from typing import Protocol

from core.contract.errors import ProviderRefused

SCHEME = "tape:"
_SOURCE = re.compile(SCHEME + r"(RE[0-9a-f]{32})")


class Tapes(Protocol):
    """Whoever holds them (`twilio.client.VoiceClient`)."""

    async def recording(self, sid: str, *, most: int) -> bytes:
        """One of them. Raises SendError."""

    async def forget(self, sid: str) -> None:
        """It lies here now. Raises SendError."""


class NoTapes:
    """Nobody has a line whose provider takes messages."""

    async def recording(self, sid: str, *, most: int) -> bytes:
        """Raises: ProviderRefused."""
        raise ProviderRefused("no line has it", provider_code="gone")

    async def forget(self, sid: str) -> None:
        """Nothing to forget."""


def source_of(recording: str) -> str:
    """What an attachment says of where its file lies: a name and no address, so that nobody can lead us elsewhere."""
    return SCHEME + recording


def named_in(source: str) -> str | None:
    """The recording that a source names; None: it is none of these."""
    found = _SOURCE.fullmatch(source)
    return found[1] if found else None
