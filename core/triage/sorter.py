"""
Puts a report under one of several labels (categories, agencies), says why, or says nothing where it is not sure.

What a label is worth is what words known to tell its topics weigh, plus a linear model of what the desk decided before.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from types import MappingProxyType

from core.triage.words import Hit, Phrases, Reading, data

LENGTH_WEIGHS = 1.3
"""Two words together tell more than twice one."""
SURE = 0.4
MOST_QUOTED = 4
LEAST_TOLD = 0.12
"""A word that moves a label by less is no reason worth telling."""
BUCKETS = 2**20
Weights = Mapping[int, tuple[float, ...]]
"""A number for each label, by the hash of what stands in a text."""


@dataclass(frozen=True)
class Label:
    """One thing a report may be put under. `keywords`: words of the regulation beside those of its topics."""

    id: str
    topics: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guess:
    """A label with how likely it is (0 to 1) and the writer's words for it."""

    label: str
    chance: float
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sorted:
    """Guesses, the likeliest first. `sure`: whether the first may be suggested at all."""

    guesses: tuple[Guess, ...] = ()
    sure: bool = False


@dataclass(frozen=True)
class Sorter:
    """The labels in their order, and what was learnt about them; `weights` empty: words alone."""

    labels: tuple[Label, ...]
    weights: Weights = field(default_factory=lambda: MappingProxyType({}))

    def sort(self, text: str, *, most: int = 3, facts: Iterable[str] = ()) -> Sorted:
        """
        The likeliest labels of a text.

        Args:
            facts: what else is known, such as "commune:27652"; only what was learnt tells what it means.
        """
        reading = Reading.of(text)
        told, learnt = self._told(reading), list(features(reading, facts))
        worth = self.worth(told, learnt)
        if not any(worth):
            return Sorted()
        chances = softmax(worth)
        first = sorted(range(len(chances)), key=lambda label: -chances[label])[:most]
        guesses = tuple(Guess(self.labels[n].id, chances[n], self._why(reading, n, told, learnt)) for n in first)
        return Sorted(guesses, sure=guesses[0].chance >= SURE)

    def worth(self, told: Iterable[tuple[Hit[int], float]], learnt: Iterable[Feature]) -> list[float]:
        """What each label is worth, before chances are made of it."""
        worth = [0.0] * len(self.labels)
        for hit, weight in told:
            for label in hit.means:
                worth[label] += weight
        for one in learnt:
            for label, weight in enumerate(self.weights.get(one.key, ())):
                worth[label] += weight * one.value
        return worth

    def _told(self, reading: Reading) -> list[tuple[Hit[int], float]]:
        return [*_weighed(self._topics, reading), *_weighed(self._keywords, reading)]

    def prior(self, reading: Reading) -> list[float]:
        """What each label is worth by known words alone; what the model learns comes on top."""
        return self.worth(self._told(reading), ())

    def _why(
        self, reading: Reading, label: int, told: Iterable[tuple[Hit[int], float]], learnt: Iterable[Feature]
    ) -> tuple[str, ...]:
        weighed = [(weight, hit.first, hit.count) for hit, weight in told if label in hit.means]
        for one in learnt:
            row = self.weights.get(one.key) if one.count else None
            if row is not None and (weight := row[label] * one.value) >= LEAST_TOLD:
                weighed.append((weight, one.first, one.count))
        quoted: list[tuple[int, int]] = []
        for _, first, count in sorted(weighed, key=lambda item: (-item[0], -item[2])):
            if all(first + count <= known or first >= known + length for known, length in quoted):
                quoted.append((first, count))
        return tuple(dict.fromkeys(reading.quote(*one) for one in quoted[:MOST_QUOTED]))

    @cached_property
    def _topics(self) -> Phrases[int]:
        """Words of topics, each for the labels that have the topic."""
        holders = [(topic, number) for number, label in enumerate(self.labels) for topic in label.topics]
        known = topics()
        lists: dict[int, list[str]] = {}
        for topic, number in holders:
            lists.setdefault(number, []).extend(known[topic])
        return Phrases.of(lists)

    @cached_property
    def _keywords(self) -> Phrases[int]:
        return Phrases.of({number: label.keywords for number, label in enumerate(self.labels) if label.keywords})


@dataclass(frozen=True)
class Feature:
    """A word, two in a row, or a fact, as the model knows it: by a hash, from which no word can be read off."""

    key: int
    value: float
    first: int = 0
    count: int = 0


def features(reading: Reading, facts: Iterable[str] = ()) -> Iterator[Feature]:
    """Each of them once; words with a digit are left out, they are numbers of people and houses."""
    words = [said.word if said.word.isalpha() else "" for said in reading.words]
    single = {word: (place, 1) for place, word in enumerate(words) if word}
    pairs = {f"{a} {b}": (place, 2) for place, (a, b) in enumerate(pairwise(words)) if a and b}
    found = {**single, **pairs}
    value = 1 / math.sqrt(max(len(found), 1))
    for text, (first, count) in found.items():
        yield Feature(hashed(text), value, first, count)
    for fact in facts:
        yield Feature(hashed(f"={fact}"), 1.0)


@lru_cache(maxsize=65_536)
def hashed(text: str) -> int:
    """The same in every process and on every machine."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big") % BUCKETS


def softmax(worth: list[float]) -> list[float]:
    """Chances out of worths."""
    highest = max(worth)
    raised = [math.exp(one - highest) for one in worth]
    total = sum(raised)
    return [one / total for one in raised]


@lru_cache(maxsize=1)
def topics() -> Mapping[str, tuple[str, ...]]:
    """Every topic with the words it is told by."""
    return MappingProxyType({name: tuple(map(str, words)) for name, words in data("topics").items()})


@lru_cache(maxsize=1)
def _shared() -> Mapping[tuple[str, ...], int]:
    """Of how many topics a phrase tells: what many share tells little."""
    counts: dict[tuple[str, ...], int] = {}
    for words, phrases in Phrases.of(topics()).known.items():
        counts[words] = len(phrases)
    return MappingProxyType(counts)


def _weighed(phrases: Phrases[int], reading: Reading) -> Iterator[tuple[Hit[int], float]]:
    shared = _shared()
    for hit in phrases.find(reading):
        words = tuple(said.word for said in reading.words[hit.first : hit.first + hit.count])
        yield hit, hit.count**LENGTH_WEIGHS / max(shared.get(words, 1), len(hit.means))
