"""
A due time together with its explanation: the value that stands in events and in the due-time index.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.clock.explanation import Explanation
from core.clock.terms import Term, parse_term
from core.clock.zone import local

_SMALLEST_STEP = timedelta(microseconds=1)  # stored instants are whole microseconds


@dataclass(frozen=True)
class Due:
    """
    The limit of one step.

    Args:
        at: aware, Vietnamese time. 24:00 of a day is written as 00:00 of the next day.
        strict: False: done at `at` is in time, late is strictly after it (U-1 … U-5, `date`).
            True: done at `at` is already late (U-6 "trước ngày N", U-9 "trước HH:MM").
        term: what was counted to get here, after windows and options were applied.
        last_day: the last counted day of a limit in days, before any move off a day off; else None.
    """

    at: datetime
    strict: bool
    term: Term
    explanation: Explanation
    last_day: date | None = None

    def is_late(self, now: datetime) -> bool:
        """
        Has the limit passed at this instant? The same question answers "not before" (QB-IV.1.1a.x3).

        Source: U-3, U-4 (24:00 itself is in time), U-9 (HH:MM:00 itself is late).
        """
        return local(now) >= self.late_from

    @property
    def late_from(self) -> datetime:
        """The first instant, to the microsecond, that is late: what a due-time index sorts and fires by."""
        return self.at if self.strict else self.at + _SMALLEST_STEP

    @property
    def good_until(self) -> date:
        """The last calendar day on which something in time can still be done."""
        last = self.at - _SMALLEST_STEP if self.strict or self.ends_day else self.at
        return last.date()

    @property
    def ends_day(self) -> bool:
        """Is `at` the 24:00 of a counted day (to be shown as 24:00), not the 00:00 of the next?"""
        is_midnight = (self.at.hour, self.at.minute, self.at.second, self.at.microsecond) == (0, 0, 0, 0)
        return is_midnight and not self.strict and self.last_day is not None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, as events store it; `from_dict` reads it back to an equal value."""
        return {
            "at": self.at.isoformat(),
            "strict": self.strict,
            "term": str(self.term),
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "explanation": self.explanation.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Due:
        """Read back what `to_dict` wrote."""
        return cls(
            at=local(datetime.fromisoformat(data["at"])),
            strict=data["strict"],
            term=parse_term(data["term"], may_be_zero=True),
            explanation=Explanation.from_dict(data["explanation"]),
            last_day=date.fromisoformat(data["last_day"]) if data["last_day"] else None,
        )
