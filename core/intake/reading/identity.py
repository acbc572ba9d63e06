"""
The reporter's personal number inside a message, where the regulation asks for it (LS-5.1c).

It is taken out of the words, so that it stands in its own field only and no message or list repeats it (A-LS-7).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.intake.patterns import vi
from core.intake.rules import IntakeField, IntakeRules
from core.intake.words import Text

NUMBER = re.compile(r"(?:\d[ .-]?){11}\d(?![ .-]?\d)|(?:\d[ .-]?){8}\d(?![ .-]?\d)")
NAMED = vi("(?:số )?(?:cccd|cmnd|cmt|căn cước(?: công dân)?|chứng minh(?: nhân dân| thư)?|định danh(?: cá nhân)?)")
BETWEEN = re.compile(
    r"[\s:.,-]{0,3}(?:(?:của )?(?:tôi|em|mình|tui|toi|minh)\s+)?(?:là|la|số|so)?[\s:.,-]{0,3}", re.IGNORECASE
)
BARE = re.compile(r"(?<![\d+])0\d{11}(?!\d)")
"""Every twelve-digit number begins with a province's or country's code, so with 0 (VN-12); a case code never does."""


@dataclass(frozen=True)
class IdentityReading:
    """The digits, and where they stood with the words that introduce them."""

    digits: str = ""
    spans: tuple[tuple[int, int], ...] = ()


def asks_identity(rules: IntakeRules) -> bool:
    """Whether the regulation wants the number on any channel."""
    return any(IntakeField.IDENTITY in fields for fields in rules.required.values())


def read_identity(text: Text, rules: IntakeRules) -> IdentityReading:
    """The number, named as one or standing alone in its twelve digits; nothing where nobody asks for it."""
    if not asks_identity(rules):
        return IdentityReading()
    spans = tuple(named(text)) or tuple(match.span() for match in BARE.finditer(text.raw))
    digits = re.sub(r"\D", "", text.raw[slice(*spans[0])]) if spans else ""
    return IdentityReading(digits, spans)


def named(text: Text) -> Iterator[tuple[int, int]]:
    """Numbers behind the words that name them, with these words."""
    for match in NAMED.finditer(text):
        gap = BETWEEN.match(text.raw, match.end())
        number = NUMBER.match(text.raw, gap.end() if gap else match.end())
        if number is not None:
            yield match.start(), number.end()
