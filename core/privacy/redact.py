"""
Taking a person's name, number or address out of texts that stay.

Matching ignores capitals, marks (đ is d), punctuation and line breaks between words, and the spelling of numbers; what
is found is replaced in the original text, which otherwise stays as it was.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

MARKER = "[đã xóa]"
VIETNAM = "84"
MIN_NUMBER_DIGITS = 8


@dataclass(frozen=True)
class Redaction:
    """What takes certain terms out of texts; made once for many of them."""

    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, terms: Iterable[str]) -> Redaction:
        """
        Args:
            terms: names, mail addresses, postal addresses, phone and identity numbers, as they were given. Words are
                matched whole (An is not found in Anh); a term with eight digits or more and no letter is a number.
        """
        return cls(_pattern(terms))

    def apply(self, text: str) -> str:
        """The text with every occurrence of the terms replaced by `[đã xóa]`."""
        if self.pattern is None:
            return text
        return MARKER.join(_redact_part(part, self.pattern) for part in text.split(MARKER))


def redact(text: str, terms: Iterable[str]) -> str:
    """One text with every occurrence of the terms replaced by `[đã xóa]`; the terms as for `Redaction`."""
    return Redaction.of(terms).apply(text)


def mentions(text: str, terms: Iterable[str]) -> bool:
    """Whether `redact` would change anything."""
    pattern = _pattern(terms)
    return pattern is not None and any(pattern.search(fold(part)) for part in text.split(MARKER))


def fold(text: str) -> str:
    """Lower case without marks: Nguyễn Đình → nguyen dinh."""
    return "".join(map(_plain, text))


def _redact_part(text: str, pattern: re.Pattern[str]) -> str:
    folded = fold(text)
    pieces, end, origin = list[str](), 0, list[int]()
    for found in pattern.finditer(folded):
        origin = origin or _origin(text)
        pieces += [text[end : origin[found.start()]], MARKER]
        end = _past_marks(text, origin[found.end() - 1] + 1)
    return "".join([*pieces, text[end:]])


def _origin(text: str) -> list[int]:
    """For each character of the folded text the place in `text` it came from."""
    return [place for place, character in enumerate(text) for _ in _plain(character)]


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """One character folded: none (a mark), one or several. Remembered, since every page folds thousands of them."""
    apart = unicodedata.normalize("NFKD", character.casefold())
    return "".join("d" if plain == "đ" else plain for plain in apart if not unicodedata.combining(plain))


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
