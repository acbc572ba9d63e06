"""What one leg can play: the prompts of all, and what was made for its call alone."""

from __future__ import annotations

from typing import Protocol

from channels.call_center.media import g711
from channels.call_center.ports import Law


class Sounds(Protocol):
    """Where prompts come from (`prompts.Prompts`)."""

    def sound(self, slot: str, law: Law) -> bytes:
        """G.711, whole frames of 160 bytes."""


class Repertoire:
    """Prompts, with a leg's own before them."""

    def __init__(self, prompts: Sounds) -> None:
        self._prompts = prompts
        self._own: dict[str, bytes] = {}

    def learn(self, slot: str, sound: bytes) -> None:
        """Linear sound (mono, 8 kHz, 16 bit) to be played under that name from now on."""
        self._own[slot] = sound

    def sound(self, slot: str, law: Law) -> bytes:
        """G.711, whole frames."""
        own = self._own.get(slot)
        return self._prompts.sound(slot, law) if own is None else g711.frames(own, law)
