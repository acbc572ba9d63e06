"""The wait that callers are told."""

from __future__ import annotations

import math

import pytest

from channels.call_center.acd import happenings as h
from channels.call_center.acd.effects import Say
from channels.call_center.acd.estimates import places_of, waits_of
from channels.call_center.acd.floor import Floor
from channels.call_center.acd.tests.floors import EIGHT, Try


@pytest.fixture
def floor() -> Try:
    return Try()


def waits(floor: Try) -> dict[str, float]:
    return dict(waits_of(Floor(floor.acd, floor.now)))


def test_what_is_left_of_a_usual_talk_and_its_notes(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.later(100)
    assert floor.do(h.Queued("c1", "reports")) == (Say("c1", 1, 110.0),)
    assert floor.do(h.Queued("c2", "reports")) == (Say("c2", 2, 320.0),)
    floor.later(80)
    floor.do(h.TalkEnded("c0"))
    assert waits(floor) == {"c1": 30.0, "c2": 240.0}


def test_two_agents_halve_it(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.talking("minh", "c1")
    for call in ("c2", "c3"):
        floor.do(h.Queued(call, "reports"))
    assert waits(floor) == {"c2": 210.0, "c3": 210.0}


def test_only_those_who_could_take_the_caller_count(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.agent("minh", "en")
    floor.do(h.Queued("c1", "urgent", skills=frozenset({"en"})))
    floor.do(h.Took("minh", "c1"))
    floor.do(h.Queued("c2", "urgent", skills=frozenset({"en"})))
    floor.do(h.Queued("c3", "urgent", skills=frozenset({"en"})))
    assert waits(floor) == {"c2": 210.0, "c3": 420.0}


def test_where_the_only_one_has_gone_nobody_knows(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.do(h.Queued("c1", "reports"))
    floor.do(h.TalkEnded("c0"))
    floor.do(h.SignedOut("lan"))
    assert waits(floor) == {"c1": math.inf}


def test_talks_teach_how_long_they_are_and_wrong_numbers_do_not(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.later(80)
    floor.do(h.TalkEnded("c0"))
    assert floor.acd.usual_s == {"reports": 170.0}
    floor.later(30)
    floor.do(h.Queued("c1", "reports"))
    floor.do(h.Took("lan", "c1"))
    floor.later(9)
    floor.do(h.TalkEnded("c1"))
    assert floor.acd.usual_s == {"reports": 170.0}


def test_who_may_not_be_called_yet_takes_nobodys_place(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.do(h.Owed((h.Callback("owed", "reports", EIGHT, "emergency", not_before=EIGHT.replace(hour=2)),)))
    floor.do(h.Queued("c1", "reports"))
    assert places_of(Floor(floor.acd, floor.now)) == {"c1": 1}
    assert waits(floor) == {"owed": math.inf, "c1": 210.0}
