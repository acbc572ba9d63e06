"""The shipped calendars, the data they come from, and what is refused."""

from __future__ import annotations

import copy
from datetime import date

import pytest

from core.clock import (
    AlarmReason,
    CalendarExhausted,
    CalendarInvalid,
    DayKind,
    calendar_from_data,
    calendar_from_file,
    calendar_to_data,
    due,
    load_calendar,
)
from core.clock.calendar_data import DATA, read_yaml
from core.clock.seed import seed_calendar
from tests.core.clock.support import at

VIETNAM_CALENDAR = load_calendar()
HUE = load_calendar("thua_thien_hue")
SMALL = {
    "id": "small",
    "covers": {"from": "2026-11-01", "to": "2026-11-30"},
    "shifts": [{"from": "2026-11-01", "to": "2026-11-30", "hours": ["07:30-11:30", "13:30-17:30"]}],
}


@pytest.mark.rule("U-7")
def test_the_shipped_file_is_the_seed_with_our_corrections():
    assert read_yaml(DATA / "vietnam.yaml") == seed_calendar()


@pytest.mark.rule("U-7")
@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2025-05-02", DayKind.SUBSTITUTE),
        ("2025-04-26", DayKind.SWAPPED_IN),
        ("2026-01-01", DayKind.HOLIDAY),
        ("2026-01-02", DayKind.SUBSTITUTE),
        ("2026-01-10", DayKind.SWAPPED_IN),
        ("2026-01-17", DayKind.WEEKEND),
        ("2026-02-13", DayKind.WORKING),
        ("2026-02-16", DayKind.HOLIDAY),
        ("2026-02-20", DayKind.HOLIDAY),
        ("2026-02-23", DayKind.WORKING),
        ("2026-04-26", DayKind.HOLIDAY),
        ("2026-04-27", DayKind.SUBSTITUTE),
        ("2026-08-22", DayKind.SWAPPED_IN),
        ("2026-08-31", DayKind.SUBSTITUTE),
        ("2026-09-01", DayKind.HOLIDAY),
        ("2026-09-02", DayKind.HOLIDAY),
        ("2026-11-24", DayKind.HOLIDAY),
    ],
)
def test_the_days_the_regulations_name(day, kind):
    assert VIETNAM_CALENDAR.day(date.fromisoformat(day)).kind is kind


@pytest.mark.rule("U-7")
def test_every_swap_has_both_its_days():
    swaps = {entry.on: entry.exchanged_with for entry in VIETNAM_CALENDAR.entries if entry.exchanged_with}
    assert {swaps[other] for other in swaps.values()} == set(swaps)
    assert len(swaps) == 6


@pytest.mark.rule("U-8")
@pytest.mark.parametrize(
    ("day", "afternoon"),
    [
        ("2026-03-31", "13:00-17:00"),
        ("2026-04-01", "13:30-17:30"),
        ("2026-09-30", "13:30-17:30"),
        ("2026-10-01", "13:00-17:00"),
    ],
)
def test_hue_changes_its_hours_with_the_season(day, afternoon):
    assert [str(shift) for shift in HUE.day(date.fromisoformat(day)).shifts] == ["07:30-11:30", afternoon]


@pytest.mark.rule("U-8")
def test_a_limit_across_the_change_of_season_uses_the_hours_of_each_day():
    assert due(at("2026-09-30 16:30"), "6wh", HUE).at == at("2026-10-01 14:00")
    assert due(at("2026-03-31 16:30"), "1wd", HUE).at == at("2026-04-01 17:30")
    assert due(at("2026-09-30 16:30"), "1wd", HUE).at == at("2026-10-01 17:00")


@pytest.mark.rule("U-7")
def test_hue_takes_the_holidays_of_the_nation():
    assert [e for e in VIETNAM_CALENDAR.entries if e.on.year >= 2026] == list(HUE.entries)


@pytest.mark.parametrize(
    ("start", "allowance"),
    [
        ("2027-12-31 17:29", "2wh"),
        ("2027-12-31 10:00", "1wd"),
        ("2027-12-31 10:00", "1d"),
        ("2024-12-31 10:00", "1wh"),
        ("2024-12-31 10:00", "1wd"),
    ],
)
def test_beyond_its_data_the_calendar_says_so_and_never_guesses(start, allowance):
    with pytest.raises(CalendarExhausted):
        due(at(start), allowance, VIETNAM_CALENDAR)


def test_up_to_the_last_second_of_its_data_it_answers():
    assert due(at("2027-12-31 15:30"), "2wh", VIETNAM_CALENDAR).at == at("2027-12-31 17:30")
    assert due(at("2027-12-30 10:00"), "1d", VIETNAM_CALENDAR).at == at("2028-01-01 00:00")


def test_the_alarm_comes_three_months_before_the_data_ends():
    runs_out = [AlarmReason.RUNS_OUT]
    assert VIETNAM_CALENDAR.exhausts_on() == date(2027, 12, 31)
    assert not [a for a in VIETNAM_CALENDAR.alarms(date(2027, 9, 29)) if a.reason in runs_out]
    (alarm,) = [a for a in VIETNAM_CALENDAR.alarms(date(2027, 9, 30)) if a.reason in runs_out]
    assert (alarm.calendar, alarm.last, alarm.days_left) == ("vietnam", date(2027, 12, 31), 92)
    assert VIETNAM_CALENDAR.alarms(date(2026, 9, 29)) == ()
    assert VIETNAM_CALENDAR.alarms(date(2026, 9, 30))[0].reason is AlarmReason.PROVISIONAL
    assert VIETNAM_CALENDAR.alarms(date(2026, 8, 1), months=6)


@pytest.mark.parametrize("calendar", [VIETNAM_CALENDAR, HUE], ids=lambda calendar: calendar.id)
def test_a_calendar_reads_back_what_it_wrote(calendar):
    assert calendar_from_data(calendar_to_data(calendar)) == calendar


def test_a_worked_saturday_may_have_its_own_hours_and_a_weekday_its_own_rule():
    saturday = {"date": "2026-11-07", "kind": "swapped_in", "hours": ["07:00-11:00"]}
    friday = {"from": "2026-11-01", "to": "2026-11-30", "weekdays": ["fri"], "hours": ["08:00-12:00"]}
    calendar = calendar_from_data({**SMALL, "shifts": [*SMALL["shifts"], friday], "days": [saturday]})
    assert [str(shift) for shift in calendar.day(date(2026, 11, 7)).shifts] == ["07:00-11:00"]
    assert [str(shift) for shift in calendar.day(date(2026, 11, 6)).shifts] == ["08:00-12:00"]
    assert len(calendar.day(date(2026, 11, 5)).shifts) == 2
    assert due(at("2026-11-06 11:00"), "2wh", calendar).at == at("2026-11-07 08:00")


def _broken(**changes):
    return {**copy.deepcopy(SMALL), **changes}


def _with_shift(**changes):
    return _broken(shifts=[{**SMALL["shifts"][0], **changes}])


def _with_day(**day):
    return _broken(days=[{"date": "2026-11-24", "kind": "holiday", **day}])


@pytest.mark.parametrize(
    "data",
    [
        _broken(typo=1),
        {key: value for key, value in SMALL.items() if key != "id"},
        _broken(covers={"from": "2026-11-30", "to": "2026-11-01"}),
        _broken(covers={"from": "2026-11-01", "to": "2026-12-31"}),
        _broken(covers={"from": "soon", "to": "2026-12-31"}),
        _broken(weekdays=["monday"]),
        _broken(weekdays="mon"),
        _broken(extends="vietnam", covers={"from": "2026-01-01", "to": "2028-01-31"}),
        _broken(extends="atlantis"),
        _broken(in_force_from="2026-11-01T00:00:00"),
        _broken(in_force_from="soon"),
        _with_shift(hours=[]),
        _with_shift(hours=["07:30"]),
        _with_shift(hours=[450]),
        _with_shift(hours=["11:30-07:30"]),
        _with_shift(hours=["07:30-24:30"]),
        _with_shift(hours=["07:30-11:30", "11:00-17:30"]),
        _with_shift(season="summer"),
        _with_shift(season="02-30..03-31"),
        _with_shift(to="2026-10-01"),
        _with_day(kind="party"),
        _with_day(kind="swapped_in"),
        _with_day(date="2026-12-01"),
        _with_day(date=None),
        _broken(days=[{"date": "2026-11-24", "kind": "holiday"}] * 2),
        _broken(days=["2026-11-24"]),
    ],
)
def test_data_that_contradicts_itself_is_refused(data):
    with pytest.raises(CalendarInvalid):
        calendar_from_data(data)


def test_a_bad_file_is_named(tmp_path):
    path = tmp_path / "tinh.yaml"
    path.write_text("id: tinh\nshifts: [", encoding="utf-8")
    with pytest.raises(CalendarInvalid, match=r"tinh\.yaml"):
        calendar_from_file(path)
    with pytest.raises(CalendarInvalid, match=r"none\.yaml"):
        calendar_from_file(tmp_path / "none.yaml")


def test_times_in_a_file_stay_text_without_quotes(tmp_path):
    path = tmp_path / "tinh.yaml"
    path.write_text(
        "id: tinh\ncovers: {from: 2026-11-01, to: 2026-11-30}\n"
        "shifts:\n  - {from: 2026-11-01, to: 2026-11-30, hours: [07:30-11:30, 22:00-24:00]}\n",
        encoding="utf-8",
    )
    shifts = calendar_from_file(path).day(date(2026, 11, 2)).shifts
    assert [str(shift) for shift in shifts] == ["07:30-11:30", "22:00-24:00"]
