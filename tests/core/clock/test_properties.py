"""What must hold for every start and every limit, on the shipped calendar with Tết and swapped days in it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.clock import (
    VIETNAM,
    Clock,
    Due,
    add_working_time,
    due,
    is_working_instant,
    load_calendar,
    local,
    remaining,
    subtract_working_time,
    warn_at,
    working_time_between,
)
from core.clock.terms import CalendarDays, ClockTime, Term, WorkingDays, WorkingTime
from core.clock.units import Allowance
from tests.core.clock.support import quang_binh

CALENDAR = load_calendar()
FEW = settings(max_examples=300, deadline=None)
QUANG_BINH = quang_binh()

starts = st.datetimes(datetime(2025, 2, 1), datetime(2027, 9, 30), timezones=st.just(VIETNAM))  # noqa: DTZ001
lengths = st.timedeltas(timedelta(microseconds=1), timedelta(hours=60))
zones = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
terms: st.SearchStrategy[Term] = st.one_of(
    lengths.map(ClockTime),
    lengths.map(WorkingTime),
    st.integers(1, 15).map(WorkingDays),
    st.integers(1, 30).map(CalendarDays),
)
allowances = st.one_of(
    terms.map(Allowance), st.just(QUANG_BINH), st.sampled_from(["before 07:00", "before 18", "before 1", "before 28"])
)


def _longer(term: Term) -> Term:
    match term:
        case ClockTime(length):
            return ClockTime(length + timedelta(microseconds=1))
        case WorkingTime(length):
            return WorkingTime(length + timedelta(microseconds=1))
        case WorkingDays(count):
            return WorkingDays(count + 1)
        case CalendarDays(count):
            return CalendarDays(count + 1)
    raise AssertionError(term)


@pytest.mark.rule("U-2", "U-7")
@FEW
@given(starts, lengths)
def test_a_limit_in_working_time_is_never_outside_working_time(start, length):
    assert is_working_instant(due(start, Allowance(WorkingTime(length)), CALENDAR).at, CALENDAR)


@pytest.mark.rule("U-3", "U-7")
@FEW
@given(starts, st.integers(1, 15))
def test_a_limit_in_working_days_ends_with_the_last_shift_of_a_working_day(start, count):
    limit = due(start, f"{count}wd", CALENDAR)
    assert CALENDAR.is_working_day(limit.at.date())
    assert limit.at.strftime("%H:%M:%S") == "17:30:00"


@pytest.mark.rule("U-4")
@FEW
@given(starts, st.integers(1, 30))
def test_a_limit_in_days_ends_at_24_00_of_a_working_day(start, count):
    limit = due(start, f"{count}d", CALENDAR)
    assert limit.ends_day
    assert CALENDAR.is_working_day(limit.good_until)


@FEW
@given(starts, allowances)
def test_a_limit_is_never_before_its_start(start, allowance):
    limit = due(start, allowance, CALENDAR)
    assert limit.at > start
    assert not limit.is_late(start)


@FEW
@given(starts, starts, allowances)
def test_a_later_start_never_gives_an_earlier_limit(one, other, allowance):
    first, second = sorted((one, other))
    assert due(first, allowance, CALENDAR).late_from <= due(second, allowance, CALENDAR).late_from


@FEW
@given(starts, terms)
def test_a_longer_limit_is_never_earlier(start, term):
    shorter = due(start, Allowance(term), CALENDAR)
    assert shorter.at <= due(start, Allowance(_longer(term)), CALENDAR).at


@pytest.mark.rule("U-2")
@FEW
@given(starts, lengths)
def test_adding_then_counting_gives_the_length_back(start, length):
    end = add_working_time(start, length, CALENDAR)
    assert working_time_between(start, end, CALENDAR) == length
    assert working_time_between(start, end - timedelta(microseconds=1), CALENDAR) < length


@FEW
@given(starts, lengths)
def test_subtracting_gives_the_latest_instant_with_so_much_time_left(end, length):
    begin = subtract_working_time(end, length, CALENDAR)
    assert working_time_between(begin, end, CALENDAR) == length
    assert working_time_between(begin + timedelta(microseconds=1), end, CALENDAR) < length


@pytest.mark.rule("U-10")
@FEW
@given(starts, allowances, zones)
def test_the_same_instant_in_another_zone_has_the_same_limit(start, allowance, zone):
    assert due(start.astimezone(zone), allowance, CALENDAR) == due(start, allowance, CALENDAR)


@FEW
@given(starts, allowances)
def test_the_slices_lead_from_start_to_limit_without_a_gap(start, allowance):
    limit = due(start, allowance, CALENDAR)
    slices = limit.explanation.slices
    assert slices[0].start == start
    assert slices[-1].end == limit.at
    assert all(a.end == b.start for a, b in pairwise(slices))
    assert all(piece.start < piece.end for piece in slices)


@FEW
@given(starts, lengths)
def test_the_counted_slices_add_up_to_the_limit(start, length):
    limit = due(start, Allowance(WorkingTime(length)), CALENDAR)
    assert sum((piece.counted for piece in limit.explanation.slices), timedelta()) == length


@FEW
@given(starts, allowances)
def test_what_is_stored_reads_back_equal(start, allowance):
    limit = due(start, allowance, CALENDAR)
    assert Due.from_dict(limit.to_dict()) == limit


@pytest.mark.rule("A-2", "A-QB-2")
@FEW
@given(starts, allowances, st.floats(0, 1))
def test_pausing_and_resuming_in_one_instant_never_moves_the_limit(start, allowance, share):
    clock = Clock.start("step", allowance, at=start, calendar=CALENDAR)
    when = local(start + (clock.due.at - start) * share)
    resumed = clock.pause(when, "waiting", calendar=CALENDAR).resume(when, calendar=CALENDAR)
    assert (resumed.due.at, resumed.due.strict) == (clock.due.at, clock.due.strict)


@pytest.mark.rule("A-2")
@FEW
@given(starts, allowances, st.floats(0, 1), st.timedeltas(timedelta(), timedelta(days=30)))
def test_a_pause_never_brings_the_limit_nearer(start, allowance, share, pause):
    clock = Clock.start("step", allowance, at=start, calendar=CALENDAR)
    when = local(start + (clock.due.at - start) * share)
    resumed = clock.pause(when, "waiting", calendar=CALENDAR).resume(when + pause, calendar=CALENDAR)
    assert resumed.due.at >= clock.due.at
    assert Clock.from_dict(resumed.to_dict()) == resumed


@pytest.mark.rule("A-2")
@FEW
@given(starts, lengths, st.floats(0, 1), st.timedeltas(timedelta(), timedelta(days=30)))
def test_working_time_before_and_after_a_pause_adds_up_to_the_allowance(start, length, share, pause):
    clock = Clock.start("step", Allowance(WorkingTime(length)), at=start, calendar=CALENDAR)
    when = local(start + (clock.due.at - start) * share)
    assume(when < clock.due.at)
    resumed = clock.pause(when, "waiting", calendar=CALENDAR).resume(when + pause, calendar=CALENDAR)
    used = working_time_between(start, when, CALENDAR)
    assert used + working_time_between(when + pause, resumed.due.at, CALENDAR) == length


@FEW
@given(starts, terms, st.floats(0, 1, exclude_max=True))
def test_counting_what_is_left_leads_to_the_same_limit(start, term, share):
    limit = due(start, Allowance(term), CALENDAR)
    now = local(start + (limit.at - start) * share)
    left = remaining(limit, now, CALENDAR)
    assume(left not in (None, WorkingDays(0)) and now < limit.at)
    assert due(now, Allowance(left), CALENDAR).at == limit.at


@FEW
@given(starts, allowances, st.sampled_from(["1%", "25%", "99%", "30min", "4wh", "1wd", "2d", "100wh", "20wd"]))
def test_a_warning_lies_between_start_and_limit(start, allowance, lead):
    limit = due(start, allowance, CALENDAR)
    assert start <= warn_at(limit, lead, CALENDAR).at <= limit.at
