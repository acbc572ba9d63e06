"""
What is left of a limit at an instant, in the unit the limit was counted in.
"""

from __future__ import annotations

from datetime import datetime

from core.clock.calendar import BusinessCalendar
from core.clock.due_time import Due
from core.clock.terms import BeforeTime, CalendarDays, ClockTime, Term, WorkingDays, WorkingTime
from core.clock.working_time import working_time_between
from core.clock.zone import local


def remaining(due: Due, now: datetime, calendar: BusinessCalendar) -> Term | None:
    """
    What is left, so that counting it from `now` leads to the same limit.

    Measured back from the limit that was issued, not forward from the start: so an edit of the calendar in between
    cannot move it (U-11).

    Returns: None when nothing is left, or when the limit is a date that stands whatever happens (`before N`, `date`).
        Zero days mean the rest of the last day.
    Source: A-2, A-QB-2.
    """
    moment = local(now)
    if moment >= due.at:
        return None
    match due.term:
        case ClockTime() | BeforeTime():
            return ClockTime(due.at - moment)
        case WorkingTime():
            left = working_time_between(moment, due.at, calendar)
            return WorkingTime(left) if left else None
        case WorkingDays():
            return WorkingDays(calendar.working_days_between(moment.date(), due.last_day or due.good_until))
        case CalendarDays():
            return CalendarDays(max(((due.last_day or due.good_until) - moment.date()).days, 0))
        case _:
            return None
