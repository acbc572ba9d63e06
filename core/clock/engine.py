"""
The one place where a due time is computed (rules U-1 … U-11); nothing else in the product may do it.

`due` chooses the limit (variant, window, option) and hands it to one small function per unit. Each returns the
limit with the stretches that lead to it. No I/O, no clock of its own: the same arguments give the same answer for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.clock.calendar import BusinessCalendar
from core.clock.day_limits import Limit, before_day, calendar_days, promised_date, working_days
from core.clock.due_time import Due
from core.clock.errors import NotationInvalid
from core.clock.explanation import Explanation, Role, Slice
from core.clock.terms import (
    BeforeDay,
    BeforeTime,
    CalendarDays,
    ClockTime,
    PromisedDate,
    Term,
    WorkingDays,
    WorkingTime,
)
from core.clock.units import Allowance, DayCount, Options, parse
from core.clock.windows import Windows
from core.clock.working_time import add_working_time, working_slices
from core.clock.zone import ONE_DAY, at_second, local


def due(
    start: datetime,
    allowance: Allowance | str | Mapping[str, Any],
    calendar: BusinessCalendar,
    *,
    variant: str | None = None,
    promised: date | None = None,
    rule: str = "",
    cite: str = "",
) -> Due:
    """
    The latest moment to finish a step, and why.

    Args:
        start: aware, any zone: when the clock starts (received_at, distributed_at, …).
        allowance: from the pack, parsed or as written ("2wh").
        variant: which of the allowance's variants (emergency, via the board, field check); None = the plain one.
        promised: the date that was promised, for a `date` limit.
        rule, cite: rule id and article, kept in the explanation.
    Returns: aware, Asia/Ho_Chi_Minh, exact to the microsecond.
    Raises: CalendarExhausted: the limit lies beyond the calendar's data; NotationInvalid: unknown variant, or no
        promised date; InstantInvalid: `start` has no zone, or the promise lies before it.
    Source: U-1 … U-10.
    """
    written = allowance if isinstance(allowance, Allowance) else parse(allowance)
    chosen = written.variant(variant)
    begin = local(start)
    term = _resolve(chosen, begin, calendar)
    frame = Frame(written=str(written), variant=variant, rule=rule, cite=cite)
    return compute(begin, term, calendar, options=chosen.options, frame=frame, promised=promised)


@dataclass(frozen=True)
class Frame:
    """What an explanation says besides the count: the limit as written, and where it is written."""

    written: str
    variant: str | None = None
    resumed: bool = False
    rule: str = ""
    cite: str = ""

    @classmethod
    def resumed_from(cls, why: Explanation) -> Frame:
        """The same limit, of which only a rest is counted now."""
        return cls(why.allowance, why.variant, resumed=True, rule=why.rule, cite=why.cite)


def compute(
    start: datetime,
    term: Term,
    calendar: BusinessCalendar,
    *,
    options: Options,
    frame: Frame,
    promised: date | None = None,
    strict: bool = False,
) -> Due:
    """
    The due time of one resolved term; `due` is the door for everyone but resumed clocks.

    Args:
        start: aware, Vietnamese time.
        strict: keep the strictness of a "before HH:MM" whose rest is now counted as clock time.
    """
    limit = _limit(start, term, calendar, options=options, promised=promised)
    explanation = Explanation(
        start=start,
        allowance=frame.written,
        counted=str(term),
        calendar=calendar.key,
        slices=limit.slices,
        variant=frame.variant,
        resumed=frame.resumed,
        rule=frame.rule,
        cite=frame.cite,
    )
    is_strict = strict or isinstance(term, BeforeTime | BeforeDay)
    return Due(at=limit.at, strict=is_strict, term=term, explanation=explanation, last_day=limit.last_day)


def _resolve(allowance: Allowance, start: datetime, calendar: BusinessCalendar) -> Term:
    of = allowance.of
    term = of.choose(start).allow if isinstance(of, Windows) else of
    if allowance.options.day_count is DayCount.CIVIL:
        return term
    match term:  # elapsed time instead of the Civil Code's count
        case WorkingDays(count):
            return WorkingTime(count * _daily_hours(start.date(), calendar))
        case CalendarDays(count):
            return ClockTime(count * ONE_DAY)
        case _:
            return term


def _daily_hours(day: date, calendar: BusinessCalendar) -> timedelta:
    """The working hours of the first working day from here on: the season's day, not a holiday's zero."""
    worked = next(item for item in calendar.days_from(day) if item.is_worked)
    return timedelta(seconds=sum(shift.end - shift.start for shift in worked.shifts))


def _limit(
    start: datetime, term: Term, calendar: BusinessCalendar, *, options: Options, promised: date | None
) -> Limit:
    match term:
        case ClockTime(length):
            return _clock_limit(start, start + length)
        case WorkingTime(length):
            at = add_working_time(start, length, calendar)
            return Limit(at, working_slices(start, at, calendar))
        case WorkingDays(count):
            return working_days(start, count, calendar, end=options.wd_end)
        case CalendarDays(count):
            return calendar_days(start, count, calendar, extend=options.extends(term))
        case BeforeTime(second):
            return _clock_limit(start, _next_time(start, second))
        case BeforeDay(day):
            return before_day(start, day, calendar, extend=options.extends(term))
        case PromisedDate():
            if promised is None:
                raise NotationInvalid("a `date` limit needs the promised date")
            return promised_date(start, promised, calendar, extend=options.extends(term))


def _clock_limit(start: datetime, at: datetime) -> Limit:
    return Limit(at, (Slice(Role.COUNTED, start, at),))


def _next_time(start: datetime, second: int) -> datetime:
    today = at_second(start.date(), second)
    return today if start < today else today + ONE_DAY
