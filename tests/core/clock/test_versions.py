"""U-11: an edited calendar never changes a due time that was issued."""

from __future__ import annotations

from datetime import date

import pytest

from core.clock import (
    CalendarHistory,
    CalendarInvalid,
    Clock,
    DayEntry,
    DayKind,
    Options,
    Recalculation,
    Shift,
    ShiftRule,
    calendar_from_data,
    calendar_to_data,
    due,
    limit_en,
    load_calendar,
    recalculate,
)
from tests.core.clock.support import at

ISSUED = load_calendar()
STORM = DayEntry(date(2026, 11, 23), DayKind.HOLIDAY, "Nghỉ phòng chống bão", "Storm day")
AMENDED = ISSUED.amend(at("2026-11-21 08:00"), add=(STORM,))
HISTORY = CalendarHistory((ISSUED,)).amended(AMENDED)


@pytest.mark.rule("U-11")
def test_an_amendment_is_the_next_version_and_leaves_the_old_one_as_it_was():
    assert (ISSUED.key, AMENDED.key) == ("vietnam@1", "vietnam@2")
    assert ISSUED.is_working_day(STORM.on)
    assert not AMENDED.is_working_day(STORM.on)
    assert calendar_from_data(calendar_to_data(AMENDED)) == AMENDED


@pytest.mark.rule("U-11")
def test_the_version_is_chosen_by_when_we_compute_not_about_when():
    start = at("2026-11-20 16:45")
    before, after = (due(start, "2wh", HISTORY.at(at(now))) for now in ("2026-11-21 07:59:59", "2026-11-21 08:00:00"))
    assert (before.explanation.calendar, limit_en(before)) == ("vietnam@1", "Mon 23/11/2026 08:45")
    assert (after.explanation.calendar, limit_en(after)) == ("vietnam@2", "Wed 25/11/2026 08:45")


@pytest.mark.rule("U-11")
@pytest.mark.parametrize("allowance", ["2wh", "6wd", "4d", "before 07:00"])
def test_a_pause_under_the_new_calendar_does_not_move_an_issued_limit(allowance):
    clock = Clock.start("step", allowance, at=at("2026-11-20 16:45"), calendar=ISSUED)
    when = at("2026-11-20 17:00")
    edited = ISSUED.amend(when, remove=(date(2026, 11, 24),))  # the 24th is worked after all
    resumed = clock.pause(when, "chờ", calendar=edited).resume(when, calendar=edited)
    assert resumed.due.at == clock.due.at


@pytest.mark.rule("U-11")
@pytest.mark.parametrize("allowance", ["2wh", "6wd", "4d"])
def test_a_recalculation_is_a_value_of_its_own_with_its_reason(allowance):
    issued = due(at("2026-11-20 16:45"), allowance, ISSUED, rule="TG-6.3", cite="Điều 6 khoản 3")
    stored = issued.to_dict()
    moved = recalculate(issued, AMENDED, options=Options(), decided_at=at("2026-11-21 09:00"), reason="bão số 12")
    assert issued.to_dict() == stored
    assert moved.old == issued
    assert moved.moved is (moved.new.at != issued.at)
    assert moved.new == due(at("2026-11-20 16:45"), allowance, AMENDED, rule="TG-6.3", cite="Điều 6 khoản 3")
    assert Recalculation.from_dict(moved.to_dict()) == moved


def test_new_hours_win_over_old_ones_and_days_can_be_taken_out():
    shorter = ShiftRule(date(2026, 12, 1), date(2026, 12, 31), (Shift.parse("08:00-12:00"),))
    amended = ISSUED.amend(at("2026-11-21 08:00"), shift_rules=(shorter,), remove=(date(2026, 11, 24),))
    assert [str(shift) for shift in amended.day(date(2026, 12, 1)).shifts] == ["08:00-12:00"]
    assert len(amended.day(date(2026, 11, 30)).shifts) == 2
    assert amended.is_working_day(date(2026, 11, 24))


@pytest.mark.parametrize(
    "versions",
    [(), (AMENDED, ISSUED), (ISSUED, ISSUED), (ISSUED, load_calendar("thua_thien_hue"))],
    ids=["none", "backwards", "twice", "two provinces"],
)
def test_a_history_out_of_order_is_refused(versions):
    with pytest.raises(CalendarInvalid):
        CalendarHistory(versions)
