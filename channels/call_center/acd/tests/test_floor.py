"""What callers, agents and supervisors can rely on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.call_center.acd import happenings as h
from channels.call_center.acd.effects import Capture, Comfort, Connect, Join, OfferCallback, Repaired, Ring, Say
from channels.call_center.acd.model import AgentState
from channels.call_center.acd.tests.floors import EIGHT, Try


@pytest.fixture
def floor() -> Try:
    return Try()


def rung(effects: tuple[object, ...]) -> list[tuple[str, str]]:
    """(agent, call) of every telephone that begins to ring."""
    return [(effect.agent, effect.call) for effect in effects if isinstance(effect, Ring)]


def test_a_caller_rings_for_the_agent_who_has_been_idle_longest(floor: Try) -> None:
    floor.agent("lan")
    floor.later(10)
    floor.agent("minh")
    assert rung(floor.do(h.Queued("c1", "reports"))) == [("lan", "c1")]
    assert rung(floor.do(h.Queued("c2", "reports"))) == [("minh", "c2")]


def test_a_call_that_only_rang_does_not_cost_the_agent_their_turn(floor: Try) -> None:
    floor.agent("lan")
    floor.later(10)
    floor.agent("minh")
    floor.do(h.Queued("c1", "reports"))
    floor.do(h.GaveUp("c1"))
    assert rung(floor.do(h.Queued("c2", "reports"))) == [("lan", "c2")]


def test_nobody_signed_in_means_the_machine_at_once(floor: Try) -> None:
    assert floor.do(h.Queued("c1", "reports")) == (Capture("c1", "nobody"),)
    assert not floor.acd.waiting


def test_a_full_queue_means_the_machine_at_once(floor: Try) -> None:
    floor.talking("lan", "c0")
    for call in ("c1", "c2", "c3"):
        floor.do(h.Queued(call, "reports"))
    assert floor.do(h.Queued("c4", "reports")) == (Capture("c4", "full"),)


def test_when_the_last_agent_goes_those_who_wait_go_to_the_machine(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.do(h.Queued("c1", "reports"))
    floor.do(h.TalkEnded("c0"))
    floor.do(h.SignedOut("lan"))
    assert floor.later(1) == (Capture("c1", "nobody"),)


def test_places_and_the_wait_to_expect_are_told_and_told_again(floor: Try) -> None:
    floor.talking("lan", "c0")
    assert floor.do(h.Queued("c1", "reports")) == (Say("c1", 1, 210.0),)
    assert floor.do(h.Queued("c2", "reports")) == (Say("c2", 2, 420.0),)
    assert not [effect for effect in floor.later(20) if isinstance(effect, Say)]
    assert Say("c1", 1, 165.0) in floor.later(25)


def test_the_urgent_go_first_and_waiting_makes_more_urgent(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.do(h.Queued("plain", "reports"))
    floor.later(1)
    floor.do(h.Queued("fire", "urgent"))
    floor.do(h.TalkEnded("c0"))
    assert rung(floor.do(h.WrappedUp("lan"))) == [("lan", "fire")]
    floor.do(h.Took("lan", "fire"))
    floor.do(h.Queued("later", "reports", priority=1))
    floor.later(59)  # one minute of waiting is worth one step
    floor.do(h.TalkEnded("fire"))
    assert rung(floor.do(h.WrappedUp("lan"))) == [("lan", "plain")]


def test_skills_are_asked_for_until_a_rule_eases_them(floor: Try) -> None:
    floor.agent("lan")
    floor.agent("minh", "traffic")
    floor.do(h.Queued("c0", "reports", skills=frozenset({"traffic"})))
    floor.do(h.Took("minh", "c0"))
    assert rung(floor.do(h.Queued("c1", "reports", skills=frozenset({"traffic"})))) == []
    assert OfferCallback("c1") in floor.later(30)
    assert rung(floor.later(30)) == [("lan", "c1")]


def test_a_wish_that_nobody_there_can_meet_is_eased_at_once(floor: Try) -> None:
    """Where the queue would ease it later anyway."""
    floor.agent("lan")
    assert rung(floor.do(h.Queued("c1", "reports", skills=frozenset({"traffic"})))) == [("lan", "c1")]


def test_a_language_that_nobody_there_speaks_is_the_machines_at_once(floor: Try) -> None:
    """Where the queue eases no wish: they would not understand each other."""
    english = frozenset({"en"})
    floor.agent("lan", "traffic")
    assert floor.do(h.Queued("c1", "urgent", skills=english)) == (Capture("c1", "nobody"),)
    floor.agent("minh", "en")
    assert rung(floor.do(h.Queued("c2", "urgent", skills=english))) == [("minh", "c2")]


def test_who_waited_long_enough_is_taken_by_the_machine(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.do(h.Queued("c1", "reports"))
    floor.later(119)
    assert "c1" in floor.acd.waiting
    assert Capture("c1", "waited") in floor.later(1)
    assert "c1" not in floor.acd.waiting


def test_a_rule_moves_a_caller_to_another_queue(floor: Try) -> None:
    floor.agent("minh", queues=frozenset({"urgent"}))
    floor.do(h.Queued("c0", "urgent"))
    floor.do(h.Took("minh", "c0"))
    floor.do(h.Queued("c1", "urgent"))
    floor.agent("lan", queues=frozenset({"reports"}))
    assert rung(floor.later(20)) == [("lan", "c1")]


def test_who_lets_it_ring_is_away_and_the_caller_rings_elsewhere(floor: Try) -> None:
    floor.agent("lan")
    floor.agent("minh")
    floor.do(h.Queued("c1", "reports"))
    assert rung(floor.later(15)) == [("minh", "c1")]
    lan = floor.acd.agents["lan"]
    assert (lan.state, lan.why) == (AgentState.AWAY, "no_answer")
    assert floor.acd.waiting["c1"].since == EIGHT


def test_declining_only_silences_it_for_a_while(floor: Try) -> None:
    floor.agent("lan")
    floor.do(h.Queued("c1", "reports"))
    assert rung(floor.do(h.Declined("lan", "c1"))) == []
    assert floor.acd.agents["lan"].state is AgentState.AVAILABLE
    assert rung(floor.later(20)) == [("lan", "c1")]


def test_after_a_call_there_is_time_for_notes_and_then_the_next(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.do(h.Queued("c1", "reports"))
    assert rung(floor.do(h.TalkEnded("c0"))) == []
    assert floor.acd.agents["lan"].state is AgentState.WRAP_UP
    assert rung(floor.later(30)) == [("lan", "c1")]


def test_going_away_during_a_call_counts_from_its_end(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.do(h.Chose("lan", False, "lunch"))
    assert floor.acd.agents["lan"].state is AgentState.TALKING
    floor.do(h.TalkEnded("c0"))
    floor.do(h.WrappedUp("lan"))
    assert (floor.acd.agents["lan"].state, floor.acd.agents["lan"].why) == (AgentState.AWAY, "lunch")


def test_a_page_loaded_again_in_mid_call_goes_on_where_it_was(floor: Try) -> None:
    floor.talking("lan", "c0")
    assert floor.do(h.Vanished("lan")) == (Comfort("c0"),)
    floor.later(5)
    assert floor.do(h.CameBack("lan")) == (Connect("lan", "c0", EIGHT),)


def test_an_agent_who_never_comes_back_loses_the_call_to_the_first_who_is_free(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.do(h.Queued("other", "reports"))
    floor.do(h.Vanished("lan"))
    floor.agent("minh", queues=frozenset())
    floor.agent("hoa")
    floor.do(h.GaveUp("other"))
    floor.do(h.Queued("next", "reports"))
    floor.do(h.Took("hoa", "next"))
    floor.later(30)
    floor.do(h.Queued("urgent", "urgent"))
    floor.do(h.TalkEnded("next"))
    assert rung(floor.do(h.WrappedUp("hoa"))) == [("hoa", "c0")]


def test_a_page_loaded_again_while_free_is_free_again(floor: Try) -> None:
    floor.agent("lan")
    floor.do(h.Vanished("lan"))
    assert floor.acd.agents["lan"].state is AgentState.AWAY
    floor.do(h.CameBack("lan"))
    assert floor.acd.agents["lan"].state is AgentState.AVAILABLE


def test_a_call_passed_on_goes_before_all_others_and_may_be_promised_to_one(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.do(h.Queued("c1", "reports"))
    floor.agent("minh", queues=frozenset({"urgent"}))
    floor.do(h.Passed("c0", "urgent", agent="minh"))
    assert floor.acd.waiting["c0"].ringing == "minh"
    assert floor.acd.agents["lan"].state is AgentState.WRAP_UP


def test_a_promise_ends_with_the_one_who_was_to_keep_it(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.agent("minh")
    floor.do(h.Passed("c0", "reports", agent="minh"))
    floor.do(h.Chose("minh", False))
    floor.do(h.WrappedUp("lan"))
    assert rung(floor.later(1)) == [("lan", "c0")]


def test_a_supervisor_listens_and_takes_over(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.do(h.SignedIn("chief", frozenset()))
    assert floor.do(h.Supervised("chief", "c0", "listen")) == (Join("chief", "c0", "listen"),)
    assert floor.acd.talks["c0"].others == {"chief": "listen"}
    assert floor.do(h.Supervised("chief", "c0", "take_over")) == (Join("chief", "c0", "take_over"),)
    assert floor.acd.talks["c0"].agent == "chief"
    assert floor.acd.agents["lan"].state is AgentState.WRAP_UP


def asked(floor: Try) -> None:
    """Lan has a caller and asks Minh about them."""
    floor.talking("lan", "c0")
    floor.agent("minh")
    floor.agent("hoa")
    assert rung(floor.do(h.Asks("ask", "reports", "minh"))) == [("minh", "ask")]


def test_a_colleague_is_asked_and_rests_at_once_when_that_is_over(floor: Try) -> None:
    asked(floor)
    floor.do(h.Took("minh", "ask"))
    assert floor.acd.agents["lan"].state is AgentState.TALKING
    floor.do(h.NotReached("ask"))
    assert floor.acd.agents["minh"].state is AgentState.AVAILABLE
    assert set(floor.acd.talks) == {"c0"}


def test_a_call_is_handed_to_the_colleague_who_was_asked(floor: Try) -> None:
    asked(floor)
    floor.do(h.Took("minh", "ask"))
    assert floor.do(h.HandedOver("c0", "ask")) == (Connect("minh", "c0", EIGHT),)
    assert set(floor.acd.talks) == {"c0"}
    assert floor.acd.agents["lan"].state is AgentState.WRAP_UP
    assert floor.acd.agents["minh"].call == "c0"


@pytest.mark.parametrize("no", [h.Declined("minh", "ask"), h.SignedOut("minh"), h.GaveUp("ask"), h.Ticked()])
def test_a_colleague_who_does_not_answer_ends_the_question_and_nobody_else_rings(floor: Try, no: h.Happening) -> None:
    asked(floor)
    floor.now += timedelta(seconds=15)
    assert rung(floor.do(no)) == []
    floor.later(1)
    assert not floor.acd.waiting
    assert floor.acd.talks["c0"].agent == "lan"


def test_a_colleague_who_vanishes_in_a_question_leaves_no_caller_behind(floor: Try) -> None:
    asked(floor)
    floor.do(h.Took("minh", "ask"))
    floor.do(h.Vanished("minh"))
    floor.later(floor.acd.lost_s)
    assert (set(floor.acd.talks), dict(floor.acd.waiting)) == ({"c0"}, {})


def test_what_is_stuck_is_put_right_and_told(floor: Try) -> None:
    floor.talking("lan", "c0")
    floor.do(h.Queued("c1", "reports"))
    lan = frozenset({"lan"})
    effects = floor.do(h.Counted(frozenset(), lan, lan))
    assert [effect.id for effect in effects if isinstance(effect, Repaired)] == ["c1", "c0"]
    assert floor.acd.agents["lan"].state is AgentState.WRAP_UP
    effects = floor.do(h.Counted(frozenset(), frozenset(), frozenset()))
    assert effects == (Repaired("agent", "lan", "wrap_up"),)
    assert not floor.acd.agents


def test_an_agent_who_hears_nothing_any_more_is_found_and_gets_no_callers(floor: Try) -> None:
    """Their browser has died and nobody said so: the caller who talks hears music, the next rings elsewhere."""
    floor.talking("lan", "c0")
    floor.agent("minh")
    floor.do(h.Queued("c1", "reports"))
    both = frozenset({"lan", "minh"})
    effects = floor.do(h.Counted(frozenset({"c0", "c1"}), both, frozenset()))
    assert [(effect.id, effect.found) for effect in effects if isinstance(effect, Repaired)] == [
        ("lan", "talking without sound"),
        ("minh", "reserved without sound"),
    ]
    assert Comfort("c0") in effects
    assert floor.acd.agents["minh"].state is AgentState.AWAY
    assert floor.acd.waiting["c1"].ringing == ""
    assert floor.do(h.Counted(frozenset({"c0", "c1"}), both, frozenset())) == ()


@pytest.mark.rule("QB-QD.III.1.1b")
def test_an_agent_calls_somebody_and_nobody_rings_for_them_meanwhile(floor: Try) -> None:
    floor.agent("lan")
    floor.do(h.Dials("lan", "out", "reports"))
    assert floor.acd.agents["lan"].state is AgentState.TALKING
    assert rung(floor.do(h.Queued("c1", "reports"))) == []
    floor.do(h.TalkEnded("out"))
    assert floor.acd.agents["lan"].state is AgentState.WRAP_UP


def test_who_was_not_reached_leaves_nothing_to_write_up(floor: Try) -> None:
    floor.agent("lan")
    floor.do(h.Dials("lan", "out", "reports"))
    floor.do(h.Queued("c1", "reports"))
    assert rung(floor.do(h.NotReached("out"))) == [("lan", "c1")]
    assert not floor.acd.talks


def test_who_has_something_in_hand_calls_nobody(floor: Try) -> None:
    """A second call, one that rings, one that is known already, somebody who is not there: nothing happens."""
    floor.talking("lan", "c0")
    floor.agent("minh")
    floor.do(h.Queued("c1", "reports"))
    before = floor.acd
    for agent, call in (("lan", "out"), ("minh", "out"), ("hoa", "out"), ("minh", "c0"), ("minh", "c1")):
        floor.do(h.Dials(agent, call, "reports"))
    assert floor.acd == before
