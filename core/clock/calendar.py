"""
The working calendar of one tenant: which days are worked, and from when to when (U-7, U-8).

Effective-dated data, never weekday arithmetic alone: public holidays, substitute days off and working Saturdays
swapped in for a long weekend are decided year by year. A calendar is immutable; an edit makes the next version,
and due times already issued keep the version they were computed with (U-11).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from core.clock.errors import CalendarExhausted, CalendarInvalid
from core.clock.shifts import Shift, ShiftRule
from core.clock.zone import ONE_DAY, days_back_from, days_from, months_before


class DayKind(StrEnum):
    """Why a day is worked, or not."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SUBSTITUTE = "substitute"  # nghỉ bù, or the day off of a swap
    SWAPPED_IN = "swapped_in"  # the working Saturday of a swap

    @property
    def is_worked(self) -> bool:
        """Do the shifts run on such a day?"""
        return self in (DayKind.WORKING, DayKind.SWAPPED_IN)


@dataclass(frozen=True)
class DayEntry:
    """
    A day that differs from its weekday.

    Args:
        exchanged_with: the other day of a swap, or the holiday this day stands in for.
        shifts: hours of this day only; None = the season's.
        source: the notice or law it comes from.
    """

    on: date
    kind: DayKind
    name_vi: str
    name_en: str = ""
    exchanged_with: date | None = None
    shifts: tuple[Shift, ...] | None = None
    source: str = ""


@dataclass(frozen=True)
class Day:
    """One day as the engine sees it; `shifts` is empty when nobody works."""

    on: date
    kind: DayKind
    shifts: tuple[Shift, ...] = ()
    name_vi: str = ""
    name_en: str = ""

    @property
    def is_worked(self) -> bool:
        """Does working time run on this day?"""
        return self.kind.is_worked


class AlarmReason(StrEnum):
    """What somebody must do about the calendar: enter the next year, or confirm days only expected so far."""

    RUNS_OUT = "runs_out"
    PROVISIONAL = "provisional"


@dataclass(frozen=True)
class CalendarAlarm:
    """The calendar cannot be relied on after `last`, which is `days_left` days away (negative: it is past)."""

    calendar: str
    reason: AlarmReason
    last: date
    days_left: int


@dataclass(frozen=True)
class BusinessCalendar:
    """
    Which days and hours a tenant works, from `first` to `last`, both included.

    Args:
        id, version: stand in every due time computed with it.
        weekdays: worked in an ordinary week, 0 = Monday.
        shift_rules: where several apply to a day, the later in the list wins.
        in_force_from: from when this version is used (aware); None = from the beginning.
        provisional_from: from here on the days are expected, not yet announced.
    Raises: CalendarInvalid: entries that contradict each other, or a working day without hours.
    Source: U-7, U-8.
    """

    id: str
    first: date
    last: date
    shift_rules: tuple[ShiftRule, ...]
    entries: tuple[DayEntry, ...] = ()
    weekdays: frozenset[int] = frozenset(range(5))
    version: int = 1
    in_force_from: datetime | None = None
    provisional_from: date | None = None
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        dates = [entry.on for entry in self.entries]
        twice = {day for day in dates if dates.count(day) > 1}
        outside = [day for day in dates if not self.first <= day <= self.last]
        if twice or outside or self.last < self.first:
            raise CalendarInvalid(f"{self.key}: entries twice {sorted(twice)}, outside the covered dates {outside}")
        _ = self._days  # built at once, so that a bad calendar is refused when it is loaded

    @property
    def key(self) -> str:
        """Name and version, as written into explanations: "vietnam@1"."""
        return f"{self.id}@{self.version}"

    @cached_property
    def _days(self) -> Mapping[date, Day]:
        entries = {entry.on: entry for entry in self.entries}
        dates = (self.first + ONE_DAY * i for i in range((self.last - self.first).days + 1))
        return MappingProxyType({day: self._build(day, entries.get(day)) for day in dates})

    def _build(self, day: date, entry: DayEntry | None) -> Day:
        worked_weekday = day.weekday() in self.weekdays
        if entry is None:
            kind = DayKind.WORKING if worked_weekday else DayKind.WEEKEND
            return Day(day, kind, self._shifts_on(day) if kind.is_worked else ())
        if entry.kind is DayKind.SWAPPED_IN and worked_weekday:
            raise CalendarInvalid(f"{self.key}: {day} is worked anyway, it cannot be swapped in")
        shifts = (entry.shifts or self._shifts_on(day)) if entry.kind.is_worked else ()
        return Day(day, entry.kind, shifts, name_vi=entry.name_vi, name_en=entry.name_en)

    def _shifts_on(self, day: date) -> tuple[Shift, ...]:
        for rule in reversed(self.shift_rules):
            if rule.applies(day):
                return rule.shifts
        raise CalendarInvalid(f"{self.key}: no working hours are given for {day}")

    def day(self, day: date) -> Day:
        """
        What kind of day this is, and its shifts.

        Raises: CalendarExhausted: outside `first` … `last`.
        """
        try:
            return self._days[day]
        except KeyError:
            raise CalendarExhausted(day, self.first, self.last) from None

    def is_working_day(self, day: date) -> bool:
        """Is this a "ngày làm việc" (U-7)?"""
        return self.day(day).is_worked

    def days_from(self, day: date) -> Iterator[Day]:
        """Days in order, this one included; CalendarExhausted where the data ends."""
        return map(self.day, days_from(day))

    def next_working_day(self, after: date) -> date:
        """The first working day strictly after this one."""
        return next(d.on for d in self.days_from(after + ONE_DAY) if d.is_worked)

    def last_working_day(self, up_to: date) -> date:
        """The last working day on or before this one."""
        return next(d.on for d in map(self.day, days_back_from(up_to)) if d.is_worked)

    def working_days_between(self, after: date, up_to: date) -> int:
        """How many working days lie after the first date, up to and including the second (0 if none)."""
        dates = (after + ONE_DAY * i for i in range(1, (up_to - after).days + 1))
        return sum(self.is_working_day(day) for day in dates)

    def exhausts_on(self) -> date:
        """The last day the calendar can answer for."""
        return self.last

    def alarms(self, today: date, months: int = 3) -> tuple[CalendarAlarm, ...]:
        """
        What will go wrong within so many months: the data ends, or the days in it are only expected.

        Returns: nothing while all is well; the alarm day itself is `months` months before the last good day.
        """
        limits = {AlarmReason.RUNS_OUT: self.last}
        if self.provisional_from is not None:
            limits[AlarmReason.PROVISIONAL] = self.provisional_from - ONE_DAY
        near = {reason: last for reason, last in limits.items() if today >= months_before(last, months)}
        return tuple(CalendarAlarm(self.id, reason, last, (last - today).days) for reason, last in near.items())

    def amend(
        self,
        in_force_from: datetime,
        *,
        add: tuple[DayEntry, ...] = (),
        remove: tuple[date, ...] = (),
        shift_rules: tuple[ShiftRule, ...] = (),
        last: date | None = None,
    ) -> BusinessCalendar:
        """
        The next version of this calendar; this one stays as it is (U-11).

        Args:
            add: entries that come in, each replacing an entry of the same date; `remove`: dates to make ordinary.
            shift_rules: appended, so they win over the older ones.
        """
        gone = {*remove, *(entry.on for entry in add)}
        kept = tuple(entry for entry in self.entries if entry.on not in gone)
        entries = tuple(sorted(kept + add, key=lambda entry: entry.on))
        changed = {"entries": entries, "shift_rules": self.shift_rules + shift_rules, "last": last or self.last}
        return replace(self, version=self.version + 1, in_force_from=in_force_from, **changed)  # type: ignore[arg-type]
