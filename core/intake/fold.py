"""
Vietnamese letters made comparable: without marks, without case, in one spelling.

People write the same word as "hòa", "hoà", "hoa" with combining marks, or "hoa" without any. Everything that compares
words (keywords, search, duplicates) goes through here. SQLite's and PostgreSQL's own folding leave "đ" alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0e\ufe0f]"
)
COMMON_LETTERS = range(0x250), range(0x1E00, 0x1F00)
"""ASCII, Latin and Vietnamese: the letters whose bare forms are looked up; all others are rare."""
TONES = "\u0300\u0301\u0303\u0309\u0323"
TURNED = re.compile("o[àáảãạèéẻẽẹ]|(?<!q)u[ỳýỷỹỵ]")
"""Glides with the tone on their second letter."""


class Letters(dict[int, str]):
    """A table for `str.translate`: what becomes of each letter; rare ones are worked out whenever they come."""

    def __init__(self, change: Callable[[str], str]) -> None:
        super().__init__((code, change(chr(code))) for codes in COMMON_LETTERS for code in codes)
        self._change = change

    def __missing__(self, code: int) -> str:
        return self._change(chr(code))


def compose(text: str) -> str:
    """The text in composed form (NFC), without invisible characters; what all positions in a text refer to."""
    return unicodedata.normalize("NFC", INVISIBLE.sub("", text))


def bare(letter: str) -> str:
    """One letter without its marks, in lower case; always exactly one character."""
    if letter in "đĐ":
        return "d"
    stripped = unicodedata.normalize("NFD", letter)[0].lower()
    return stripped if len(stripped) == 1 else letter


def unmarked(letter: str) -> str:
    """One letter for searching: no marks, no case; a combining mark by itself is nothing."""
    parts = unicodedata.normalize("NFD", letter.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part)).replace("đ", "d")


def small(letter: str) -> str:
    """One letter in lower case, as far as that is one letter."""
    return lowered if len(lowered := letter.lower()) == 1 else letter


BARE, UNMARKED = Letters(bare), Letters(unmarked)


def fold_aligned(text: str) -> str:
    """
    `compose(text)` without marks and case, character by character: positions in both are the same.

    Combining marks that have no composed form become a space of no meaning and are rare enough to ignore.
    """
    return fold_composed(compose(text))


def fold_composed(text: str) -> str:
    """`fold_aligned` of a text that is composed already."""
    return text.translate(BARE)


def fold(text: str) -> str:
    """
    The form for comparing and searching: no marks, lower case, đ as d, compatible characters unified, single spaces.

    Old and new tone positions (hòa, hoà) fold to the same, since tones go altogether.
    """
    unified = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    return " ".join(unified.translate(UNMARKED).split())


def split_tone(letter: str) -> tuple[str, str]:
    """A letter and the tone it carries: ("ò" → "o", grave); the tone is empty where there is none."""
    parts = unicodedata.normalize("NFD", letter)
    tone = "".join(mark for mark in parts if mark in TONES)
    rest = "".join(mark for mark in parts if mark not in TONES)
    return unicodedata.normalize("NFC", rest), tone


def lower_canonical(text: str) -> str:
    """Lower case with tones in the old position ("hoà" → "hòa"), the same length as `compose(text)`."""
    return lower_composed(compose(text))


def lower_composed(text: str) -> str:
    """`lower_canonical` of a text that is composed already."""
    low = text.lower()
    if len(low) != len(text) or "Σ" in text:
        low = "".join(map(small, text))
    return TURNED.sub(turn_back, low)


def turn_back(turned: re.Match[str]) -> str:
    """Oà, oè, uỳ at the end of a syllable as òa, òe, ùy; "quy" and "quà" are not touched, their u belongs to q."""
    first, second = turned.group()[0], turned.group()[1]
    if turned.string[turned.end() : turned.end() + 1].isalpha():
        return first + second
    rest, tone = split_tone(second)
    return unicodedata.normalize("NFC", first + tone) + rest
