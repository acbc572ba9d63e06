"""A step's clock: what is left after a pause or a return, and what a board shows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.clock import (
    Clock,
    ClockMoveRefused,
    ClockState,
    ClockStatus,
    InstantInvalid,
    WorkingDays,
    limit_en,
    load_calendar,
    sentence_en,
)
from tests.core.clock.support import at, quang_binh

CALENDAR = load_calendar()
HOUR = timedelta(hours=1)


def _clock(allowance="2wh", start="2026-11-20 16:45", **more):
    return Clock.start("step", allowance, at=at(start), calendar=CALENDAR, **more)


def _pause_and_resume(clock, paused, resumed):
    return clock.pause(at(paused), "chờ người dân", calendar=CALENDAR).resume(at(resumed), calendar=CALENDAR)


@pytest.mark.rule("A-1", "A-2", "A-QB-2")
@pytest.mark.parametrize(
    ("allowance", "start", "paused", "left", "resumed", "expected"),
    [
        ("1h", "2026-11-20 21:00", "2026-11-20 21:20", "40min", "2026-11-22 03:00", "Sun 22/11/2026 03:40"),
        ("2wh", "2026-11-20 16:45", "2026-11-20 17:00", "1wh45", "2026-11-22 17:00", "Mon 23/11/2026 09:15"),
        ("2wh", "2026-11-20 16:45", "2026-11-21 12:00", "1wh15", "2026-11-23 16:00", "Mon 23/11/2026 17:15"),
        ("6wd", "2026-11-16 10:00", "2026-11-18 09:00", "4wd", "2026-11-20 09:00", "Fri 27/11/2026 17:30"),
        ("6wd", "2026-11-16 10:00", "2026-11-18 09:00", "4wd", "2026-11-18 16:00", "Wed 25/11/2026 17:30"),
        ("1wd", "2026-11-19 10:00", "2026-11-20 09:00", "0wd", "2026-11-20 16:00", "Fri 20/11/2026 17:30"),
        ("1wd", "2026-11-19 10:00", "2026-11-20 09:00", "0wd", "2026-11-20 17:30", "Fri 20/11/2026 17:30"),
        ("1wd", "2026-11-19 10:00", "2026-11-20 09:00", "0wd", "2026-11-20 17:31", "Mon 23/11/2026 17:30"),
        ("1wd", "2026-11-19 10:00", "2026-11-20 09:00", "0wd", "2026-11-21 09:00", "Mon 23/11/2026 17:30"),
        ("2d", "2026-11-16 10:00", "2026-11-17 09:00", "1d", "2026-11-19 09:00", "Fri 20/11/2026 24:00"),
        ("1d", "2026-11-20 10:00", "2026-11-23 09:00", "0d", "2026-11-25 09:00", "Wed 25/11/2026 24:00"),
        (
            "before 07:00",
            "2026-11-20 23:00",
            "2026-11-20 23:00",
            "8h",
            "2026-11-21 12:00",
            "before Sat 21/11/2026 20:00",
        ),
    ],
)
def test_a_clock_resumes_with_what_was_left(allowance, start, paused, left, resumed, expected):
    clock = _clock(allowance, start)
    still = clock.pause(at(paused), "chờ người dân", calendar=CALENDAR)
    assert str(still.left) == left
    running = still.resume(at(resumed), calendar=CALENDAR)
    assert limit_en(running.due) == expected
    assert running.due.explanation.resumed
    assert Clock.from_dict(still.to_dict()) == still
    assert Clock.from_dict(running.to_dict()) == running


@pytest.mark.rule("A-2")
def test_work_returned_by_the_leader_resumes_and_the_approval_clock_starts_anew():
    processing = _clock("6wd", "2026-11-16 10:00").stop(at("2026-11-19 15:00"), "submitted", calendar=CALENDAR)
    approval = _clock("1wd", "2026-11-19 15:00").stop(at("2026-11-20 09:00"), "returned", calendar=CALENDAR)
    again = processing.resume(at("2026-11-20 09:00"), "returned", calendar=CALENDAR)
    assert processing.left == WorkingDays(3)
    assert limit_en(again.due) == "Thu 26/11/2026 17:30"  # one working day later: the day it lay with the leader
    resubmitted = approval.restart(at("2026-11-25 10:00"), "resubmitted", calendar=CALENDAR, variant=None)
    assert limit_en(resubmitted.due) == "Thu 26/11/2026 17:30"
    assert resubmitted.started_at == approval.started_at


@pytest.mark.rule("A-2")
@pytest.mark.parametrize("stopped", ["2026-11-23 08:45:00", "2026-11-23 08:45:01"], ids=["at the limit", "after it"])
def test_a_clock_with_nothing_left_keeps_its_limit_when_resumed(stopped):
    clock = _clock().stop(at(stopped), calendar=CALENDAR)
    again = clock.resume(at("2026-11-25 09:00"), calendar=CALENDAR)
    assert again.due == clock.due
    assert again.is_late(at("2026-11-25 09:00"))


@pytest.mark.rule("DL-II.2.2c", "U-6")
@pytest.mark.parametrize(("allowance", "more"), [("before 18", {}), ("date", {"promised": date(2026, 12, 17)})])
def test_a_date_stands_whatever_happens(allowance, more):
    clock = _clock(allowance, **more)
    assert clock.remaining(at("2026-11-25 09:00"), CALENDAR) is None
    assert _pause_and_resume(clock, "2026-11-25 09:00", "2026-12-01 09:00").due == clock.due


@pytest.mark.rule("A-QB-8")
def test_a_downgraded_emergency_gets_the_normal_window_from_its_arrival():
    emergency = _clock(quang_binh(), "2026-11-20 22:30", variant="emergency")
    normal = emergency.restart(
        at("2026-11-20 22:35"), "not true", calendar=CALENDAR, variant=None, count_from=emergency.started_at
    )
    assert limit_en(emergency.due) == "Fri 20/11/2026 22:40"
    assert limit_en(normal.due) == "before Sat 21/11/2026 07:00"
    assert normal.variant is None
    assert normal.due.explanation.start == emergency.started_at


@pytest.mark.rule("A-0")
def test_elapsed_days_are_resumed_in_working_time():
    clock = _clock({"of": "1wd", "day_count": "elapsed"}, "2026-11-20 10:00")
    still = clock.pause(at("2026-11-20 16:30"), "chờ", calendar=CALENDAR)
    assert str(still.left) == "3wh30"
    assert limit_en(still.resume(at("2026-11-23 07:30"), calendar=CALENDAR).due) == "Mon 23/11/2026 11:00"


@pytest.mark.rule("U-3")
def test_the_option_of_the_limit_survives_a_pause():
    clock = _clock({"of": "2wd", "wd_end": "midnight"}, "2026-11-16 10:00")
    resumed = _pause_and_resume(clock, "2026-11-17 09:00", "2026-11-18 09:00")
    assert limit_en(resumed.due) == "Thu 19/11/2026 24:00"


def test_how_the_step_stands():
    clock = _clock()
    warn = clock.warning("30min", CALENDAR).at
    assert clock.status(at("2026-11-23 08:14:59"), warn) is ClockStatus.ON_TIME
    assert clock.status(at("2026-11-23 08:15:00"), warn) is ClockStatus.DUE_SOON
    assert clock.status(at("2026-11-23 08:45:00"), warn) is ClockStatus.DUE_SOON
    assert clock.status(at("2026-11-23 08:45:01"), warn) is ClockStatus.OVERDUE
    assert clock.status(at("2026-11-23 08:45:00")) is ClockStatus.ON_TIME


@pytest.mark.parametrize(
    ("stopped", "status"), [("2026-11-23 08:45:00", ClockStatus.MET), ("2026-11-23 08:45:01", ClockStatus.MISSED)]
)
def test_a_stopped_clock_remembers_whether_it_was_in_time(stopped, status):
    clock = _clock().stop(at(stopped), calendar=CALENDAR)
    assert clock.status(at("2027-01-01 00:00")) is status
    assert clock.was_late is (status is ClockStatus.MISSED)


def test_a_paused_clock_cannot_become_late_nor_get_well_again():
    clock = _clock()
    in_time = clock.pause(at("2026-11-23 08:00"), "chờ", calendar=CALENDAR)
    too_late = clock.pause(at("2026-11-23 09:00"), "chờ", calendar=CALENDAR)
    later = at("2026-12-01 08:00")
    assert in_time.status(later) is ClockStatus.PAUSED
    assert too_late.status(later) is ClockStatus.OVERDUE
    assert not in_time.stop(later, calendar=CALENDAR).was_late
    assert too_late.stop(later, calendar=CALENDAR).was_late
    assert not clock.was_late


def test_elapsed_paused_and_age_add_up():
    clock = _pause_and_resume(_clock("1h", "2026-11-20 08:00"), "2026-11-20 08:20", "2026-11-20 10:20")
    now = at("2026-11-20 10:30")
    assert clock.elapsed(now) == timedelta(minutes=30)
    assert clock.paused(now) == 2 * HOUR
    assert clock.age(now) == clock.elapsed(now) + clock.paused(now)
    assert [(i.state, i.reason) for i in clock.past] == [
        (ClockState.RUNNING, ""),
        (ClockState.PAUSED, "chờ người dân"),
    ]
    assert clock.running_since == at("2026-11-20 10:20")


@pytest.mark.parametrize(
    "move",
    [
        lambda running, paused, stopped: running.resume(at("2026-11-24 08:00"), calendar=CALENDAR),
        lambda running, paused, stopped: paused.pause(at("2026-11-24 08:00"), "", calendar=CALENDAR),
        lambda running, paused, stopped: stopped.pause(at("2026-11-24 08:00"), "", calendar=CALENDAR),
        lambda running, paused, stopped: stopped.stop(at("2026-11-24 08:00"), calendar=CALENDAR),
    ],
    ids=["resume a running one", "pause a paused one", "pause a stopped one", "stop a stopped one"],
)
def test_moves_that_make_no_sense_are_refused(move):
    clock = _clock()
    when = at("2026-11-20 17:00")
    with pytest.raises(ClockMoveRefused):
        move(clock, clock.pause(when, "", calendar=CALENDAR), clock.stop(when, calendar=CALENDAR))


def test_a_move_cannot_lie_before_the_last_one():
    with pytest.raises(InstantInvalid):
        _clock().pause(at("2026-11-20 16:44:59"), "", calendar=CALENDAR)


def test_the_explanation_of_a_resumed_limit_says_so():
    resumed = _pause_and_resume(_clock(cite="QĐ 2830 Điều 6 khoản 3"), "2026-11-20 17:00", "2026-11-23 16:00")
    assert sentence_en(resumed.due) == (
        "1wh45 left, counted from Mon 23/11/2026 16:00 → Wed 25/11/2026 07:45: 90 min Mon 23/11, 15 min Wed 25/11; "
        "off Tue 24/11 (Vietnam Cultural Day); QĐ 2830 Điều 6 khoản 3"
    )
