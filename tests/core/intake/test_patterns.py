"""Patterns are looked for only where their first words stand, and find all the same."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.intake.lexicon import NO_PATTERNS, load, pattern
from core.intake.openings import Openings
from core.intake.patterns import Pattern
from core.intake.reading.occurred import shapes
from core.intake.signals.acts import EMPTY_WORDS
from core.intake.words import Text

HEADINGS = [
    (name, heading)
    for name in ("signals", "emergency", "diversion", "persons")
    for heading in load(name)
    if heading not in NO_PATTERNS
]
PATTERNS = [pattern(*heading) for heading in HEADINGS] + [*shapes().patterns(), pattern("signals", *EMPTY_WORDS)]
WORDS = sorted(
    {
        word
        for each in PATTERNS
        for source in each.whole(strict=True).sources
        for word in re.findall(r"[^\W\d_]+", source)
    }
)
GAPS = [" ", " ", " ", ", ", "\n", ".", "", "_", "7"]
sayings = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), max_size=14)


@pytest.mark.parametrize("each", PATTERNS)
@settings(max_examples=25, deadline=None)
@given(sayings, st.booleans())
def test_a_pattern_finds_what_all_its_alternatives_find(
    each: Pattern, said: list[tuple[str, str]], marked: bool
) -> None:
    text = Text("".join(word + gap for word, gap in said), marked)
    everywhere = each.whole(strict=marked).regex
    found = [match.span() for match in each.finditer(text)]
    assert found == [match.span() for match in everywhere.finditer(text.low)]
    assert span(each.match(text)) == span(everywhere.match(text.low))
    assert span(each.fullmatch(text)) == span(everywhere.fullmatch(text.low))


def span(match: re.Match[str] | None) -> tuple[int, int] | None:
    """Where a match stands, if there is one."""
    return match.span() if match else None


@pytest.mark.parametrize(
    ("source", "words", "stems"),
    [
        ("đèn", {"den"}, set()),
        ("đèn đường|đèn, cột", {"den duong", "den cot"}, set()),
        ("(?:có|không) ?phải", {"co phai", "khong phai", "cophai", "khongphai"}, set()),
        ("(?:(?:xin|cho) ){0,6}hỏi", {"xin", "cho", "hoi"}, set()),
        (r"km ?\d+|số \d+", {"km", "so 0"}, set()),
        (r"không (?:phải|\w+)|không\W", {"khong"}, set()),
        ("hi+", set(), {"hi"}),
        (r"\d+ ngày", {"0"}, set()),
        (r"(?<!đã )(?!rồi)^mới\W", {"moi"}, set()),
        (r"tra[^.\n]{0,30}mã", set(), {"tra"}),
        (r"t[2-7]", {"t"}, set()),
        (r"chào\w*", {"chao"}, {"chao"}),
    ],
)
def test_first_words_are_read_off_the_source(source: str, words: set[str], stems: set[str]) -> None:
    openings = Openings.of([source])
    assert openings is not None
    known = {each for each in openings.words if each.partition(" ")[0] not in openings.words.keys() - {each}}
    assert words - set(openings.any_stem) <= known <= words
    assert {stem for stem, _ in openings.stems} == stems


@pytest.mark.parametrize("source", [r"\?", "(?:chứ|,)? ?không", "(?:à )?", r"\w+ ơi", "[^.]{0,9}cháy", " ?túi"])
def test_what_may_begin_anywhere_names_no_word(source: str) -> None:
    assert Openings.of(["đèn", source]) is None


def test_a_word_names_its_alternatives_in_order() -> None:
    openings = Openings.of(["hỏi gì", "hi+", "hôi", "hỏi"])
    assert openings is not None
    assert [openings.beginning_with(words) for words in ("hoi gi", "hoi", "hiii", "den")] == [
        (0, 2, 3),
        (2, 3),
        (1,),
        (),
    ]
