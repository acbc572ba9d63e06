"""A text cut into words, numbers and signs, with their positions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from core.intake.words import Text, noted

TOKEN = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)?(?:[a-z](?![^\W\d_]))?(?:[/\-]\d+[a-z]?(?![^\W\d_]))*)|(?P<word>[^\W\d_]+)|(?P<line>\n)|(?P<sign>[^\w\s]|_)",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """What a token is made of."""

    NUMBER = "number"
    WORD = "word"
    LINE = "line"
    SIGN = "sign"


@dataclass(frozen=True)
class Token:
    """One word, number, sign or line break; positions are those of the text."""

    kind: Kind
    raw: str
    low: str
    folded: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Begins with a capital letter."""
        return self.raw[0].isupper()


@noted
def tokens_of(text: Text) -> tuple[Token, ...]:
    """All tokens of a text in order."""
    return tuple(
        Token(
            kind=Kind(match.lastgroup or Kind.SIGN),
            raw=match.group(),
            low=text.low[match.start() : match.end()],
            folded=text.folded[match.start() : match.end()],
            start=match.start(),
            end=match.end(),
        )
        for match in TOKEN.finditer(text.raw)
    )


def has_case(tokens: tuple[Token, ...]) -> bool:
    """Whether capitals tell anything: some words have one, and not nearly all letters are capitals."""
    words = [token for token in tokens if token.kind is Kind.WORD]
    shouted = sum(len(token.raw) > 1 and token.raw.isupper() for token in words)
    return any(token.capital for token in words) and shouted * 2 < max(len(words), 1)
