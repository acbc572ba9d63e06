"""Requests of people about their data: times from the calendar, one extension, grounds, nothing without proof."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import VIETNAM, load_calendar
from core.regulations.catalogue import load_catalogue
from core.subjects import request as requests
from core.subjects.request import MoveRefused, ProvedBy, Request, State, Via
from core.subjects.rights import Right, load_rights

CALENDAR = load_calendar()
FRIDAY = datetime(2026, 11, 20, 16, 45, tzinfo=VIETNAM)
SOON = FRIDAY + timedelta(hours=1)

pytestmark = pytest.mark.rule("VN-4")


def asked(right: Right = Right.ACCESS, *, by: ProvedBy = ProvedBy.CODE, processors: bool = False) -> Request:
    """A request of a Friday afternoon."""
    return requests.ask(
        "r1", "c1", right, via=Via.PORTAL, proved_by=by, now=FRIDAY, calendar=CALENDAR, processors=processors
    )


def last_day(due: datetime) -> str:
    """The last day on which it is still in time."""
    return (due - timedelta(microseconds=1)).date().isoformat()


def test_it_is_answered_in_two_working_days_whatever_it_asks() -> None:
    """Asked on Friday afternoon: Monday, a holiday on Tuesday, Wednesday."""
    assert {last_day(asked(right).answer_due) for right in Right} == {"2026-11-25"}


@pytest.mark.parametrize(
    ("right", "processors", "first", "extended"),
    [
        (Right.ACCESS, False, "2026-11-30", "2026-12-10"),
        (Right.CORRECTION, True, "2026-11-30", "2026-12-10"),
        (Right.ERASURE, False, "2026-12-10", "2026-12-30"),
        (Right.RESTRICTION, False, "2026-12-07", "2026-12-21"),
        (Right.RESTRICTION, True, "2026-12-10", "2026-12-25"),
        (Right.OBJECTION, False, "2026-12-07", "2026-12-21"),
        (Right.WITHDRAWAL, True, "2026-12-10", "2026-12-25"),
    ],
)
def test_it_is_finished_in_its_own_time_with_one_extension(
    right: Right, processors: bool, first: str, extended: str
) -> None:
    """Days of the calendar from receipt; an end on a day of rest moves to the next working day (A-0)."""
    request = asked(right, processors=processors)
    longer = requests.lengthen(request, now=SOON, calendar=CALENDAR)
    assert (last_day(request.finish_due), last_day(longer.finish_due)) == (first, extended)
    with pytest.raises(MoveRefused, match="gia hạn một lần"):
        requests.lengthen(longer, now=SOON, calendar=CALENDAR)


def test_an_extension_after_the_time_is_none() -> None:
    """Late is late."""
    request = asked()
    with pytest.raises(MoveRefused, match="đã qua"):
        requests.lengthen(request, now=request.finish_due + timedelta(seconds=1), calendar=CALENDAR)


def test_nothing_is_carried_out_for_somebody_unproved() -> None:
    """Neither copy nor erasure for whoever just calls; once proved, both."""
    request = asked(Right.ERASURE, by=ProvedBy.NOTHING)
    with pytest.raises(MoveRefused, match="xác minh"):
        requests.finish(request, now=SOON)
    done = requests.finish(requests.prove(request, ProvedBy.PAPERS), now=SOON)
    assert (done.state, done.ended_at, done.answered_at) == (State.FINISHED, SOON, SOON)


def test_a_refusal_needs_a_ground_that_the_law_has_for_this_right() -> None:
    """A duty of the state is a ground against erasing, none against showing."""
    with pytest.raises(MoveRefused, match="căn cứ"):
        requests.refuse(asked(Right.ACCESS), "duty", now=SOON)
    refused = requests.refuse(asked(Right.ERASURE), "duty", now=SOON)
    assert (refused.state, refused.ground) == (State.REFUSED, "duty")


def test_lateness_is_recorded_time_against_due_time() -> None:
    """An answer on the third working day is late for ever, however early the end."""
    request = asked()
    on_time = requests.answer(request, now=SOON)
    late = requests.answer(request, now=request.answer_due + timedelta(seconds=1))
    assert (on_time.is_late(SOON), late.is_late(late.answer_due), on_time.due_at) == (False, True, request.finish_due)
    assert on_time.is_late(request.finish_due + timedelta(seconds=1))


MOVES = {
    "prove": lambda one: requests.prove(one, ProvedBy.CALL_BACK),
    "answer": lambda one: requests.answer(one, now=SOON),
    "lengthen": lambda one: requests.lengthen(one, now=SOON, calendar=CALENDAR),
    "refuse": lambda one: requests.refuse(one, "not_held", now=SOON),
    "finish": lambda one: requests.finish(one, now=SOON),
    "take_back": lambda one: requests.take_back(one, now=SOON),
}


@given(st.sampled_from(Right), st.lists(st.sampled_from(sorted(MOVES)), max_size=8))
def test_whatever_is_tried_an_ended_request_stays_ended(right: Right, names: list[str]) -> None:
    """Every move that is made counts up the version; none is made after the end."""
    request = asked(right)
    for name in names:
        try:
            moved = MOVES[name](request)
        except MoveRefused:
            continue
        assert request.open
        assert moved.version == request.version + 1
        request = moved
    assert request.open is (request.ended_at is None)


def test_every_right_cites_a_rule_of_the_catalogue_and_can_be_refused_somehow() -> None:
    """The data file is whole."""
    rights = load_rights()
    assert rights.cites in load_catalogue()
    assert all(rights.grounds_for(right) for right in Right)
