"""
Does a report sound like a call for help? A second ear beside `core.intake.signals.emergency` (QB-II.2h, VN-8).

That one is sure; this one puts a report before a person, so it may hear more. Its strongest signs, alone, are heard by
the dialogue too (`core.intake.signals.help`). Urgency is raised by it or left alone, never lowered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.intake.rules import EmergencyKind
from core.intake.signals.emergency import read_emergency
from core.intake.words import Text
from core.triage.words import Phrases, Reading, data, words_of

MOST_QUOTED = 4


@dataclass(frozen=True)
class Alarm:
    """Why something may be urgent: the words of the writer."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Cry:
    """One sign that is enough by itself: which help it calls for, and where it stands in the composed text."""

    kind: EmergencyKind
    start: int
    end: int


def cries(text: Text) -> Iterator[Cry]:
    """Every sign that is enough by itself, in the order of the text."""
    if not _strong().may_stand_in(words_of(text)):  # nearly always, and then nothing needs a closer look
        return
    reading = Reading.over(text)
    if next(_strong().find(reading), None) is None:  # often, and then the many weak ones need no look
        return
    phrases, enough = _signs()
    strong = [hit for hit in phrases.find(reading) if max(hit.means) >= enough]
    kind = _help_for(reading) if strong else EmergencyKind.FIRE_RESCUE
    for hit in strong:
        yield Cry(kind, reading.words[hit.first].start, reading.words[hit.first + hit.count - 1].end)


def _help_for(reading: Reading) -> EmergencyKind:
    """Whose number to give: the first that the words speak for, else rescue."""
    hit = next(_helpers().find(reading), None)
    return EmergencyKind(hit.means[0]) if hit else EmergencyKind.FIRE_RESCUE


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
def _helpers() -> Phrases[str]:
    return Phrases.of(data("urgency")["help"])


@lru_cache(maxsize=1)
def _strong() -> Phrases[int]:
    known = data("urgency")
    return Phrases.of({weight: signs for weight, signs in known["signs"].items() if weight >= known["enough"]})


@lru_cache(maxsize=1)
def _signs() -> tuple[Phrases[int], int]:
    known = data("urgency")
    return Phrases.of(known["signs"]), int(known["enough"])
