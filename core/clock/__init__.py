"""
Every due time of the product is computed here, and comes with its explanation.

    >>> from datetime import datetime
    >>> from core.clock import VIETNAM, due, load_calendar, sentence_en
    >>> friday = datetime(2026, 11, 20, 16, 45, tzinfo=VIETNAM)
    >>> limit = due(friday, "2wh", load_calendar(), cite="QĐ 2830 Điều 6 khoản 3")
    >>> limit.at.isoformat()
    '2026-11-23T08:45:00+07:00'
    >>> limit.is_late(friday)
    False

Where things are: `terms`, `windows`, `units` the notation (U-1 … U-9) · `engine` due times · `start` when a clock
starts · `clock` pause, resume, stop, restart · `warning` reminders · `calendar`, `calendar_data`, `shifts`,
`versions` working days and hours as effective-dated data · `working_time` arithmetic · `reporting` periodic reports ·
`explanation`, `render` why, in data and in words. Pure and synchronous: time is always an argument.
"""

from core.clock.calendar import AlarmReason, BusinessCalendar, CalendarAlarm, Day, DayEntry, DayKind
from core.clock.calendar_data import calendar_from_data, calendar_from_file, calendar_to_data, load_calendar
from core.clock.clock import Clock
from core.clock.clock_state import ClockState, ClockStatus, Interval
from core.clock.due_time import Due
from core.clock.engine import due
from core.clock.errors import (
    CalendarExhausted,
    CalendarInvalid,
    ClockError,
    ClockMoveRefused,
    FactMissing,
    InstantInvalid,
    NotationInvalid,
)
from core.clock.explanation import Explanation, Role, Slice
from core.clock.render import limit_en, limit_vi, sentence_en, sentence_vi
from core.clock.reporting import Every, ReportDue, ReportSchedule
from core.clock.rest import remaining
from core.clock.shifts import Season, Shift, ShiftRule
from core.clock.start import Start, Started, facts_of, parse_start, resolve_start, start_to_data
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
from core.clock.units import Allowance, DayCount, DayEnd, DayOff, Options, parse
from core.clock.versions import CalendarHistory, Recalculation, recalculate
from core.clock.warning import EarlyWarning, parse_lead, warn_at
from core.clock.windows import DayWindow, Window, Windows
from core.clock.working_time import (
    add_working_time,
    is_working_instant,
    subtract_working_time,
    working_seconds_between,
    working_time_between,
)
from core.clock.zone import VIETNAM, in_words, local

__all__ = [
    "VIETNAM",
    "AlarmReason",
    "Allowance",
    "BeforeDay",
    "BeforeTime",
    "BusinessCalendar",
    "CalendarAlarm",
    "CalendarDays",
    "CalendarExhausted",
    "CalendarHistory",
    "CalendarInvalid",
    "Clock",
    "ClockError",
    "ClockMoveRefused",
    "ClockState",
    "ClockStatus",
    "ClockTime",
    "Day",
    "DayCount",
    "DayEnd",
    "DayEntry",
    "DayKind",
    "DayOff",
    "DayWindow",
    "Due",
    "EarlyWarning",
    "Every",
    "Explanation",
    "FactMissing",
    "InstantInvalid",
    "Interval",
    "NotationInvalid",
    "Options",
    "PromisedDate",
    "Recalculation",
    "ReportDue",
    "ReportSchedule",
    "Role",
    "Season",
    "Shift",
    "ShiftRule",
    "Slice",
    "Start",
    "Started",
    "Term",
    "Window",
    "Windows",
    "WorkingDays",
    "WorkingTime",
    "add_working_time",
    "calendar_from_data",
    "calendar_from_file",
    "calendar_to_data",
    "due",
    "facts_of",
    "in_words",
    "is_working_instant",
    "limit_en",
    "limit_vi",
    "load_calendar",
    "local",
    "parse",
    "parse_lead",
    "parse_start",
    "recalculate",
    "remaining",
    "resolve_start",
    "sentence_en",
    "sentence_vi",
    "start_to_data",
    "subtract_working_time",
    "warn_at",
    "working_seconds_between",
    "working_time_between",
]
