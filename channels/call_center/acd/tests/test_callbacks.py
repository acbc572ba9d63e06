"""Whoever is owed a call has a place in the queue like those on the line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.call_center.acd import happenings as h
from channels.call_center.acd.effects import Connect, Ring, StopRinging
from channels.call_center.acd.model import AgentState
from channels.call_center.acd.tests.floors import EIGHT, Try

PAUSE = 1800


@pytest.fixture
def floor() -> Try:
    return Try()


def owed(call: str, **more: object) -> h.Owed:
    return h.Owed((h.Callback(call, "reports", EIGHT, **more),))  # type: ignore[arg-type] # a test's own table


def not_reached(floor: Try, call: str) -> None:
    """The agent for whom it rings takes it, dials, and nobody answers."""
    floor.do(h.Took(floor.acd.waiting[call].ringing, call))
    floor.do(h.NotReached(call))


def test_who_left_the_queue_for_a_callback_keeps_the_place(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.do(h.Queued("first", "reports"))
    floor.later(5)
    floor.do(h.Queued("second", "reports"))
    floor.do(h.GaveUp("first"))
    floor.do(owed("owed", kind="kept"))
    floor.do(h.TalkEnded("c0"))
    [ring] = [effect for effect in floor.do(h.WrappedUp("lan")) if isinstance(effect, Ring)]
    assert (ring.call, ring.callback) == ("owed", True)
    assert Connect("lan", "owed", EIGHT, callback=True) in floor.do(h.Took("lan", "owed"))
    assert floor.acd.agents["lan"].state is AgentState.TALKING


def test_who_was_missed_elsewhere_comes_after_those_on_the_line_but_not_for_ever(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.do(h.Queued("line", "reports"))
    floor.do(owed("owed"))
    floor.do(h.TalkEnded("c0"))
    floor.do(h.WrappedUp("lan"))
    assert floor.acd.waiting["line"].ringing == "lan"
    floor.do(h.Took("lan", "line"))
    floor.later(600)
    floor.do(h.Queued("fresh", "reports"))
    floor.do(h.TalkEnded("line"))
    floor.do(h.WrappedUp("lan"))
    assert floor.acd.waiting["owed"].ringing == "lan"


def test_an_emergency_is_called_back_before_everybody_else(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.do(h.Queued("line", "reports"))
    floor.later(300)
    floor.do(owed("owed", kind="emergency"))
    floor.do(h.TalkEnded("c0"))
    floor.do(h.WrappedUp("lan"))
    assert floor.acd.waiting["owed"].ringing == "lan"


def test_a_callback_waits_for_people_and_is_never_given_to_the_machine(floor: Try) -> None:
    floor.do(owed("owed"))
    assert floor.later(100_000) == ()
    floor.agent("lan")
    assert floor.acd.waiting["owed"].ringing == "lan"


@pytest.mark.rule("QB-IV.1.1a.x3")
def test_nobody_answered_they_are_called_again_after_a_pause_three_times_in_all(floor: Try) -> None:
    floor.agent("lan")
    floor.do(owed("owed"))
    for attempt in (1, 2):
        not_reached(floor, "owed")
        waiter = floor.acd.waiting["owed"]
        assert (waiter.attempts, waiter.ringing, waiter.since) == (attempt, "", EIGHT)
        floor.do(owed("owed"))  # the list has not heard of it yet, which changes nothing
        assert floor.acd.waiting["owed"].attempts == attempt
        floor.later(PAUSE - 1)
        assert floor.acd.waiting["owed"].ringing == ""
        floor.later(1)
        assert floor.acd.waiting["owed"].ringing == "lan"
    not_reached(floor, "owed")
    floor.do(owed("owed", attempts=3))
    assert not floor.acd.waiting
    assert floor.acd.agents["lan"].state is AgentState.AVAILABLE


def test_who_was_reached_is_not_called_again_though_the_list_is_late(floor: Try) -> None:
    floor.agent("lan")
    floor.do(owed("owed"))
    floor.do(h.Took("lan", "owed"))
    floor.do(owed("owed"))
    floor.do(h.TalkEnded("owed"))
    assert floor.acd.agents["lan"].state is AgentState.WRAP_UP
    floor.do(owed("owed"))
    assert not floor.acd.waiting
    floor.later(floor.acd.settling_s)
    floor.do(owed("owed"))
    assert "owed" in floor.acd.waiting, "the list insists: somebody is owed a call after all"


def test_who_was_called_by_somebody_else_stops_ringing(floor: Try) -> None:
    floor.agent("lan")
    floor.do(owed("owed"))
    assert StopRinging("lan", "owed", "moved") in floor.do(h.Owed(()))
    assert not floor.acd.waiting
    assert floor.acd.agents["lan"].state is AgentState.AVAILABLE


def test_a_callback_made_out_of_turn_rings_for_nobody_else(floor: Try) -> None:
    floor.do(h.SignedIn("lan", frozenset({"reports"})))
    floor.do(owed("owed"))
    floor.do(h.Dials("lan", "out", "reports", "owed"))
    assert not floor.acd.waiting
    floor.do(owed("owed"))
    assert not floor.acd.waiting
    floor.do(h.NotReached("out"))
    assert floor.acd.waiting["owed"].attempts == 1


@pytest.mark.parametrize("wanted", ["owed", "other"])
def test_a_callback_that_rings_does_not_keep_the_agent_from_calling(floor: Try, wanted: str) -> None:
    """Them, or somebody else of the list: they have clicked there while it rang."""
    floor.agent("lan")
    floor.do(owed("owed"))
    assert StopRinging("lan", "owed", "moved") in floor.do(h.Dials("lan", "out", "reports", wanted))
    assert floor.acd.agents["lan"].call == "out"
    assert set(floor.acd.waiting) == ({"owed"} - {wanted})


def test_a_caller_on_the_line_who_rings_does(floor: Try) -> None:
    floor.agent("lan")
    floor.do(h.Queued("c1", "reports"))
    floor.do(h.Dials("lan", "out", "reports"))
    assert (floor.acd.waiting["c1"].ringing, set(floor.acd.talks)) == ("lan", set())


def test_nobody_is_woken_before_the_time(floor: Try) -> None:
    floor.agent("lan")
    floor.do(owed("owed", not_before=EIGHT + timedelta(hours=1)))
    floor.later(3599)
    assert floor.acd.waiting["owed"].ringing == ""
    floor.later(1)
    assert floor.acd.waiting["owed"].ringing == "lan"


def test_a_declined_callback_rings_for_a_colleague(floor: Try) -> None:
    floor.agent("lan")
    floor.do(owed("owed"))
    floor.agent("minh")
    floor.do(h.Declined("lan", "owed"))
    assert floor.acd.waiting["owed"].ringing == "minh"


def test_an_unknown_queue_and_somebody_who_was_called_often_enough_have_no_place(floor: Try) -> None:
    floor.do(h.Owed((h.Callback("one", "nowhere", EIGHT), h.Callback("two", "reports", EIGHT, attempts=3))))
    assert not floor.acd.waiting
