"""Periodic reports: the period, the last good day, the reminder; February 2026 lies in Tết."""

from __future__ import annotations

from datetime import date

import pytest

from core.clock import NotationInvalid, ReportSchedule, load_calendar
from tests.core.clock.support import at

CALENDAR = load_calendar()


def _year_2026(**data):
    return list(ReportSchedule.parse(data).of_year(2026, CALENDAR, rule="TG-13.4"))


@pytest.mark.rule("TG-13.4", "U-6", "A-TG-11")
def test_the_monthly_reports_of_2026_before_the_18th():
    reports = _year_2026(every="month", before=18)
    assert [f"{report.due.good_until:%d/%m}" for report in reports] == [
        *("19/01", "23/02", "17/03", "17/04", "18/05", "17/06"),
        *("17/07", "17/08", "17/09", "19/10", "17/11", "17/12"),
    ]


@pytest.mark.rule("TG-12.5", "U-6", "A-TG-11")
def test_the_monthly_reports_of_2026_before_the_20th():
    reports = _year_2026(every="month", before=20)
    assert [f"{report.due.good_until:%d/%m}" for report in reports] == [
        *("19/01", "23/02", "19/03", "20/04", "19/05", "19/06"),
        *("20/07", "19/08", "21/09", "19/10", "19/11", "21/12"),
    ]


@pytest.mark.rule("A-TG-11", "VN-9")
@pytest.mark.parametrize("before", [18, 20])
def test_february_2026_reminds_before_tet_and_is_late_only_after_the_23rd(before):
    february = _year_2026(every="month", before=before)[1]
    assert (february.first, february.last) == (date(2026, 1, 15), date(2026, 2, 14))
    assert february.remind_on == date(2026, 2, 13)
    assert not february.due.is_late(at("2026-02-23 23:59:59"))
    assert february.due.is_late(at("2026-02-24 00:00:00"))
    assert february.working_days == 1


@pytest.mark.rule("VN-9")
@pytest.mark.parametrize(
    ("every", "periods"),
    [
        ("quarter", ["15/12–14/03", "15/03–14/06", "15/06–14/09", "15/09–14/12"]),
        ("half_year", ["15/12–14/06", "15/06–14/12"]),
        ("year", ["15/12–14/12"]),
    ],
)
def test_periods_close_on_the_14th_of_their_last_month(every, periods):
    reports = _year_2026(every=every, before=18)
    assert [f"{report.first:%d/%m}–{report.last:%d/%m}" for report in reports] == periods
    assert reports[-1].due.good_until == date(2026, 12, 17)
    assert reports[-1].due.explanation.rule == "TG-13.4"


@pytest.mark.rule("DL-II.2.3a.w", "A-DL-8")
def test_weekly_reports_cover_monday_to_sunday_and_move_off_a_holiday():
    reports = _year_2026(every="week", weekday="mon", at="09:00")
    first = reports[0]
    assert (first.first, first.last, first.due.at) == (date(2025, 12, 29), date(2026, 1, 4), at("2026-01-05 09:00"))
    tet = next(report for report in reports if report.last == date(2026, 2, 15))
    assert tet.due.at == at("2026-02-23 09:00")
    assert not tet.due.is_late(at("2026-02-23 09:00:00"))
    assert tet.due.is_late(at("2026-02-23 09:00:01"))
    assert len(reports) == 52


@pytest.mark.parametrize(
    "data",
    [
        {"every": "month"},
        {"every": "fortnight", "before": 18},
        {"every": "week", "before": 18},
        {"every": "month", "before": 10},
        {"every": "month", "before": 30},
        {"every": "week", "weekday": "monday"},
        {"every": "week", "at": 540},
        {"every": "week", "at": "24:00"},
        {"every": "month", "before": 18, "typo": 1},
        {"before": 18},
    ],
    ids=str,
)
def test_what_cannot_be_read_is_refused(data):
    with pytest.raises(NotationInvalid):
        ReportSchedule.parse(data)


@pytest.mark.parametrize(
    "data", [{"every": "quarter", "before": 18, "closing_day": 14}, {"every": "week", "weekday": "fri", "at": "16:30"}]
)
def test_a_schedule_reads_back_what_it_wrote(data):
    assert ReportSchedule.parse(data).to_data() == data
