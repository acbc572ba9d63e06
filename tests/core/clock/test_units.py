"""The notation: what can be written, what it means, and what is refused with a reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.clock import (
    Allowance,
    BeforeDay,
    BeforeTime,
    CalendarDays,
    ClockTime,
    DayCount,
    DayEnd,
    InstantInvalid,
    NotationInvalid,
    PromisedDate,
    WorkingDays,
    WorkingTime,
    due,
    limit_en,
    load_calendar,
    parse,
)
from tests.core.clock.support import at

CALENDAR = load_calendar()


@pytest.mark.rule("U-1", "U-2", "U-3", "U-4", "U-6", "U-9")
@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("10min", ClockTime(timedelta(minutes=10))),
        ("1h", ClockTime(timedelta(hours=1))),
        ("1h30", ClockTime(timedelta(minutes=90))),
        ("24h", ClockTime(timedelta(hours=24))),
        ("45s", ClockTime(timedelta(seconds=45))),
        ("2wh", WorkingTime(timedelta(hours=2))),
        ("30wmin", WorkingTime(timedelta(minutes=30))),
        ("2wh05", WorkingTime(timedelta(minutes=125))),
        ("0.5ws", WorkingTime(timedelta(milliseconds=500))),
        ("6wd", WorkingDays(6)),
        ("1d", CalendarDays(1)),
        ("before 07:00", BeforeTime(7 * 3600)),
        ("before 18", BeforeDay(18)),
        ("date", PromisedDate()),
    ],
)
def test_each_kind_of_limit_has_one_notation(text, term):
    assert parse(text) == Allowance(term)
    assert parse(str(term)) == Allowance(term)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "2",
        "2 wh",
        "-1h",
        "0wh",
        "0d",
        "1.5h",
        "1wd30",
        "1h60",
        "win",
        "before",
        "before 0",
        "before 29",
        "before 7:00",
        "before 24:00",
        "before 25:00",
        "tomorrow",
        None,
        1320,
        {"of": "1h", "windows": []},
        {"wd_end": "midnight"},
        {"of": "6wd", "wd_end": "noon"},
        {"of": "6wd", "typo": 1},
        {"of": "6wd", "variants": ["2wd"]},
        {"of": "6wd", "variants": {"longer": "+2wh"}},
        {"of": "before 23:50", "variants": {"longer": "+30min"}},
    ],
    ids=str,
)
def test_what_cannot_be_read_is_refused(data):
    with pytest.raises(NotationInvalid):
        parse(data)


@pytest.mark.parametrize(
    "data",
    [
        "2wh",
        {"of": "6wd", "wd_end": "midnight"},
        {"of": "6wd", "day_count": "elapsed"},
        {"of": "1d", "day_off": "keep", "variants": {"field_check": "2d", "far": "+3d", "urgent": {"of": "4wh"}}},
        {"of": "1wd", "wd_end": "midnight", "variants": {"plain": {"of": "2wd"}}},
    ],
    ids=str,
)
def test_an_allowance_reads_back_what_it_wrote(data):
    allowance = parse(data)
    assert parse(allowance.to_data()) == allowance


def test_a_variant_is_chosen_by_name_and_an_unknown_one_refused():
    escalate = parse({"of": "1wd", "variants": {"field_check": "2wd"}})
    assert escalate.variant(None) is escalate
    assert escalate.variant("field_check").of == WorkingDays(2)
    with pytest.raises(NotationInvalid, match="field_check"):
        escalate.variant("storm")


@pytest.mark.rule("U-3", "A-0")
@pytest.mark.parametrize(
    ("data", "start", "expected"),
    [
        ("1wd", "2026-11-20 10:00", "Mon 23/11/2026 17:30"),
        ({"of": "1wd", "wd_end": "midnight"}, "2026-11-20 10:00", "Mon 23/11/2026 24:00"),
        ({"of": "1wd", "day_count": "elapsed"}, "2026-11-20 10:00", "Mon 23/11/2026 10:00"),
        ({"of": "6wd", "day_count": "elapsed"}, "2026-11-20 10:00", "Tue 01/12/2026 10:00"),
        ({"of": "1wd", "day_count": "elapsed"}, "2026-02-18 10:00", "Mon 23/02/2026 17:30"),
        ({"of": "1d", "day_count": "elapsed"}, "2026-11-20 10:00", "Sat 21/11/2026 10:00"),
    ],
)
def test_readings_of_a_working_day(data, start, expected):
    assert limit_en(due(at(start), data, CALENDAR)) == expected
    assert parse(data).options.wd_end in DayEnd
    assert parse(data).options.day_count in DayCount


@pytest.mark.rule("U-4", "A-LS-3")
@pytest.mark.parametrize(
    ("data", "start", "expected"),
    [
        ("1d", "2026-11-20 10:00", "Mon 23/11/2026 24:00"),
        ("24h", "2026-11-20 10:00", "Sat 21/11/2026 10:00"),
        ({"of": "1d", "day_off": "keep"}, "2026-11-20 10:00", "Sat 21/11/2026 24:00"),
        ("1d", "2026-08-21 10:00", "Sat 22/08/2026 24:00"),  # the Saturday is worked
        ("1d", "2026-11-23 00:00", "Wed 25/11/2026 24:00"),  # the 24th is a holiday
    ],
)
def test_readings_of_a_calendar_day(data, start, expected):
    assert limit_en(due(at(start), data, CALENDAR)) == expected


@pytest.mark.rule("U-3", "U-4")
def test_24_00_itself_is_in_time_and_a_second_later_is_not():
    limit = due(at("2026-11-20 10:00"), "1d", CALENDAR)
    assert limit.at == at("2026-11-24 00:00")
    assert limit.good_until == date(2026, 11, 23)
    assert not limit.is_late(at("2026-11-24 00:00"))
    assert limit.is_late(at("2026-11-24 00:00:01"))


@pytest.mark.rule("U-1")
def test_clock_hours_run_through_nights_and_holidays_even_beyond_the_calendar():
    limit = due(at("2029-12-31 23:30"), "1h", CALENDAR)
    assert limit.at == at("2030-01-01 00:30")
    assert not limit.is_late(at("2030-01-01 00:30"))
    assert limit.is_late(at("2030-01-01 00:30:01"))


@pytest.mark.rule("U-9")
@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-20 06:59:59", "before Fri 20/11/2026 07:00"),
        ("2026-11-20 07:00:00", "before Sat 21/11/2026 07:00"),
        ("2026-11-20 22:00:01", "before Sat 21/11/2026 07:00"),
    ],
)
def test_before_a_time_of_day_is_the_next_one_and_late_at_that_very_second(start, expected):
    limit = due(at(start), "before 07:00", CALENDAR)
    assert limit_en(limit) == expected
    assert not limit.is_late(limit.at - timedelta(seconds=1))
    assert limit.is_late(limit.at)
    assert limit.late_from == limit.at


@pytest.mark.rule("U-6")
@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-12-01 08:00", "before Fri 18/12/2026 (last good day Thu 17/12)"),
        ("2026-12-17 23:59", "before Fri 18/12/2026 (last good day Thu 17/12)"),
        ("2026-12-18 00:00", "before Tue 19/01/2027 (last good day Mon 18/01)"),  # 17/01/2027 is a Sunday
    ],
)
def test_before_the_18th_leaves_the_17th_as_the_last_good_day(start, expected):
    limit = due(at(start), "before 18", CALENDAR)
    assert limit_en(limit) == expected
    assert not limit.is_late(limit.at - timedelta(seconds=1))
    assert limit.is_late(limit.at)


@pytest.mark.rule("U-6", "A-TG-11")
def test_a_last_good_day_inside_tet_moves_to_the_next_working_day():
    limit = due(at("2026-02-15 00:00"), "before 18", CALENDAR)
    assert limit.last_day == date(2026, 2, 17)
    assert limit.good_until == date(2026, 2, 23)
    assert not limit.is_late(at("2026-02-23 23:59:59"))
    assert limit.is_late(at("2026-02-24 00:00"))


@pytest.mark.rule("A-QB-6", "DL-II.2.2c")
def test_a_promised_date_is_kept_to_its_end_even_on_a_day_off():
    limit = due(at("2026-11-20 10:00"), "date", CALENDAR, promised=date(2026, 11, 28))
    assert limit_en(limit) == "Sat 28/11/2026 24:00"
    assert not limit.is_late(at("2026-11-29 00:00"))
    assert limit.is_late(at("2026-11-29 00:00:01"))
    moved = due(at("2026-11-20 10:00"), {"of": "date", "day_off": "extend"}, CALENDAR, promised=date(2026, 11, 28))
    assert limit_en(moved) == "Mon 30/11/2026 24:00"


def test_a_promise_must_be_given_and_lie_ahead():
    with pytest.raises(NotationInvalid):
        due(at("2026-11-20 10:00"), "date", CALENDAR)
    with pytest.raises(InstantInvalid):
        due(at("2026-11-20 10:00"), "date", CALENDAR, promised=date(2026, 11, 19))
    today = due(at("2026-11-20 10:00"), "date", CALENDAR, promised=date(2026, 11, 20))
    assert limit_en(today) == "Fri 20/11/2026 24:00"


@pytest.mark.rule("U-10")
def test_a_time_without_a_zone_is_refused():
    with pytest.raises(InstantInvalid, match="zone"):
        due(at("2026-11-20 10:00").replace(tzinfo=None), "1h", CALENDAR)
