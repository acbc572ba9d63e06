"""When somebody is reminded before a limit."""

from __future__ import annotations

import pytest

from core.clock import NotationInvalid, due, load_calendar, parse_lead, warn_at
from tests.core.clock.support import at

CALENDAR = load_calendar()


@pytest.mark.parametrize(
    ("allowance", "start", "lead", "expected"),
    [
        ("2wh", "2026-11-20 16:45", "30min", "2026-11-23 08:15"),
        ("2wh", "2026-11-20 16:45", "90min", "2026-11-23 07:15"),
        ("2wh", "2026-11-20 16:45", "90wmin", "2026-11-20 17:15"),
        ("2wh", "2026-11-20 16:45", "25%", "2026-11-23 08:15"),
        ("2wh", "2026-11-20 16:45", "4wh", "2026-11-20 16:45"),
        ("6wd", "2026-02-12 10:00", "4wh", "2026-02-27 13:30"),
        ("6wd", "2026-02-12 10:00", "1wd", "2026-02-26 17:30"),
        ("6wd", "2026-02-12 10:00", "5wd", "2026-02-13 17:30"),
        ("6wd", "2026-02-12 10:00", "7wd", "2026-02-12 10:00"),
        ("6wd", "2026-02-12 10:00", "2d", "2026-02-25 17:30"),
        ("1wd", "2026-11-20 07:30", "50%", "2026-11-23 07:30"),
        ("1d", "2026-11-20 10:00", "1wd", "2026-11-20 17:30"),
        ("1h", "2026-11-20 23:00", "25%", "2026-11-20 23:45"),
        ("before 07:00", "2026-11-20 23:00", "30min", "2026-11-21 06:30"),
        ("before 18", "2026-02-15 00:00", "1wd", "2026-02-15 00:00"),
    ],
)
def test_a_warning_comes_so_long_before_the_limit(allowance, start, lead, expected):
    limit = due(at(start), allowance, CALENDAR)
    warning = warn_at(limit, lead, CALENDAR)
    assert (warning.at, warning.lead) == (at(expected), lead.replace("90wmin", "1wh30").replace("90min", "1h30"))
    assert warning.slices[0].start == warning.at
    assert warning.slices[-1].end == limit.at


def test_a_clock_already_past_its_limit_warns_at_once():
    limit = due(at("2026-11-20 16:45"), "2wh", CALENDAR)
    late = at("2026-11-25 09:00")
    warning = warn_at(limit, "30min", CALENDAR, since=late)
    assert (warning.at, warning.slices) == (late, ())


@pytest.mark.parametrize("lead", ["0%", "100%", "-5%", "before 07:00", "date", "soon", None], ids=str)
def test_what_cannot_be_read_is_refused(lead):
    with pytest.raises(NotationInvalid):
        parse_lead(lead)
