"""
Calendar versions over time, and the one lawful way to change a due time that was issued (U-11).

An edit makes a new calendar version. Due times are stored with the version they were computed with and stay; moving
one is a `Recalculation`, a value for an event with its reason, never a silent overwrite.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.clock.calendar import BusinessCalendar
from core.clock.due_time import Due
from core.clock.engine import Frame, compute
from core.clock.errors import CalendarInvalid
from core.clock.units import Options
from core.clock.zone import local


@dataclass(frozen=True)
class CalendarHistory:
    """
    All versions of one tenant's calendar, oldest first.

    Raises: CalendarInvalid: none given, another tenant's among them, or not in order.
    """

    versions: tuple[BusinessCalendar, ...]

    def __post_init__(self) -> None:
        ids, numbers = {version.id for version in self.versions}, [version.version for version in self.versions]
        starts = [version.in_force_from for version in self.versions[1:]]
        dated = [start for start in starts if start is not None]
        if len(ids) != 1 or numbers != sorted(set(numbers)) or len(dated) != len(starts) or dated != sorted(dated):
            raise CalendarInvalid("versions: one calendar, numbers and in_force_from rising, only the first undated")

    def at(self, instant: datetime) -> BusinessCalendar:
        """The version to compute with at this instant (the instant of computing, not the one computed about)."""
        moment = local(instant)
        known = [v for v in self.versions if v.in_force_from is None or v.in_force_from <= moment]
        return known[-1] if known else self.versions[0]

    def amended(self, version: BusinessCalendar) -> CalendarHistory:
        """The history with one more version."""
        return CalendarHistory((*self.versions, version))


@dataclass(frozen=True)
class Recalculation:
    """A due time computed anew on purpose: what it was, what it is, who knows why."""

    old: Due
    new: Due
    decided_at: datetime
    reason: str

    @property
    def moved(self) -> bool:
        """Is the new limit another instant?"""
        return self.old.late_from != self.new.late_from

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for the event."""
        words = {"decided_at": self.decided_at.isoformat(), "reason": self.reason}
        return {"old": self.old.to_dict(), "new": self.new.to_dict(), **words}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Recalculation:
        """Read back what `to_dict` wrote."""
        decided = local(datetime.fromisoformat(data["decided_at"]))
        return cls(Due.from_dict(data["old"]), Due.from_dict(data["new"]), decided, data["reason"])


def recalculate(
    issued: Due,
    calendar: BusinessCalendar,
    *,
    options: Options,
    decided_at: datetime,
    reason: str,
) -> Recalculation:
    """
    The same count from the same start with another calendar; the issued due time itself is untouched.

    Args:
        options: of the allowance the due time was issued for.
    Source: U-11.
    """
    why = issued.explanation
    frame = Frame(why.allowance, why.variant, resumed=why.resumed, rule=why.rule, cite=why.cite)
    new = compute(
        why.start,
        issued.term,
        calendar,
        options=options,
        frame=frame,
        promised=issued.last_day,
        strict=issued.strict,
    )
    return Recalculation(issued, new, local(decided_at), reason)
