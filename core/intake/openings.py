"""
With which words can a pattern begin? Read off its source, without running it.

The first two are named where that can be told ("khong phai"), else the first alone. The answer may name too many, never
too few. Letters count without marks; `A_NUMBER` stands for any number. Where a match may begin with a sign, or may be
empty, no word can be named.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from core.intake.fold import bare
from core.intake.words import A_NUMBER

BRACKET = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|[()|]", re.DOTALL)
"""What shapes a pattern: groups and alternatives. Escapes and classes are passed over as a whole."""
ATOM = re.compile(
    r"(?P<look>\(\?<?[=!])|(?P<group>\((?:\?:)?)|(?P<kind>\[(?:\\.|[^\]\\])*\]|\\.|\.)|(?P<border>[\^$])"
    r"|(?P<letters>[^\W\d_]+?(?=[^\W\d_][?*+{])|[^\W\d_]+)|(?P<sign>.)",
    re.DOTALL,
)
"""One thing after another; letters up to one that may be missing or repeated."""
TIMES = re.compile(r"([?*+]|\{\d*,?\d*\})\??")
MOST_BEGUN = 60
CLASSES = {r"\d": "0", r"\s": " ", r"\W": " ", r"\n": " "}


class Anywhere(Exception):
    """A match may begin with something that is no word."""


@dataclass(frozen=True)
class Openings:
    """
    Which alternatives of a pattern, by number, may begin with which word, or which two.

    `stems`: letters that begin words of any length ("hi" of "hiiii"), with their alternative.
    """

    words: Mapping[str, tuple[int, ...]]
    stems: tuple[tuple[str, int], ...]
    any_stem: tuple[str, ...]

    @classmethod
    def of(cls, sources: Iterable[str]) -> Openings | None:
        """The openings of these alternatives; None where one may begin anywhere."""
        try:
            found = [FirstWords.of(source) for source in sources]
        except Anywhere:
            return None
        stems = tuple((stem, number) for number, first in enumerate(found) for stem in sorted(first.stems))
        numbers: defaultdict[str, set[int]] = defaultdict(set)
        for number, words in ((number, words) for number, first in enumerate(found) for words in first.words):
            numbers[words].add(number)
        opened = {words: with_the_first(words, numbers, stems) for words in tuple(numbers)}
        return cls(opened, stems, tuple(stem for stem, _ in stems))

    def beginning_with(self, words: str) -> tuple[int, ...]:
        """The alternatives that may begin with these one or two words, in order."""
        first = words.partition(" ")[0]
        known = self.words.get(words) or self.words.get(first)
        if known or not first.startswith(self.any_stem):
            return known or ()
        return tuple(dict.fromkeys(number for stem, number in self.stems if first.startswith(stem)))


def with_the_first(words: str, numbers: Mapping[str, set[int]], stems: tuple[tuple[str, int], ...]) -> tuple[int, ...]:
    """The alternatives that these words open, those included that their first one opens by itself, in order."""
    first = words.partition(" ")[0]
    longer = (number for stem, number in stems if first.startswith(stem))
    return tuple(sorted(numbers[words].union(numbers.get(first, ()), longer)))


@dataclass(frozen=True)
class FirstWords:
    """
    What one alternative may begin with: one word, whatever follows it; two words; stems of words.

    While a source is read, what is begun is told by letters: "" is nothing yet, "kho" a word that goes on, "khong " one
    that is over, "khong ph" that one and the next.
    """

    words: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, source: str) -> FirstWords:
        """The first words of an alternative. Raises Anywhere."""
        found = cls()
        letters = "".join(letter if letter.isascii() else bare(letter) for letter in source)
        found.end(found.through(letters, frozenset([""])))
        return found

    def through(self, source: str, begun: frozenset[str]) -> frozenset[str]:
        """Pass a source of several alternatives. `begun`: first words so far; answers those that may still go on."""
        return frozenset().union(*(self.along(one, begun) for one in alternatives(source)))

    def along(self, source: str, begun: frozenset[str]) -> frozenset[str]:
        """Pass one alternative, thing by thing, until the first words are over."""
        while source and begun:
            kind, thing, times, source = next_thing(source)
            passed = begun if kind in ("look", "border") else self.past(kind, thing, begun)
            if times and times[0] != "?":
                self.go_on_somehow(passed - begun)
            begun = self.told(passed | begun if times.startswith(("?", "*", "{0", "{,")) else passed)
        return begun

    def told(self, begun: frozenset[str]) -> frozenset[str]:
        """First words that still go on, without those of which enough is known; very many go on somehow."""
        single = [words for words in begun if " " not in words]
        if len(begun) > MOST_BEGUN:
            self.go_on_somehow(begun.difference(single))
        if len(single) > MOST_BEGUN and "" not in begun:
            self.go_on_somehow(single)
        enough = (*self.stems, *(f"{word} " for word in self.words))
        return frozenset(words for words in begun if not words.startswith(enough))

    def past(self, kind: str, thing: str, begun: frozenset[str]) -> frozenset[str]:
        """Pass one thing that takes letters."""
        if kind == "group":
            return self.through(thing, begun)
        if kind == "letters":
            return frozenset(words + thing for words in begun)
        sample = sample_of(kind, thing)
        if "" in begun and sample == A_NUMBER:
            self.words.add(A_NUMBER)
            begun -= {""}
        if "" in begun:
            raise Anywhere
        if sample:
            return self.past_sign(sample, begun)
        self.go_on_somehow(begun)
        return frozenset()

    def past_sign(self, sample: str, begun: frozenset[str]) -> frozenset[str]:
        """Pass a sign, with which a word is over, or a number, which is the next word unless it sticks to one."""
        if sample == A_NUMBER:
            self.end(words + A_NUMBER if words.endswith(" ") else words for words in begun)
            return frozenset()
        first = {words for words in begun if " " not in words.rstrip()}
        self.end(begun - first)
        return frozenset(f"{words.rstrip()} " for words in first)

    def go_on_somehow(self, begun: Iterable[str]) -> None:
        """How these go on cannot be named: letters begin words of any length, any word may follow a word."""
        for first, blank, _ in (words.partition(" ") for words in begun):
            (self.words if blank else self.stems).add(first)

    def end(self, begun: Iterable[str]) -> None:
        """These first words are over."""
        over = {words.rstrip() for words in begun}
        if "" in over:
            raise Anywhere
        self.words.update(over)


def alternatives(source: str) -> Iterator[str]:
    """The alternatives of a source, groups left whole."""
    depth = start = 0
    for bracket in BRACKET.finditer(source):
        depth += {"(": 1, ")": -1}.get(bracket.group(), 0)
        if bracket.group() == "|" and not depth:
            yield source[start : bracket.start()]
            start = bracket.end()
    yield source[start:]


def next_thing(source: str) -> tuple[str, str, str, str]:
    """The first thing of a source: its kind, itself (of a group what is inside), how often it may come, the rest."""
    atom = ATOM.match(source)
    if atom is None or atom.lastgroup is None or (atom.lastgroup == "group" and source.startswith("?", atom.end())):
        raise Anywhere
    kind, thing, end = atom.lastgroup, atom.group(), atom.end()
    if kind in ("look", "group"):
        end = closing(source)
        thing = source[atom.end() : end - 1]
    times = TIMES.match(source, end)
    return (kind, thing, times.group(1), source[times.end() :]) if times else (kind, thing, "", source[end:])


def closing(source: str) -> int:
    """Where the group ends that a source begins with."""
    depth = 0
    for bracket in BRACKET.finditer(source):
        depth += {"(": 1, ")": -1}.get(bracket.group(), 0)
        if not depth:
            return bracket.end()
    raise Anywhere


def sample_of(kind: str, thing: str) -> str:
    """What a sign, an escape or a class matches: a number, a blank for any sign, or empty for all sorts of things."""
    if kind == "sign":
        return A_NUMBER if thing.isdigit() else " "
    if thing == "." or thing.startswith("[^"):
        return ""
    inside = thing[1:-1] if thing.startswith("[") else thing
    for written, meant in CLASSES.items():
        inside = inside.replace(written, meant)
    numbers = {letter.isdigit() for letter in inside if letter != "-"}
    if any(map(str.isalpha, inside)) or len(numbers) > 1:
        return ""
    return A_NUMBER if True in numbers else " "
