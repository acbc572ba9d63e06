"""Counts a period and puts the regulation's words to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from core.clock import local
from core.places import Gazetteer
from core.regulations.model import Pack
from core.service.reading.names import CHANNELS
from core.service.regulation import Regulation
from core.service.statistics.model import AgencyRow, Count, Counts, Figures, LimitRow
from core.storage import milestones, statistics
from core.storage.database import Connection
from core.storage.statistics import Period, Tally

NONE = "Chưa xác định"
CENTRE = "Trung tâm"
ANSWERS: Mapping[str, str] = MappingProxyType(
    {
        "public": "Công khai",
        "private": "Trả lời riêng",
        "agency": "Cơ quan trả lời trực tiếp",
        "withheld": "Không công khai",
    }
)


def count(
    connection: Connection, period: Period, *, regulation: Regulation, places: Gazetteer, now: datetime
) -> Figures:
    """Everything of one period, at one moment of the database."""
    packs = list(regulation.packs)
    cases = statistics.standings(connection, period)
    rated = statistics.said(connection, period, "rated")

    def received(kind: str, labels: Mapping[str, str]) -> tuple[Count, ...]:
        return _counted(statistics.received_by(connection, period, kind), labels)

    return Figures(
        period=period,
        received=sum(one.count for one in cases if one.fresh),
        carried=sum(one.count for one in cases if not one.fresh),
        cases=_together((one.open, one.late, one.count) for one in cases),
        stages=_counted((Tally(one.stage, one.count) for one in cases), _stages(packs)),
        channels=received("received", CHANNELS),
        categories=received("category", _labels(packs, lambda pack: pack.intake.categories)),
        urgencies=received("urgency", _labels(packs, lambda pack: pack.intake.urgencies)),
        communes=tuple(_commune(one, places, period) for one in received("commune", {})),
        agencies=tuple(_agencies(connection, period, regulation, rated)),
        limits=tuple(_limits(connection, period, packs)),
        answers=_counted(statistics.said(connection, period, "answered"), ANSWERS),
        ratings=_verdicts(rated, regulation.current),
        complaints=sum(one.count for one in statistics.said(connection, period, "complained")),
        counted_at=now,
        whole=milestones.missing_after(connection) is None,
    )


def _commune(counted: Count, places: Gazetteer, period: Period) -> Count:
    """With the name it had when the period began; its code where the list does not know it."""
    found = places.of(counted.id, local(period.first).date())
    return replace(counted, label=found.title) if found else counted


def _together(rows: Iterable[tuple[bool, bool, int]]) -> Counts:
    counts = Counts()
    for is_open, late, number in rows:
        counts = counts.plus(number, running=is_open, late=late)
    return counts


def _counted(tallies: Iterable[Tally], labels: Mapping[str, str]) -> tuple[Count, ...]:
    """One row for each id, the most frequent first."""
    numbers: Counter[str] = Counter()
    for one in tallies:
        numbers[one.name] += one.count
    rows = sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Count(name, labels.get(name) or name or NONE, number) for name, number in rows)


def _labels(packs: Iterable[Pack], of: Callable[[Pack], Mapping[str, Any]]) -> dict[str, str]:
    """Id → label, as the newest pack that knows it words it."""
    return {name: entry.label for pack in reversed(list(packs)) for name, entry in of(pack).items()}


def _stages(packs: Iterable[Pack]) -> dict[str, str]:
    return _labels(packs, lambda pack: pack.stages.case)


def _verdicts(rated: Iterable[Tally], pack: Pack) -> tuple[Count, ...]:
    """Best first, in the words of the regulation."""
    levels = pack.rating.levels
    labels = {name: level.label for name, level in levels.items()}
    return tuple(sorted(_counted(rated, labels), key=lambda one: -levels[one.id].score if one.id in levels else 0))


def _agencies(
    connection: Connection, period: Period, regulation: Regulation, rated: Sequence[Tally]
) -> Iterator[AgencyRow]:
    """Every agency with a part in a counted case, those with the most first."""
    counts: dict[str, Counts] = defaultdict(Counts)
    for one in statistics.shares(connection, period):
        counts[one.agency] = counts[one.agency].plus(one.count, running=one.open, late=one.late)
    for agency, of_it in sorted(counts.items(), key=lambda pair: (-pair[1].total, pair[0])):
        verdicts = _verdicts([one for one in rated if one.agency == agency], regulation.current)
        label = regulation.agencies.name(agency)
        yield AgencyRow(agency, label, of_it, verdicts, _mean(verdicts, regulation.current))


def _mean(verdicts: Iterable[Count], pack: Pack) -> float | None:
    scores = [(pack.rating.levels[one.id].score, one.count) for one in verdicts if one.id in pack.rating.levels]
    given = sum(number for _, number in scores)
    return sum(score * number for score, number in scores) / given if given else None


def _limits(connection: Connection, period: Period, packs: Sequence[Pack]) -> Iterator[LimitRow]:
    """Every time limit that ran, in the order of the regulation."""
    counts: dict[str, Counts] = defaultdict(Counts)
    for one in statistics.limits(connection, period):
        counts[one.name] = counts[one.name].plus(one.count, running=not one.ended, late=one.late)
    clocks = {name: clock for pack in reversed(packs) for name, clock in pack.clocks.items()}
    order = list(clocks)
    for name in sorted(counts, key=lambda name: order.index(name) if name in clocks else len(order)):
        clock = clocks.get(name)
        yield LimitRow(name, clock.label if clock else name, tuple(clock.cites) if clock else (), counts[name])
