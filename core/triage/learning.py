"""
What the linear model of a sorter learns from decisions: how far they are from what known words told.

Multinomial logistic regression over hashed words and pairs of words, by stochastic gradient steps in a fixed order of
chance. A word counts only once it stood in reports of several people: what one person wrote is not to be read off a
model, and a model outlives the report it learnt from.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from core.triage.sorter import Feature, Label, Sorter, features, softmax
from core.triage.words import Reading, data

LEAST_PEOPLE = 3
EPOCHS = 8
STEP = 0.7
TOO_SMALL = 0.02


@dataclass(frozen=True)
class Example:
    """A text and what it was put under. `writer`: an opaque key of who wrote it; empty: we did, for learning."""

    text: str
    label: str
    writer: str = ""
    facts: tuple[str, ...] = field(default=())


def learn(labels: Sequence[Label], examples: Iterable[Example], *, seed: int = 1) -> Sorter:
    """A sorter for these labels that has seen these examples; the same ones make the same sorter."""
    bare = Sorter(tuple(labels))
    number = {label.id: n for n, label in enumerate(labels)}
    seen = [_Seen.of(one, number[one.label], bare) for one in examples if one.label in number]
    known = _known_to_many(seen)
    lessons = [(one.label, one.prior, [f for f in one.features if f.key in known]) for one in seen]
    weights: dict[int, list[float]] = {}
    chance = random.Random(seed)  # noqa: S311 - an order to learn in, nothing secret
    for epoch in range(EPOCHS):
        chance.shuffle(lessons)
        for label, prior, told in lessons:
            _step(weights, label, prior, told, STEP / (1 + 0.2 * epoch))
    return replace(bare, weights={key: tuple(each) for key, each in weights.items()})


@dataclass(frozen=True)
class _Seen:
    label: int
    prior: list[float]
    features: list[Feature]
    writer: str

    @classmethod
    def of(cls, one: Example, label: int, bare: Sorter) -> _Seen:
        reading = Reading.of(one.text)
        return cls(label, bare.prior(reading), list(features(reading, one.facts)), one.writer)


def _known_to_many(seen: Iterable[_Seen]) -> frozenset[int]:
    """What stood in the reports of several people, or in our own."""
    writers: dict[int, set[str]] = {}
    for one in seen:
        for feature in one.features:
            writers.setdefault(feature.key, set()).add(one.writer)
    return frozenset(key for key, people in writers.items() if "" in people or len(people) >= LEAST_PEOPLE)


def _step(
    weights: dict[int, list[float]], label: int, prior: list[float], told: Iterable[Feature], step: float
) -> None:
    """Move the weights of what stands in one text so that its label becomes likelier."""
    worth = list(prior)
    rows = [(one.value, weights.setdefault(one.key, [0.0] * len(prior))) for one in told]
    for value, row in rows:
        for n, weight in enumerate(row):
            worth[n] += weight * value
    wrong = softmax(worth)
    wrong[label] -= 1
    moved = [(n, step * one) for n, one in enumerate(wrong) if abs(one) > TOO_SMALL]
    for value, row in rows:
        for n, one in moved:
            row[n] -= one * value


@lru_cache(maxsize=1)
def own_reports() -> tuple[tuple[str, str], ...]:
    """Reports written for learning, each with its topic."""
    return tuple((str(text), topic) for topic, texts in data("reports").items() for text in texts)


def own_examples(labels: Iterable[Label]) -> list[Example]:
    """The same under these labels, as far as one of them has the topic."""
    holders = {topic: label.id for label in labels for topic in label.topics}
    return [Example(text, holders[topic]) for text, topic in own_reports() if topic in holders]
