"""
Vietnamese letters made comparable: without marks, without case, in one spelling.

People write the same word as "hòa", "hoà", "hoa" with combining marks, or "hoa" without any. Everything that compares
words (keywords, search, duplicates) goes through here. SQLite's and PostgreSQL's own folding leave "đ" alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0e\ufe0f]"
)
SPACES = re.compile(r"\s+")
TONES = "\u0300\u0301\u0303\u0309\u0323"
GLIDES = ("oa", "oe", "uy")


def compose(text: str) -> str:
    """The text in composed form (NFC), without invisible characters; what all positions in a text refer to."""
    return unicodedata.normalize("NFC", INVISIBLE.sub("", text))


@lru_cache(maxsize=4096)
def bare(letter: str) -> str:
    """One letter without its marks, in lower case; always exactly one character."""
    if letter in "đĐ":
        return "d"
    stripped = unicodedata.normalize("NFD", letter)[0].lower()
    return stripped if len(stripped) == 1 else letter


def fold_aligned(text: str) -> str:
    """
    `compose(text)` without marks and case, character by character: positions in both are the same.

    Combining marks that have no composed form become a space of no meaning and are rare enough to ignore.
    """
    return "".join(map(bare, compose(text)))


def fold(text: str) -> str:
    """
    The form for comparing and searching: no marks, lower case, đ as d, compatible characters unified, single spaces.

    Old and new tone positions (hòa, hoà) fold to the same, since tones go altogether.
    """
    unified = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    letters = unicodedata.normalize("NFD", unified.casefold())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return SPACES.sub(" ", kept.replace("đ", "d")).strip()


def split_tone(letter: str) -> tuple[str, str]:
    """A letter and the tone it carries: ("ò" → "o", grave); the tone is empty where there is none."""
    parts = unicodedata.normalize("NFD", letter)
    tone = "".join(mark for mark in parts if mark in TONES)
    rest = "".join(mark for mark in parts if mark not in TONES)
    return unicodedata.normalize("NFC", rest), tone


def lower_canonical(text: str) -> str:
    """Lower case with tones in the old position ("hoà" → "hòa"), the same length as `compose(text)`."""
    letters = [small if len(small := letter.lower()) == 1 else letter for letter in compose(text)]
    for index in range(len(letters) - 1):
        if ends_syllable(letters, index + 2):
            move_tone_back(letters, index)
    return "".join(letters)


def ends_syllable(letters: list[str], index: int) -> bool:
    """True where no letter stands at `index`."""
    return index >= len(letters) or not letters[index].isalpha()


def move_tone_back(letters: list[str], index: int) -> None:
    """Write oà, oè, uỳ as òa, òe, ùy in place; "quy" and "quà" are not touched, their u belongs to q."""
    second, tone = split_tone(letters[index + 1])
    after_q = letters[index] == "u" and index > 0 and letters[index - 1] == "q"
    if tone and not after_q and letters[index] + second in GLIDES:
        letters[index] = unicodedata.normalize("NFC", letters[index] + tone)
        letters[index + 1] = second
