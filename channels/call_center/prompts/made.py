"""Sounds that need no voice: the tone before a recording, ringing, busy, hold music. Computed, 16 bit, 8 kHz, mono."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

RATE = 8000
_FADE_S = 0.01
_CHORDS = ((392.0, 493.9, 587.3), (349.2, 440.0, 523.3), (329.6, 392.0, 493.9), (293.7, 370.0, 440.0))
"""Four quiet chords, plucked one note after another: music that nobody holds a right to."""
_NOTE_S = 0.4


def tone(*hertz: float, seconds: float, volume: float = 0.3) -> bytes:
    """Pure tones at once, faded in and out so that they do not click; `volume` of full scale for their sum."""
    count, fade = int(seconds * RATE), int(_FADE_S * RATE)
    height = 32767 * volume / len(hertz)
    return _samples(
        height * min(1.0, at / fade, (count - at) / fade) * sum(math.sin(math.tau * f * at / RATE) for f in hertz)
        for at in range(count)
    )


def silence(seconds: float) -> bytes:
    """Nothing."""
    return bytes(2 * int(seconds * RATE))


def music() -> bytes:
    """Broken chords, 9.6 s, that begin and end in silence: fit to be repeated."""
    notes = [chord[index] for chord in _CHORDS for index in (0, 1, 2, 1, 2, 1)]
    return b"".join(_pluck(hertz) for hertz in notes)


def _pluck(hertz: float) -> bytes:
    count = int(_NOTE_S * RATE)
    return _samples(
        5000
        * min(1.0, at / 40)
        * (math.exp(-5 * at / count) - math.exp(-5) * at / count)
        * (math.sin(math.tau * hertz * at / RATE) + 0.3 * math.sin(2 * math.tau * hertz * at / RATE))
        for at in range(count)
    )


def _samples(values: Iterable[float]) -> bytes:
    return array("h", (round(value) for value in values)).tobytes()


MADE: Final[Mapping[str, Callable[[], bytes]]] = MappingProxyType(
    {
        "tone": lambda: tone(1000, seconds=0.4),
        "missing": lambda: tone(480, 620, seconds=0.25, volume=0.2) + silence(0.15),
        "ringing": lambda: tone(425, seconds=1.0, volume=0.2) + silence(4.0),
        "busy": lambda: tone(425, seconds=0.5, volume=0.2) + silence(0.5),
        "pause": lambda: silence(0.3),
        "breath": lambda: silence(0.12),
        "music": music,
    }
)
"""By the word in a catalogue's section `made`."""
