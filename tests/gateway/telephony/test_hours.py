"""Opening hours of the hotline, day by day."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from channels.call_center.opening import Hours, Stretch
from core.clock.calendar import Day, DayKind
from core.clock.shifts import Shift
from gateway.telephony.hours import open_at

MONDAY, SATURDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 28), date(2026, 11, 29)
MORNING = Shift(8 * 3600, 12 * 3600)
OWN = Hours(kind="own", weekdays=Stretch(begin=420, end=1320), saturdays=Stretch(begin=480, end=720))


@pytest.mark.parametrize(
    ("hours", "day", "stretches"),
    [
        (Hours(), Day(MONDAY, DayKind.WORKING, (MORNING,)), ((8 * 3600, 12 * 3600),)),
        (Hours(), Day(SUNDAY, DayKind.WEEKEND), ()),
        (Hours(kind="always"), Day(SUNDAY, DayKind.WEEKEND), ((0, 86_400),)),
        (OWN, Day(MONDAY, DayKind.WORKING, (MORNING,)), ((7 * 3600, 22 * 3600),)),
        (OWN, Day(MONDAY, DayKind.HOLIDAY), ()),
        (OWN, Day(SATURDAY, DayKind.WEEKEND), ((8 * 3600, 12 * 3600),)),
        (OWN, Day(SATURDAY, DayKind.SWAPPED_IN, (MORNING,)), ((7 * 3600, 22 * 3600),)),
        (OWN, Day(SUNDAY, DayKind.WEEKEND), ()),
    ],
)
def test_when_it_is_open(hours: Hours, day: Day, stretches: tuple[tuple[int, int], ...]) -> None:
    assert open_at(hours, day) == stretches


def test_no_stretch_ends_before_it_begins() -> None:
    with pytest.raises(ValidationError):
        Stretch(begin=600, end=600)
