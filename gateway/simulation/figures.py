"""On-time rates per step, counted twice: from what the API shows of every case, and in SQL over the raw events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.regulations.model import Pack
from core.storage.punctuality import Ended, ended_by_clock
from gateway.simulation.office import CENTRE, Office

NOTHING = Ended(0, 0, 0)


@dataclass(frozen=True)
class Figures:
    """Both counts by clock. `cases`: how many were looked at, `answered` of them with an answer to the reporter."""

    cases: int
    answered: int
    shown: Mapping[str, Ended]
    raw: Mapping[str, Ended]

    @property
    def agree(self) -> bool:
        """Whether the API says what the events say."""
        return dict(self.shown) == dict(self.raw)

    def lines(self, pack: Pack) -> Iterator[str]:
        """A table for a terminal: limit, in time, late, open, rate by the API, rate by SQL."""
        yield f"{'limit':<34}{'in time':>9}{'late':>7}{'open':>7}{'API':>9}{'SQL':>9}"
        for name in self.names(pack):
            one, other = self.shown.get(name, NOTHING), self.raw.get(name, NOTHING)
            counts = f"{one.in_time:>9}{one.late:>7}{one.open:>7}"
            yield f"{pack.clocks[name].label[:32]:<34}{counts}{rate(one):>9}{rate(other):>9}"
        yield f"{self.cases} cases, {self.answered} answered; both counts {'agree' if self.agree else 'DIFFER'}"

    def names(self, pack: Pack) -> list[str]:
        """The limits that were met with, in the order of the pack."""
        return [name for name in pack.clocks if name in self.shown or name in self.raw]


def rate(one: Ended) -> str:
    """How many of those that ended did so in time; a dash where none did."""
    ended = one.in_time + one.late
    return f"{100 * one.in_time / ended:.1f} %" if ended else "–"


async def figures(office: Office, case_ids: Iterable[str]) -> Figures:
    """Count both ways."""
    counts: Counter[tuple[str, str]] = Counter()
    seen = answered = 0
    for case_id in case_ids:
        answer = await office.call(office.staff[CENTRE][0], "GET", f"/cases/{case_id}")
        counts.update((clock["name"], _end_of(clock)) for clock in _deadlines(answer.body))
        seen += 1
        answered += bool(answer.body["answers"])
    names = {name for name, _ in counts}
    shown = {n: Ended(counts[n, "in_time"], counts[n, "late"], counts[n, "open"]) for n in sorted(names)}
    return Figures(seen, answered, shown, await office.deployment.database.read(ended_by_clock))


def _deadlines(view: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [clock for clock in view["clocks"] if clock["purpose"] == "deadline"]


def _end_of(clock: Mapping[str, Any]) -> str:
    if clock["state"] != "stopped":
        return "open"
    return "late" if clock["late_s"] else "in_time"
