"""
Every worked example of the regulations, each at its limit and one second later.

24:00 of a day is 00:00 of the next; "before" marks the limits that are late at the written time itself.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import Due, due, limit_en, load_calendar
from tests.core.clock.support import at, quang_binh

SECOND = timedelta(seconds=1)

# id · allowance · variant · start · due, 24:00 written as such
EXAMPLES = [
    ("TG-6.3", "2wh", None, "2026-11-20 16:45", "Mon 23/11/2026 08:45"),
    ("TG-6.3", "2wh", None, "2026-11-23 17:40", "Wed 25/11/2026 09:30"),
    ("TG-6.3", "2wh", None, "2026-11-25 11:00", "Wed 25/11/2026 15:00"),
    ("TG-6.3", "2wh", None, "2026-08-22 08:00", "Sat 22/08/2026 10:00"),
    ("TG-6.3", "2wh", None, "2026-01-10 09:00", "Sat 10/01/2026 11:00"),
    ("TG-6.3", "2wh", None, "2026-01-02 09:00", "Mon 05/01/2026 09:30"),
    ("TG-7.3", "6wd", None, "2026-08-27 10:00", "Wed 09/09/2026 17:30"),
    ("TG-7.3", "6wd", None, "2026-02-12 10:00", "Fri 27/02/2026 17:30"),
    ("TG-8.3", "1wd", None, "2026-11-20 23:00", "Mon 23/11/2026 17:30"),
    ("TG-9.3", "1wh", None, "2026-02-13 17:00", "Mon 23/02/2026 08:00"),
    ("LS-7.3b", "1d", None, "2026-11-20 10:00", "Mon 23/11/2026 24:00"),
    ("QB-IV.1.1a.x3", "2d", None, "2026-11-19 15:00", "Mon 23/11/2026 24:00"),
    ("QB-IV.1.2b", "5wd", None, "2026-11-18 14:00", "Thu 26/11/2026 17:30"),
    ("QB-IV.1.2b", "1wh", None, "2026-11-20 22:30", "Mon 23/11/2026 08:30"),
    ("QB-IV.1.1b", "win", None, "2026-11-20 22:00:00", "Fri 20/11/2026 23:00"),
    ("QB-IV.1.1b", "win", None, "2026-11-20 22:00:01", "before Sat 21/11/2026 07:00"),
    ("QB-IV.1.1b", "win", None, "2026-11-21 03:10", "before Sat 21/11/2026 07:00"),
    ("QB-IV.1.1b", "win", "board", "2026-11-20 21:30", "Fri 20/11/2026 23:00"),
    ("QB-IV.1.1b", "win", "board", "2026-11-20 23:30", "before Sat 21/11/2026 07:30"),
    ("QB-IV.1.1b", "win", "emergency", "2026-11-22 02:00", "Sun 22/11/2026 02:10"),
    ("DL-II.1t", "4wh", None, "2026-11-23 15:30", "Wed 25/11/2026 09:30"),
    ("DL-II.2.2b", "3wd", None, "2026-11-23 10:00", "Fri 27/11/2026 17:30"),
]
_ROWS = [
    pytest.param(*row[1:], id=f"{row[0]} {row[1]}{' ' + row[2] if row[2] else ''} from {row[3]}") for row in EXAMPLES
]


def _due(allowance: str, variant: str | None, start: str) -> Due:
    written = quang_binh() if allowance == "win" else allowance
    return due(at(start), written, load_calendar(), variant=variant)


@pytest.mark.rule("U-1", "U-2", "U-3", "U-4", "U-5", "U-7", "U-9", "U-10")
@pytest.mark.parametrize(("allowance", "variant", "start", "expected"), _ROWS)
def test_the_limit_is_the_one_worked_out_by_hand(allowance, variant, start, expected):
    assert limit_en(_due(allowance, variant, start)) == expected


@pytest.mark.rule("U-1", "U-2", "U-3", "U-4", "U-5", "U-9")
@pytest.mark.parametrize(("allowance", "variant", "start", "expected"), _ROWS)
def test_on_time_at_the_limit_and_one_second_late(allowance, variant, start, expected):
    limit = _due(allowance, variant, start)
    assert not limit.is_late(limit.at - SECOND)
    assert limit.is_late(limit.at) is expected.startswith("before")
    assert limit.is_late(limit.at + SECOND)


@pytest.mark.parametrize(("allowance", "variant", "start", "expected"), _ROWS)
def test_the_stored_form_reads_back_equal(allowance, variant, start, expected):
    limit = _due(allowance, variant, start)
    assert Due.from_dict(limit.to_dict()) == limit
