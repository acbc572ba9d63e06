"""
Two matters in one message.

Clearly enumerated ones ("1. … 2. …", "thứ nhất … thứ hai …", dashes line by line) become a report each; what stands
before the first is about all of them. Anything less clear stays one report, and the person is told so.
"""

from __future__ import annotations

import re

from core.intake.lexicon import pattern
from core.intake.reading.message import read
from core.intake.rules import IntakeRules
from core.intake.words import Text

NUMBERED = re.compile(r"(?:(?<=^)|(?<=[\s:;,.]))\(?([1-5])[.)/:\-](?=\s*[^\W\d_])", re.MULTILINE)
A_NUMBER = re.compile(r"[1-5][.)/:\-]")
"""What every numbered matter begins with, and few texts hold."""
DASHED = re.compile(r"^[^\S\n]*[-–•*+]\s*(?=\w)", re.MULTILINE)


def split_topics(said: Text, rules: IntakeRules) -> tuple[str, ...]:
    """The matters of a text, each with the words common to all; one element where it is not clearly enumerated."""
    text = said.raw
    for starts in (numbered(text), dashed(text), spelled(said)):
        items = cut(text, starts)
        if len(items) > 1 and all(read(Text.of(item), rules).tells for item in items):
            lead = text[: starts[0][0]].strip()
            return tuple(f"{lead}\n{item}".strip() for item in items)
    return (text,)


def numbered(text: str) -> list[tuple[int, int]]:
    """Where "1." "2." … stand, counting up from one."""
    found = list(NUMBERED.finditer(text)) if A_NUMBER.search(text) else []
    return [match.span() for index, match in enumerate(found) if int(match.group(1)) == index + 1]


def dashed(text: str) -> list[tuple[int, int]]:
    """Where lines begin with a dash."""
    return [match.span() for match in DASHED.finditer(text)]


def spelled(text: Text) -> list[tuple[int, int]]:
    """Where "thứ nhất", "thứ hai", "một là", "hai là" stand."""
    return [match.span() for match in pattern("signals", "ordinals").finditer(text)]


def cut(text: str, starts: list[tuple[int, int]]) -> list[str]:
    """The stretches that begin at the markers, without the markers."""
    if not starts:
        return []
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return [text[begin:end].strip(" \n,;") for (_, begin), end in zip(starts, ends, strict=True)]


def seems_several(text: Text, rules: IntakeRules) -> bool:
    """Whether one report seems to hold two matters: joined by "ngoài ra", and of two categories or places."""
    if pattern("signals", "more_topics").search(text) is None:
        return False
    reading = read(text, rules)
    return len(reading.categories) > 1 or len(reading.pieces) > 1
