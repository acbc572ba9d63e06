"""
Does a report sound like a call for help? A second ear beside `core.intake.signals.emergency` (QB-II.2h, VN-8).

That one decides in the dialogue and must be sure; this one only puts a report before a person, so it may hear more.
Urgency is raised by it or left alone, never lowered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from core.intake.signals.emergency import read_emergency
from core.intake.words import Text
from core.triage.words import Phrases, Reading, data

MOST_QUOTED = 4


@dataclass(frozen=True)
class Alarm:
    """Why something may be urgent: the words of the writer."""

    words: tuple[str, ...]


def alarming(text: str) -> Alarm | None:
    """What in a text sounds like a call for help; None where nothing does."""
    reading = Reading.of(text)
    phrases, enough = _signs()
    hits = list(phrases.find(reading))
    if sum(max(hit.means) for hit in hits) >= enough:
        told = sorted(hits, key=lambda hit: -max(hit.means))[:MOST_QUOTED]
        return Alarm(tuple(dict.fromkeys(reading.quote(hit.first, hit.count) for hit in told)))
    sign = read_emergency(Text.of(text))
    return Alarm((reading.raw[sign.start : sign.end],)) if sign else None


@lru_cache(maxsize=1)
def _signs() -> tuple[Phrases[int], int]:
    known = data("urgency")
    return Phrases.of(known["signs"]), int(known["enough"])
