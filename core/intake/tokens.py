"""A text cut into words, numbers and signs, with their positions."""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import accumulate, repeat
from typing import NamedTuple

from core.intake.words import Text, noted

TOKEN = re.compile(
    r"([^\W\d_]+|\n|[^\w\s]|_|\d+(?:[.,]\d+)?(?:[a-z](?![^\W\d_]))?(?:[/\-]\d+[a-z]?(?![^\W\d_]))*)", re.IGNORECASE
)


class Kind(StrEnum):
    """What a token is made of."""

    NUMBER = "number"
    WORD = "word"
    LINE = "line"
    SIGN = "sign"


class Token(NamedTuple):
    """One word, number, sign or line break; positions are those of the text."""

    kind: Kind
    raw: str
    low: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        """Begins with a capital letter."""
        return self.raw[0].isupper()


@noted
def tokens_of(text: Text) -> tuple[Token, ...]:
    """All tokens of a text in order."""
    kept = tokens_left(text)
    return cut_into_tokens(text) if kept is None else kept


def tokens_left(text: Text) -> tuple[Token, ...] | None:
    """The tokens of a text from which stretches were taken out; None where they must be cut anew."""
    if text.cut_from is None:
        return None
    raw, tokens = text.raw, tokens_of(text.cut_from)
    numbers = [token for token in tokens if token.kind is Kind.NUMBER]
    if any(cut_through(raw[number.start : number.end], number.raw) for number in numbers):
        return None
    return tuple([token for token in tokens if raw[token.start] != " "])


def cut_through(left: str, number: str) -> bool:
    """Whether something of a number is left, and not all."""
    return left != number and not left.isspace()


def cut_into_tokens(text: Text) -> tuple[Token, ...]:
    """All tokens of a text in order."""
    cut = TOKEN.split(text.raw)  # what stands before a token, the token, what stands before the next …
    borders = tuple(accumulate(map(len, cut)))
    raw, starts, ends = cut[1::2], borders[::2], borders[1::2]
    low = map(text.low.__getitem__, map(slice, starts, ends))
    kinds = [Kind.WORD if piece.isalpha() else kind_of(piece) for piece in raw]
    # what Token(…) does for each, at half the cost
    return tuple(map(tuple.__new__, repeat(Token), zip(kinds, raw, low, starts, ends, strict=False)))


def kind_of(piece: str) -> Kind:
    """What a piece of text is, by how it begins."""
    if piece[0].isalnum():
        return Kind.NUMBER if piece[0].isdecimal() else Kind.WORD
    return Kind.LINE if piece == "\n" else Kind.SIGN
