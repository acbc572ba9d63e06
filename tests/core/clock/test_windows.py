"""Limits by time of day of arrival: the ends of the windows, the second before and the second after."""

from __future__ import annotations

import pytest

from core.clock import DayWindow, NotationInvalid, Windows, due, limit_en, load_calendar, parse
from tests.core.clock.support import at, quang_binh

CALENDAR = load_calendar()
DAY = {"from": "06:00", "through": "22:00", "allow": "1h"}
NIGHT = {"after": "22:00", "before": "06:00", "allow": "before 07:00"}


@pytest.mark.rule("U-5", "U-9", "A-QB-5", "QB-IV.1.1b.d", "QB-IV.1.1b.n", "QB-IV.1.1b.k", "A-QB-8")
@pytest.mark.parametrize(
    ("variant", "arrival", "expected"),
    [
        (None, "2026-11-20 05:59:59", "before Fri 20/11/2026 07:00"),
        (None, "2026-11-20 06:00:00", "Fri 20/11/2026 07:00"),
        (None, "2026-11-20 06:00:01", "Fri 20/11/2026 07:00:01"),
        (None, "2026-11-20 21:59:59", "Fri 20/11/2026 22:59:59"),
        (None, "2026-11-20 22:00:00", "Fri 20/11/2026 23:00"),
        (None, "2026-11-20 22:00:00.000001", "before Sat 21/11/2026 07:00"),
        (None, "2026-11-20 22:00:01", "before Sat 21/11/2026 07:00"),
        (None, "2026-11-20 23:59:59", "before Sat 21/11/2026 07:00"),
        (None, "2026-11-21 00:00:00", "before Sat 21/11/2026 07:00"),
        ("board", "2026-11-20 05:59:59", "before Fri 20/11/2026 07:30"),
        ("board", "2026-11-20 06:00:00", "Fri 20/11/2026 07:30"),
        ("board", "2026-11-20 22:00:00", "Fri 20/11/2026 23:30"),
        ("board", "2026-11-20 22:00:01", "before Sat 21/11/2026 07:30"),
        ("emergency", "2026-11-20 22:00:01", "Fri 20/11/2026 22:10:01"),
        ("emergency", "2026-11-20 23:55:00", "Sat 21/11/2026 00:05"),
    ],
)
def test_every_second_belongs_to_the_right_window(variant, arrival, expected):
    assert limit_en(due(at(arrival), quang_binh(), CALENDAR, variant=variant)) == expected


@pytest.mark.rule("A-QB-5")
def test_at_07_00_00_the_day_report_is_in_time_and_the_night_report_late():
    day, night = (due(at(f"2026-11-20 {time}"), quang_binh(), CALENDAR) for time in ("06:00:00", "05:59:59"))
    assert day.at == night.at == at("2026-11-20 07:00")
    assert not day.is_late(at("2026-11-20 07:00:00"))
    assert night.is_late(at("2026-11-20 07:00:00"))
    assert day.is_late(at("2026-11-20 07:00:01"))


@pytest.mark.parametrize(
    "windows",
    [
        [DAY],
        [DAY, {**NIGHT, "before": "05:59"}],
        [DAY, {"from": "22:00", "before": "06:00", "allow": "1h"}],
        [DAY, {"after": "22:00", "through": "06:00", "allow": "1h"}],
        [{**DAY, "from": 360}, NIGHT],
        [{**DAY, "after": "06:00"}, NIGHT],
        [{"from": "06:00", "through": "22:00"}, NIGHT],
        [{**DAY, "note": "x"}, NIGHT],
        [{"from": "06:00", "allow": "1h"}, NIGHT],
        [],
        {"from": "06:00"},
        ["1h"],
    ],
    ids=[
        "night without a window",
        "a minute without a window",
        "22:00 in both",
        "06:00 in both",
        "time not text",
        "two starts",
        "no limit",
        "unknown word",
        "no end",
        "empty",
        "not a list",
        "not mappings",
    ],
)
def test_gaps_overlaps_and_slips_are_found_when_the_data_is_read(windows):
    with pytest.raises(NotationInvalid):
        parse({"windows": windows})


def test_windows_read_back_what_they_wrote():
    assert parse(quang_binh().to_data()) == quang_binh()
    assert isinstance(quang_binh().of, Windows)


def test_the_explanation_names_the_windows_and_the_limit_chosen():
    why = due(at("2026-11-20 23:30"), quang_binh(), CALENDAR, variant="board").explanation
    assert why.allowance == "win [06:00–22:00] 1h, (22:00–06:00) before 07:00"
    assert (why.variant, why.counted) == ("board", "before 07:30")


@pytest.mark.parametrize(
    ("instant", "inside"),
    [("20:59:59", False), ("21:00:00", True), ("00:00:00", True), ("06:59:59", True), ("07:00:00", False)],
)
def test_a_window_alone_answers_for_quiet_hours(instant, inside):
    quiet = DayWindow.parse({"from": "21:00", "before": "07:00"})
    assert (at(f"2026-11-20 {instant}") in quiet) is inside


def test_windows_may_divide_the_day_at_midnight_and_hold_any_kind_of_limit():
    allowance = parse(
        {
            "windows": [
                {"from": "00:00", "before": "12:00", "allow": "4wh"},
                {"from": "12:00", "before": "24:00", "allow": "1wd"},
            ]
        }
    )
    assert limit_en(due(at("2026-11-20 00:00"), allowance, CALENDAR)) == "Fri 20/11/2026 11:30"
    assert limit_en(due(at("2026-11-20 12:00"), allowance, CALENDAR)) == "Mon 23/11/2026 17:30"
