"""Puts the regulation's words to what was counted in a period."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from core.clock import local
from core.places import Gazetteer
from core.regulations.model import Pack
from core.service.regulation import Regulation
from core.service.statistics.labels import NONE, Labels
from core.service.statistics.model import AgencyRow, Count, Counts, Figures, LimitRow
from core.storage import milestones, statistics
from core.storage.database import Connection
from core.storage.statistics import Asked, Fact, Numbers, Period


def count(
    connection: Connection, period: Period, *, regulation: Regulation, places: Gazetteer, now: datetime
) -> Figures:
    """Everything of one period, at one moment of the database."""
    counted, whole = statistics.numbers(connection, period), milestones.missing_after(connection) is None
    return named(counted, period, regulation=regulation, places=places, now=now, whole=whole)


def named(
    counted: Numbers, period: Period, *, regulation: Regulation, places: Gazetteer, now: datetime, whole: bool = True
) -> Figures:
    """What was counted, in the words of the regulation."""
    labels = Labels(regulation)
    facts = _grouped(counted.items(), lambda fact: fact.kind)

    def rows(kind: str) -> tuple[Count, ...]:
        return _counted(facts[kind], labels.of(kind))

    return Figures(
        period=period,
        received=Asked("case", fresh=True).of(counted),
        carried=Asked("case", fresh=False).of(counted),
        cases=_together(facts["case"]),
        stages=rows("case"),
        channels=rows("received"),
        categories=rows("category"),
        urgencies=rows("urgency"),
        communes=tuple(_commune(one, places, period) for one in rows("commune")),
        agencies=tuple(_agencies(facts, regulation)),
        limits=tuple(_limits(facts["limit"], list(regulation.packs))),
        answers=rows("answered"),
        ratings=_verdicts(facts["rated"], regulation.current),
        complaints=Asked("complained").of(counted),
        counted_at=now,
        whole=whole,
    )


def _commune(counted: Count, places: Gazetteer, period: Period) -> Count:
    """With the name it had when the period began; its code where the list does not know it."""
    found = places.of(counted.id, local(period.first).date())
    return replace(counted, label=found.title) if found else counted


def _together(some: Iterable[tuple[Fact, int]]) -> Counts:
    counts = Counts()
    for fact, number in some:
        counts = counts.plus(number, running=fact.open, late=fact.late)
    return counts


def _counted(some: Iterable[tuple[Fact, int]], labels: Mapping[str, str]) -> tuple[Count, ...]:
    """One row for each name, the most frequent first."""
    totals: Counter[str] = Counter()
    for fact, number in some:
        totals[fact.name] += number
    rows = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Count(name, labels.get(name) or name or NONE, number) for name, number in rows)


def _verdicts(rated: Iterable[tuple[Fact, int]], pack: Pack) -> tuple[Count, ...]:
    """Best first, in the words of the regulation."""
    levels = pack.rating.levels
    labels = {name: level.label for name, level in levels.items()}
    return tuple(sorted(_counted(rated, labels), key=lambda one: -levels[one.id].score if one.id in levels else 0))


def _agencies(facts: Mapping[str, list[tuple[Fact, int]]], regulation: Regulation) -> Iterator[AgencyRow]:
    """Every agency with a part in a counted case, those with the most first."""
    parts, rated = _grouped(facts["part"], lambda fact: fact.agency), _grouped(facts["rated"], lambda fact: fact.agency)
    rows = {agency: _together(some) for agency, some in parts.items()}
    for agency, counts in sorted(rows.items(), key=lambda pair: (-pair[1].total, pair[0])):
        verdicts = _verdicts(rated.get(agency, ()), regulation.current)
        label = regulation.agencies.name(agency)
        yield AgencyRow(agency, label, counts, verdicts, _mean(verdicts, regulation.current))


def _grouped(some: Iterable[tuple[Fact, int]], key: Callable[[Fact], str]) -> dict[str, list[tuple[Fact, int]]]:
    found: dict[str, list[tuple[Fact, int]]] = defaultdict(list)
    for fact, number in some:
        found[key(fact)].append((fact, number))
    return found


def _mean(verdicts: Iterable[Count], pack: Pack) -> float | None:
    scores = [(pack.rating.levels[one.id].score, one.count) for one in verdicts if one.id in pack.rating.levels]
    given = sum(number for _, number in scores)
    return sum(score * number for score, number in scores) / given if given else None


def _limits(some: Iterable[tuple[Fact, int]], packs: Sequence[Pack]) -> Iterator[LimitRow]:
    """Every time limit that ran, in the order of the regulation."""
    counts = {name: _together(facts) for name, facts in _grouped(some, lambda fact: fact.name).items()}
    clocks = {name: clock for pack in reversed(packs) for name, clock in pack.clocks.items()}
    order = list(clocks)
    for name in sorted(counts, key=lambda name: order.index(name) if name in clocks else len(order)):
        clock = clocks.get(name)
        yield LimitRow(name, clock.label if clock else name, tuple(clock.cites) if clock else (), counts[name])
