"""
Taking a person's name, number or address out of texts that stay.

Matching ignores capitals, marks (đ is d), punctuation and line breaks between words, and the spelling of numbers; what
is found is replaced in the original text, which otherwise stays as it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MARKER = "[đã xóa]"
VIETNAM = "84"
MIN_NUMBER_DIGITS = 8


def redact(text: str, terms: Iterable[str]) -> str:
    """
    The text with every occurrence of the terms replaced by `[đã xóa]`.

    Args:
        terms: names, mail addresses, postal addresses, phone and identity numbers, as they were given. Words are
            matched whole (An is not found in Anh); a term with eight digits or more and no letter is a number.
    """
    pattern = _pattern(terms)
    if pattern is None:
        return text
    return MARKER.join(_redact_part(part, pattern) for part in text.split(MARKER))


def mentions(text: str, terms: Iterable[str]) -> bool:
    """Whether `redact` would change anything."""
    pattern = _pattern(terms)
    return pattern is not None and any(pattern.search(fold(part)) for part in text.split(MARKER))


def fold(text: str) -> str:
    """Lower case without marks: Nguyễn Đình → nguyen dinh."""
    return _fold(text)[0]


def _redact_part(text: str, pattern: re.Pattern[str]) -> str:
    folded, origin = _fold(text)
    pieces, end = [], 0
    for found in pattern.finditer(folded):
        pieces += [text[end : origin[found.start()]], MARKER]
        end = _past_marks(text, origin[found.end() - 1] + 1)
    return "".join([*pieces, text[end:]])


def _fold(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in `text` it came from."""
    folded: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        for plain in unicodedata.normalize("NFKD", character.casefold()):
            if not unicodedata.combining(plain):
                folded.append("d" if plain == "đ" else plain)
                origin.append(place)
    return "".join(folded), origin


def _past_marks(text: str, place: int) -> int:
    while place < len(text) and unicodedata.combining(text[place]):
        place += 1
    return place


def _pattern(terms: Iterable[str]) -> re.Pattern[str] | None:
    """One expression for all terms, longest first, so that a full name wins over its parts."""
    folded = sorted({fold(term) for term in terms}, key=lambda term: (-len(term), term))
    parts = [part for part in map(_term, folded) if part]
    return re.compile(r"(?<![^\W_])(?:" + "|".join(parts) + r")(?![^\W_])") if parts else None


def _term(folded: str) -> str:
    digits = re.sub(r"\D", "", folded)
    if len(digits) >= MIN_NUMBER_DIGITS and not re.search(r"[^\W\d_]", folded):
        return _number(digits)
    return r"[\W_]+".join(re.escape(word) for word in re.findall(r"[^\W_]+", folded))


def _number(digits: str) -> str:
    """A number in any grouping; a Vietnamese phone number also with the other prefix (0…, 84…, +84…)."""
    gap = r"[ .\-()]{0,3}"
    local = digits[len(VIETNAM) :] if digits.startswith(VIETNAM) and len(digits) > 10 else digits.removeprefix("0")
    if local == digits or len(digits) == 12:
        return gap.join(digits)
    return rf"(?:(?:\+|00)?{gap}84{gap}0?|0){gap}" + gap.join(local.removeprefix("0"))
