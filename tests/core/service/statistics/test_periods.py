"""What a period covers, by its name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import VIETNAM
from core.service.statistics import PeriodUnknown, read_period, usual_periods

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
PRESENT = NOW + timedelta(microseconds=1)


def day(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=VIETNAM)


@pytest.mark.rule("VN-9")
@pytest.mark.parametrize(
    ("name", "first", "end"),
    [
        ("thang:2026-11", "2026-10-15", "2026-11-15"),
        ("thang:2026-01", "2025-12-15", "2026-01-15"),
        ("quy:2026-1", "2025-12-15", "2026-03-15"),
        ("6thang:2026-2", "2026-06-15", "2026-12-15"),
        ("nam:2026", "2025-12-15", "2026-12-15"),
        ("tuan:2026-11-18", "2026-11-16", "2026-11-23"),
        ("2026-10-01..2026-10-31", "2026-10-01", "2026-11-01"),
    ],
)
def test_a_period_covers_what_the_decree_says(name: str, first: str, end: str) -> None:
    """Closed on the 14th of its last month (NĐ 09/2019 Điều 12), begun on the 15th; both in Vietnamese time."""
    period = read_period(name, now=NOW)

    assert (period.first, period.end) == (day(first), day(end))
    assert period.until == PRESENT


def test_a_province_may_close_on_another_day_and_look_back() -> None:
    """…and nobody looks into the future."""
    period = read_period("thang:2026-11", now=NOW, as_of=day("2026-11-16"), closing_day=20)

    assert (period.first, period.end, period.until) == (day("2026-10-21"), day("2026-11-21"), day("2026-11-16"))
    assert read_period("nam:2026", now=NOW, as_of=day("2027-01-01")).until == PRESENT


@pytest.mark.parametrize(
    "name",
    ["", "thang:2026", "thang:2026-13", "quy:2026-5", "nam:2026-1", "2026-10-31..2026-10-01", "2020-01-01..2026-01-01",
     "tuan:2026-02-30", "thang:2026-11 OR 1=1"],
)  # fmt: skip
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(PeriodUnknown):
        read_period(name, now=NOW)


def test_every_period_that_is_offered_can_be_read() -> None:
    """The running month of the report first."""
    offered = usual_periods(NOW)

    assert offered[0] == ("thang:2026-12", "Tháng 12/2026")
    assert all(read_period(name, now=NOW).first < NOW for name, _ in offered)
