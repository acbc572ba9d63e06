"""When people answer the hotline: as the working calendar says, at all hours, or at hours of its own."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.clock.calendar import Day, DayKind

_MINUTES = 24 * 60
_SATURDAY = 5
Seconds = tuple[int, int]


class Stretch(BaseModel):
    """From one minute of a day to another, counted from midnight. Raises: ValueError: it ends before it begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begin: int = Field(ge=0, lt=_MINUTES)
    end: int = Field(gt=0, le=_MINUTES)

    @model_validator(mode="after")
    def _forward(self) -> Stretch:
        if self.end <= self.begin:
            raise ValueError("ends before it begins")
        return self


class Hours(BaseModel):
    """Of `kind` "own": None means closed; Sundays are as holidays, a working Saturday of a swap is as weekdays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["calendar", "always", "own"] = "calendar"
    weekdays: Stretch | None = None
    saturdays: Stretch | None = None
    holidays: Stretch | None = None

    def of(self, day: Day) -> tuple[Seconds, ...]:
        """When it is open on a day, in seconds from midnight."""
        if self.kind == "calendar":
            return tuple((one.start, one.end) for one in day.shifts if day.is_worked)
        if self.kind == "always":
            return ((0, _MINUTES * 60),)
        own = self._on(day)
        return ((own.begin * 60, own.end * 60),) if own else ()

    def _on(self, day: Day) -> Stretch | None:
        weekday = day.on.weekday()
        if day.kind in (DayKind.HOLIDAY, DayKind.SUBSTITUTE):
            return self.holidays
        if day.kind is DayKind.SWAPPED_IN or weekday < _SATURDAY:
            return self.weekdays
        return self.saturdays if weekday == _SATURDAY else self.holidays
