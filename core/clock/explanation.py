"""
How a due time came about: every stretch from the start to the limit, and what it was.

Explanations are stored with the due time, so that years later an officer or an inspector can check them by hand
without the calendar of that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from core.clock.calendar import Day, DayKind
from core.clock.zone import local


class Role(StrEnum):
    """What a stretch of time was for the count."""

    COUNTED = "counted"  # its seconds were counted
    DAY_COUNTED = "day_counted"  # it was one of the N days
    START_DAY = "start_day"  # the start day, never counted
    DAY_OFF = "day_off"  # skipped: holiday, substitute day or weekend
    LUNCH = "lunch"  # skipped: between two shifts
    CLOSED = "closed"  # skipped: before the first or after the last shift
    UNTIL = "until"  # a limit fixed by a date: nothing is counted on the way
    EXTENSION = "extension"  # the working day to which a limit on a day off moved


@dataclass(frozen=True)
class Slice:
    """
    One stretch of an explanation, in Vietnamese time.

    Args:
        start, end: aware; 24:00 is 00:00 of the next day.
        day: the kind of day, where the calendar was asked.
        name_vi, name_en: the calendar entry met (holiday, swapped-in Saturday), else empty.
    """

    role: Role
    start: datetime
    end: datetime
    day: DayKind | None = None
    name_vi: str = ""
    name_en: str = ""

    @property
    def length(self) -> timedelta:
        """How long the stretch is."""
        return self.end - self.start

    @property
    def counted(self) -> timedelta:
        """How much of it counted towards a limit in time (nothing for days and gaps)."""
        return self.length if self.role is Role.COUNTED else timedelta()

    def follows(self, before: Slice) -> bool:
        """Whether it says of the next day what `before` says of its own: both may then be written as one."""
        alike = replace(before, start=self.start, end=self.end) == self
        return alike and self.start == before.end == _midnight(self.start) and self.end <= _midnight(self.start, days=1)


def _midnight(instant: datetime, *, days: int = 0) -> datetime:
    return instant.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)


def _written(slices: Sequence[Slice]) -> list[dict[str, Any]]:
    """
    Slices as JSON: each begins where the one before it ended, and days alike stand together (`days`: how many).

    An explanation of thirty days is read rarely and stored with every case.
    """
    runs: list[list[Slice]] = []
    for piece in slices:
        if runs and piece.follows(runs[-1][-1]):
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return [_run_written(run) for run in runs]


def _run_written(run: Sequence[Slice]) -> dict[str, Any]:
    first = run[0]
    data: dict[str, Any] = {"role": first.role.value, "to": run[-1].end.isoformat()}
    optional = {
        "days": len(run) if len(run) > 1 else 0,
        "day": first.day and first.day.value,
        "name_vi": first.name_vi,
        "name_en": first.name_en,
    }
    return data | {key: value for key, value in optional.items() if value}


def _read(start: datetime, written: Sequence[Mapping[str, Any]]) -> Iterator[Slice]:
    """The slices from `start` on, a run of days taken apart at its midnights."""
    for data in written:
        end = local(datetime.fromisoformat(data["to"]))
        midnights = [_midnight(start, days=night) for night in range(1, data.get("days", 1))]
        for begin, until in pairwise([start, *midnights, end]):
            yield Slice(
                Role(data["role"]),
                begin,
                until,
                day=DayKind(data["day"]) if "day" in data else None,
                name_vi=data.get("name_vi", ""),
                name_en=data.get("name_en", ""),
            )
        start = end


def slice_of(role: Role, start: datetime, end: datetime, *, day: Day) -> Slice:
    """A slice that carries what the calendar knows of its day."""
    return Slice(role, start, end, day=day.kind, name_vi=day.name_vi, name_en=day.name_en)


@dataclass(frozen=True)
class Explanation:
    """
    Why a due time is what it is.

    Args:
        start: the instant the count began (aware, Vietnamese time).
        allowance: the limit as written in the pack ("2wh"), its variant where one was chosen.
        counted: what was counted in the end: the window's limit, or what was left after a pause.
        calendar: name and version of the calendar used.
        resumed: `counted` is what was left of the allowance when the clock ran on.
        rule, cite: rule id and article, as passed in.
        slices: without gaps from start to limit.
    """

    start: datetime
    allowance: str
    counted: str
    calendar: str
    slices: tuple[Slice, ...]
    variant: str | None = None
    resumed: bool = False
    rule: str = ""
    cite: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; `from_dict` reads it back to an equal explanation."""
        data: dict[str, Any] = {
            "start": self.start.isoformat(),
            "allowance": self.allowance,
            "counted": self.counted,
            "calendar": self.calendar,
            "slices": _written(self.slices),
        }
        optional = {"variant": self.variant, "resumed": self.resumed, "rule": self.rule, "cite": self.cite}
        return data | {key: value for key, value in optional.items() if value}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Explanation:
        """Read back what `to_dict` wrote."""
        start = local(datetime.fromisoformat(data["start"]))
        return cls(
            start=start,
            allowance=data["allowance"],
            counted=data["counted"],
            calendar=data["calendar"],
            slices=tuple(_read(start, data["slices"])),
            variant=data.get("variant"),
            resumed=data.get("resumed", False),
            rule=data.get("rule", ""),
            cite=data.get("cite", ""),
        )
