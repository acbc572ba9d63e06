"""Which category of the regulation a text hints at, by the regulation's own keywords."""

from __future__ import annotations

from functools import lru_cache

from core.intake.lexicon import Phrasebook, Same
from core.intake.rules import CategoryRule
from core.intake.tokens import tokens_of
from core.intake.words import Text


@lru_cache(maxsize=8)
def keywords_of(categories: Same[tuple[CategoryRule, ...]]) -> Phrasebook:
    """The keywords of a regulation's categories, made ready once."""
    return Phrasebook.of({category.id: category.keywords for category in categories.value})


def read_categories(text: Text, categories: tuple[CategoryRule, ...]) -> tuple[tuple[str, int], ...]:
    """
    Categories whose keywords occur, the strongest first, with their weight.

    A keyword weighs the square of its length in words. Words count once: "đèn đường hỏng" is a street light, not a
    broken street, since the phrase that begins first holds its words.
    """
    tokens, keywords = tokens_of(text), keywords_of(Same(categories))
    weights = dict.fromkeys((category.id for category in categories), 0)
    covered = 0
    for index, lengths in keywords.all(tokens, marked=text.marked).items():
        if not lengths or index < covered:
            continue
        longest = max(lengths.values())
        for name, length in lengths.items():
            weights[name] += length * length if length == longest else 0
        covered = index + longest
    return tuple(sorted(((name, weight) for name, weight in weights.items() if weight), key=lambda item: -item[1]))
