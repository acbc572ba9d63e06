"""What a model is made of and how it is looked at: pure, and slow enough for a thread."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.cases.model import Case as CaseState
from core.triage.learning import Example, learn, own_examples
from core.triage.modelfile import written
from core.triage.scoring import Card, Case, score
from core.triage.sorter import Label, Sorter

LEAST_AGENCY = 5
"""Cases an agency must have had before it is suggested."""
LEAST_AGENCIES = 2


@dataclass(frozen=True)
class Decided:
    """One report as the desk let it stand: its category, and the agency that had it in the end."""

    text: str
    writer: str
    category: str
    agency: str
    facts: tuple[str, ...]
    held_out: bool


@dataclass(frozen=True)
class Trained:
    """What came of making a model. `used`: it is in use now; else it was no better than the one before."""

    hash: str
    own: int
    decided: int
    used: bool
    before: Card
    after: Card


def facts_of(case: CaseState) -> tuple[str, ...]:
    """What tells an agency beside the words: where it happened, and what it is about."""
    named = (("commune", case.commune_code), ("category", case.category))
    return tuple(f"{name}:{value}" for name, value in named if value)


def lessons_of(decided: Iterable[Decided]) -> list[Decided]:
    """Those that may be learnt from."""
    return [one for one in decided if not one.held_out]


def trained_on(
    before: Sorter, labels: tuple[Label, ...], decided: list[Decided], *, first: bool
) -> tuple[Trained, dict[str, Any]]:
    """A new model, how it does beside the one before, and it as text; takes seconds, belongs in a thread."""
    own, lessons = own_examples(labels), lessons_of(decided)
    told = [Example(one.text, one.category, one.writer) for one in lessons]
    after = learn(labels, [*own, *told])
    looked_at = [Case(one.text, one.category) for one in decided if one.held_out]
    was, now = score(before, looked_at), score(after, looked_at)
    agencies = _agencies(lessons)
    model = {"categories": written(after), "agencies": written(agencies) if agencies else None}
    digest = hashlib.sha256(repr([part and part["hash"] for part in model.values()]).encode()).hexdigest()
    made = Trained(digest, len(own), len(told), used=first or now.right >= was.right, before=was, after=now)
    return made, {**model, "hash": digest, "own": len(own), "decided": len(told)}


def _agencies(lessons: Iterable[Decided]) -> Sorter | None:
    """A sorter of agencies that had several cases; None while hardly any had."""
    had: dict[str, list[Example]] = {}
    for one in lessons:
        if one.agency:
            had.setdefault(one.agency, []).append(Example(one.text, one.agency, one.writer, one.facts))
    often = {name: told for name, told in sorted(had.items()) if len(told) >= LEAST_AGENCY}
    if len(often) < LEAST_AGENCIES:
        return None
    return learn([Label(name) for name in often], [one for told in often.values() for one in told])


def cards_of(categories: Sorter, agencies: Sorter | None, decided: list[Decided]) -> tuple[Card, Card]:
    """How often categories and agencies were guessed rightly."""
    by_category = score(categories, (Case(one.text, one.category) for one in decided))
    if agencies is None:
        return by_category, Card()
    known = {label.id for label in agencies.labels}
    asked = (Case(one.text, one.agency, one.facts) for one in decided if one.agency in known)
    return by_category, score(agencies, asked)
