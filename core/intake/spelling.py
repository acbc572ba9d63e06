"""How one word is spelled by people who type all marks, some, or none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product

from core.intake.fold import bare, compose, split_tone

WORD = re.compile(r"[^\W\d_]+")


def spell(source: str, *, strict: bool) -> str:
    """The source with each word's marked letters widened to the spellings that people use for them."""
    return WORD.sub(lambda word: spell_word(word.group(), strict=strict), source)


def spell_word(word: str, *, strict: bool) -> str:
    """
    One word. One mark: it must be there in a text with marks, and may be missing in one without.

    Two marks: both or none, since half of them often makes another word ("đèn", "đền"). Three or more: each may be
    dropped, wholly or in part, since the rest still tells the word ("đưòng").
    """
    marks = count_marks(word)
    if not marks or (marks == 1 and strict):
        return word
    return "".join(map(widen, word)) if marks > 2 else f"(?:{word}|{plain(word)})"


def spellings(word: str, *, strict: bool) -> Iterable[str]:
    """All that `spell_word` lets pass for one word."""
    marks = count_marks(word)
    if not marks or (marks == 1 and strict):
        return (word,)
    return map("".join, product(*map(spellings_of_letter, word))) if marks > 2 else (word, plain(word))


def plain(word: str) -> str:
    """A word in lower case without its marks."""
    return "".join(map(bare, word))


def count_marks(word: str) -> int:
    """How many letters of a word bear marks."""
    return sum(bare(letter) != letter.lower() for letter in word)


def widen(letter: str) -> str:
    """A class of the spellings of one letter: as it is, without one of its marks, without any."""
    if bare(letter) == letter.lower():
        return letter
    return f"[{''.join(sorted(spellings_of_letter(letter)))}]"


def spellings_of_letter(letter: str) -> frozenset[str]:
    """One letter as it is, without one of its marks, without any."""
    shape, tone = split_tone(letter)
    return frozenset((letter, bare(letter), shape, compose(bare(letter) + tone)))
