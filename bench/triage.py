"""
How good suggestions are on labelled reports that nothing was made from, and how long one takes.

The reports were written for this project (tests/core/triage): a third of the sentences is held out, each told in two
manners (without marks, in a hurry, with slips, in dialect, politely). Every figure is the worst over all packs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import quantiles

from bench.measurement import Cell, Goal, Measurement, Result, Table, Terms
from core.intake.signals.help import hear_help
from core.intake.words import Text
from core.triage.learning import own_examples
from core.triage.scoring import Card, score
from core.triage.urgency import alarming
from tests.core.triage.telling import held_out, taught, tellings
from tests.core.triage.test_quality import PACKS, learnt, unseen
from tests.core.triage.town import look, town

_SOURCE = "issue 8"


def measurements() -> list[Measurement]:
    """What this group measures."""
    goals = (
        Goal("first", "category right at first, worst pack", at_least=80, unit="%", source=_SOURCE),
        Goal("three", "category among three, worst pack", at_least=93, unit="%", source=_SOURCE),
        Goal("p99_ms", "one report sorted, p99", at_most=5, unit="ms", source=_SOURCE),
        Goal("emergencies", "calls for help heard", at_least=98, unit="%", source=_SOURCE),
        Goal("recall", "repeated reports found among three suggestions", at_least=90, unit="%", source=_SOURCE),
        Goal("precision", "suggested reports that are about the same", at_least=60, unit="%", source=_SOURCE),
    )
    return [Measurement("triage.quality", "Suggestions on reports held out", goals, measure)]


def measure(terms: Terms) -> Result:
    """Sort, listen and compare; a few seconds."""
    cards: dict[str, Card] = {}
    times: list[float] = []
    for name in PACKS:
        pack, sorter = learnt(name)
        cards[name] = score(sorter, unseen(pack))
        times += [_timed(sorter.sort, one.text) for one in unseen(pack)]
    calls = [told for texts in held_out("emergencies").values() for text in texts for told in tellings(text)]
    others = [told for texts in held_out("reports").values() for text in texts for told in tellings(text)]
    by_dialogue, rung = (sum(hear_help(Text.of(one)) is not None for one in texts) for texts in (calls, others))
    heard, false = sum(alarming(one) is not None for one in calls), sum(alarming(one) is not None for one in others)
    first, *more = (look(town(seed, unseen=True)) for seed in ((7,) if terms.quick else (7, 8, 9, 10)))
    repeated = sum(more, first)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, card.seen, *(round(100 * one, 1) for one in _shares(card))) for name, card in sorted(cards.items())
    )
    return Result(
        {
            "first": round(100 * min(card.first for card in cards.values()), 1),
            "three": round(100 * min(card.among_three for card in cards.values()), 1),
            "p99_ms": round(quantiles(times, n=100)[98], 2),
            "emergencies": round(100 * heard / len(calls), 1),
            "recall": round(100 * repeated.recall, 1),
            "precision": round(100 * repeated.precision, 1),
        },
        (
            Table(
                "Categories by pack, in percent",
                ("pack", "reports", "right at first", "among three", "suggested", "of these right"),
                rows,
            ),
        ),
        (
            f"{len(own_examples(learnt(PACKS[0])[1].labels))} sentences to learn from, "
            f"{sum(map(len, taught('emergencies').values()))} calls for help beside them; "
            f"{len(calls)} held out calls for help, {false} of {len(others)} other reports sounded like one; "
            f"the dialogue, which rings somebody at once, hears {by_dialogue} of them, and {rung} others; "
            f"{repeated.repeats} repeats among {repeated.suggested} suggestions.",
            "Written by the people who wrote the word lists: real reports are harder; the nightly card tells of those.",
        ),
    )


def _shares(card: Card) -> tuple[float, float, float, float]:
    return card.first, card.among_three, card.covered, card.sure_and_right


def _timed(sort: Callable[[str], object], text: str) -> float:
    began = time.perf_counter()
    sort(text)
    return 1000 * (time.perf_counter() - began)
