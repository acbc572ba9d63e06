"""Which category of the regulation a text hints at, by the regulation's own keywords."""

from __future__ import annotations

from functools import lru_cache

from core.intake.lexicon import Lexicon
from core.intake.rules import CategoryRule
from core.intake.tokens import Token, tokens_of
from core.intake.words import Text


@lru_cache(maxsize=256)
def keywords_of(category: CategoryRule) -> Lexicon:
    """The category's keywords, ready to be looked up."""
    return Lexicon.of(category.keywords)


def read_categories(text: Text, categories: tuple[CategoryRule, ...]) -> tuple[tuple[str, int], ...]:
    """Categories whose keywords occur, the strongest first, with their weight: longer phrases weigh more."""
    tokens = tokens_of(text)
    weights = {category.id: weigh(tokens, keywords_of(category), marked=text.marked) for category in categories}
    found = [(name, weight) for name, weight in weights.items() if weight]
    return tuple(sorted(found, key=lambda item: -item[1]))


def weigh(tokens: tuple[Token, ...], keywords: Lexicon, *, marked: bool) -> int:
    """Sum over matched keywords of the square of their length in words; a word counts once."""
    total, index = 0, 0
    while index < len(tokens):
        length = keywords.at(tokens, index, marked=marked)
        total += length * length
        index += max(length, 1)
    return total
