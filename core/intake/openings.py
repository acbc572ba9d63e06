"""
With which words can a pattern begin? Read off its source, without running it.

The answer may name too many words, never too few. Letters count without marks; `A_NUMBER` stands for any number. Where
a match may begin with a sign, or may be empty, no word can be named.
"""

from __future__ import annotations

import re
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
    Which alternatives of a pattern, by number, may begin with which word.

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
        words: dict[str, set[int]] = {word: set() for first in found for word in first.words}
        for number, first in enumerate(found):
            for word in first.words:
                words[word].add(number)
        for word, numbers in words.items():
            numbers.update(number for stem, number in stems if word.startswith(stem))
        ordered = {word: tuple(sorted(numbers)) for word, numbers in words.items()}
        return cls(ordered, stems, tuple(stem for stem, _ in stems))

    def beginning_with(self, word: str) -> tuple[int, ...]:
        """The alternatives that may begin with this word, in order."""
        if word in self.words or not word.startswith(self.any_stem):
            return self.words.get(word, ())
        return tuple(dict.fromkeys(number for stem, number in self.stems if word.startswith(stem)))


@dataclass(frozen=True)
class FirstWords:
    """What one alternative may begin with: whole words, and stems of words."""

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
        """Pass one alternative, thing by thing, until the first word is over."""
        while source and begun:
            kind, thing, times, source = next_thing(source)
            passed = begun if kind in ("look", "border") else self.past(kind, thing, begun)
            if times and times[0] != "?":
                self.stems.update(passed - begun)
            begun = self.told(passed | begun if times.startswith(("?", "*", "{0", "{,")) else passed)
        return begun

    def told(self, begun: frozenset[str]) -> frozenset[str]:
        """First words that still go on, without those whose stem is known; very many become stems themselves."""
        if len(begun) > MOST_BEGUN and "" not in begun:
            self.stems.update(begun)
        stems = tuple(self.stems)
        return frozenset(word for word in begun if not word.startswith(stems))

    def past(self, kind: str, thing: str, begun: frozenset[str]) -> frozenset[str]:
        """Pass one thing that takes letters."""
        if kind == "group":
            return self.through(thing, begun)
        if kind == "letters":
            return frozenset(word + thing for word in begun)
        sample = sample_of(kind, thing)
        if "" in begun and sample == A_NUMBER:
            self.words.add(A_NUMBER)
            begun -= {""}
        if sample:
            self.end(begun)
        elif "" in begun:
            raise Anywhere
        else:
            self.stems.update(begun)
        return frozenset()

    def end(self, begun: frozenset[str]) -> None:
        """These first words are over."""
        if "" in begun:
            raise Anywhere
        self.words.update(begun)


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
