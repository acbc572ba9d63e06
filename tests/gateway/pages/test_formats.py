"""Dates, spans and numbers as Vietnamese readers expect them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.pages import formats

NOW = datetime(2026, 11, 20, 9, 45, tzinfo=UTC)


@pytest.mark.rule("U-10")
def test_instants_stand_on_a_vietnamese_clock() -> None:
    """UTC+7, day first; late at night in UTC it is the next day already."""
    assert formats.local_time(NOW) == "20/11/2026 16:45"
    assert formats.local_time(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)) == "01/01/2027 00:00"
    assert formats.local_date(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)) == "01/01/2027"
    assert formats.local_date(date(2026, 9, 2)) == "02/09/2026"
    assert formats.local_clock(NOW) == "16:45"
    assert formats.iso(NOW) == "2026-11-20T16:45:00+07:00"


@pytest.mark.parametrize(
    ("left", "text"),
    [
        (timedelta(minutes=25), "còn 25 phút"),
        (timedelta(seconds=30), "còn dưới 1 phút"),
        (timedelta(hours=2, minutes=5), "còn 2 giờ 5 phút"),
        (timedelta(hours=7, minutes=59), "còn 7 giờ"),
        (timedelta(days=1, hours=3), "còn 1 ngày 3 giờ"),
        (timedelta(days=10, hours=3), "còn 10 ngày"),
        (timedelta(0), "đến hạn"),
        (-timedelta(seconds=59), "đến hạn"),
        (-timedelta(minutes=1), "quá hạn 1 phút"),
        (-timedelta(hours=2), "quá hạn 2 giờ"),
        (-timedelta(days=5), "quá hạn 5 ngày"),
    ],
)
def test_distance_to_a_due_time(left: timedelta, text: str) -> None:
    """Rounded down: never more time than there is."""
    assert formats.due_text(NOW + left, NOW) == text


@pytest.mark.parametrize(
    ("left", "state"),
    [(61, "ok"), (60, "soon"), (1, "soon"), (0, "overdue"), (-1, "overdue")],
)
def test_the_colour_of_a_due_time(left: int, state: str) -> None:
    """An hour before it is amber, from then on red."""
    assert formats.due_state(NOW + timedelta(minutes=left), NOW) == state


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=-5), "vừa xong"),
        (timedelta(seconds=59), "vừa xong"),
        (timedelta(minutes=5), "5 phút trước"),
        (timedelta(hours=3, minutes=50), "3 giờ trước"),
        (timedelta(days=2), "2 ngày trước"),
    ],
)
def test_how_long_since(passed: timedelta, text: str) -> None:
    """One unit is enough."""
    assert formats.ago(NOW - passed, NOW) == text


def test_numbers() -> None:
    """Points between thousands, a comma before decimals."""
    assert formats.number(1234567) == "1.234.567"
    assert formats.number(1234.56, 1) == "1.234,6"
    assert formats.percent(0.945) == "94,5%"


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 byte"), (900, "900 byte"), (1536, "1,5 KB"), (1258291, "1,2 MB"), (36700160, "35 MB")],
)
def test_sizes(size: int, text: str) -> None:
    """In units of 1024, one decimal for small figures."""
    assert formats.file_size(size) == text
