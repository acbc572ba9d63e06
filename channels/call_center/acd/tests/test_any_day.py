"""Whatever happens, in whatever order: nobody is lost, nobody is in two places, nobody waits beside a free agent."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from channels.call_center.acd import happenings as h
from channels.call_center.acd.effects import Capture, Connect, Effect, Repaired, Ring, StopRinging
from channels.call_center.acd.estimates import waits_of
from channels.call_center.acd.floor import Floor
from channels.call_center.acd.matching import suits
from channels.call_center.acd.model import AgentState
from channels.call_center.acd.tests.floors import EIGHT, Try

CALLS = st.sampled_from([f"c{number}" for number in range(6)])
AGENTS = st.sampled_from(["lan", "minh", "hoa"])
QUEUES = st.sampled_from(["reports", "urgent"])
SKILLS = st.frozensets(st.sampled_from(["traffic", "en"]))
OWED = st.sampled_from([f"owed{number}" for number in range(3)])
CONSULTS = st.sampled_from(["ask0", "ask1"])
KINDS = st.sampled_from(["kept", "missed", "emergency"])
ATTEMPTS = st.integers(0, 3)
PAUSES = st.sampled_from([None, EIGHT + timedelta(minutes=1)])


class AnyDay(RuleBasedStateMachine):
    """A model beside the floor: which calls are with us, and whose telephone rings."""

    def __init__(self) -> None:
        super().__init__()
        self.floor = Try()
        self.here: set[str] = set()
        self.ringing: dict[str, str] = {}

    def do(self, happening: h.Happening) -> None:
        for effect in self.floor.do(happening):
            self.heed(effect)

    def heed(self, effect: Effect) -> None:
        """Do as the telephony process would, and be strict about it."""
        match effect:
            case Ring(agent, call):
                assert agent not in self.ringing
                assert call not in self.ringing.values()
                self.ringing[agent] = call
            case StopRinging(agent, call):
                assert self.ringing.pop(agent) == call
            case Connect(agent, call):
                self.ringing.pop(agent, None)
            case Capture(call) | Repaired("call", call):
                self.here.discard(call)

    @rule(call=CALLS, queue=QUEUES, skills=SKILLS, priority=st.sampled_from([0, 0, 30]))
    def queued(self, call: str, queue: str, skills: frozenset[str], priority: int) -> None:
        self.here.add(call)
        self.do(h.Queued(call, queue, priority, skills))

    @rule(call=st.one_of(CALLS, CONSULTS))
    def gives_up(self, call: str) -> None:
        if call in self.floor.acd.waiting:
            self.here.discard(call)
        self.do(h.GaveUp(call))

    @rule(
        calls=st.lists(
            st.builds(h.Callback, OWED, QUEUES, st.just(EIGHT), KINDS, SKILLS, ATTEMPTS, PAUSES),
            unique_by=lambda callback: callback.call,
        )
    )
    def owed_calls(self, calls: list[h.Callback]) -> None:
        """The list is whole: it alone says who is owed a call."""
        self.do(h.Owed(tuple(calls)))
        waiting = {waiter.call for waiter in self.floor.acd.waiting.values() if waiter.kind == "callback"}
        assert waiting <= {callback.call for callback in calls}

    @rule(agent=AGENTS, call=CALLS, owed=OWED)
    def calls_back_out_of_turn(self, agent: str, call: str, owed: str) -> None:
        known = self.floor.acd.talks
        self.do(h.Dials(agent, call, "reports", owed))
        if call in self.floor.acd.talks and call not in known:
            self.here.add(call)
            assert owed not in self.floor.acd.waiting

    @rule(call=st.one_of(CALLS, OWED))
    def talk_ends(self, call: str) -> None:
        if call in self.floor.acd.talks:
            self.here.discard(call)
        self.do(h.TalkEnded(call))

    @rule(agent=AGENTS, call=CALLS)
    def dials(self, agent: str, call: str) -> None:
        self.do(h.Dials(agent, call, "reports"))
        if call in self.floor.acd.talks:
            self.here.add(call)

    @rule(call=st.one_of(CALLS, OWED, CONSULTS))
    def not_reached(self, call: str) -> None:
        if call in self.floor.acd.talks:
            self.here.discard(call)
        self.do(h.NotReached(call))

    @rule(agent=AGENTS, queues=st.frozensets(QUEUES), skills=SKILLS)
    def signs_in(self, agent: str, queues: frozenset[str], skills: frozenset[str]) -> None:
        self.do(h.SignedIn(agent, queues, skills))

    @rule(agent=AGENTS, available=st.sampled_from([True, True, False]))
    def chooses(self, agent: str, available: bool) -> None:
        self.do(h.Chose(agent, available))

    @rule(agent=AGENTS, what=st.sampled_from([h.SignedOut, h.WrappedUp, h.Vanished, h.CameBack]))
    def of_an_agent(self, agent: str, what: type) -> None:
        self.do(what(agent))

    @rule(agent=AGENTS, what=st.sampled_from([h.Took, h.Took, h.Declined]))
    def answers(self, agent: str, what: type) -> None:
        self.do(what(agent, self.ringing.get(agent, "c0")))

    @rule(call=st.one_of(CALLS, OWED), queue=QUEUES, agent=st.one_of(st.just(""), AGENTS))
    def passed(self, call: str, queue: str, agent: str) -> None:
        if call in self.floor.acd.talks:
            self.here.add(call)
        self.do(h.Passed(call, queue, agent))

    @rule(call=CONSULTS, queue=QUEUES, colleague=AGENTS)
    def asks_a_colleague(self, call: str, queue: str, colleague: str) -> None:
        self.do(h.Asks(call, queue, colleague))

    @rule(call=st.one_of(CALLS, OWED), consult=CONSULTS)
    def hands_over(self, call: str, consult: str) -> None:
        self.do(h.HandedOver(call, consult))

    @rule(agent=AGENTS, call=CALLS, part=st.sampled_from(["listen", "whisper", "take_over", "leave"]))
    def supervised(self, agent: str, call: str, part: h.Part) -> None:
        self.do(h.Supervised(agent, call, part))

    @rule(seconds=st.sampled_from([0.5, 1, 15, 30, 61]))
    def time_passes(self, seconds: float) -> None:
        self.floor.now += timedelta(seconds=seconds)
        self.do(h.Ticked())

    @rule(calls=st.sets(st.one_of(CALLS, OWED, CONSULTS)), agents=st.sets(AGENTS), heard=st.sets(AGENTS))
    def counted(self, calls: set[str], agents: set[str], heard: set[str]) -> None:
        """Whatever was stuck is not any more: after one count the floor knows nobody who is not there."""
        self.do(h.Counted(frozenset(calls), frozenset(agents), frozenset(heard)))
        acd = self.floor.acd
        assert set(acd.talks) <= calls
        assert {waiter.call for waiter in acd.waiting.values() if waiter.kind != "callback"} <= calls
        for agent in acd.agents.values():
            waited_for = any(talk.agent == agent.id and talk.lost_at for talk in acd.talks.values())
            assert agent.id in agents or waited_for
            assert agent.id in heard or waited_for or agent.state in (AgentState.AWAY, AgentState.WRAP_UP)

    @invariant()
    def every_call_is_in_one_place(self) -> None:
        """Callbacks wait without a line; everybody else who is here waits or talks."""
        waiting, talks = self.floor.acd.waiting, self.floor.acd.talks
        assert not set(waiting) & set(talks)
        lines = {waiter.call for waiter in waiting.values() if waiter.kind == "line"}
        callbacks = {talk.call for talk in talks.values() if talk.owed and talk.owed.call == talk.call}
        apart = callbacks | {talk.call for talk in talks.values() if talk.consult}
        assert lines | set(talks) - apart == self.here - apart

    @invariant()
    def nobody_is_called_back_twice_at_once(self) -> None:
        acd = self.floor.acd
        calling = [talk.owed.call for talk in acd.talks.values() if talk.owed]
        assert len(calling) == len(set(calling))
        assert not set(calling) & {waiter.call for waiter in acd.waiting.values()}

    @invariant()
    def nobody_is_called_back_for_ever(self) -> None:
        acd = self.floor.acd
        for waiter in acd.waiting.values():
            assert waiter.attempts < acd.queues[waiter.queue].most_attempts

    @invariant()
    def the_wait_is_told_for_everybody_who_can_be_served(self) -> None:
        floor = Floor(self.floor.acd, self.floor.now)
        waits = waits_of(floor)
        assert set(waits) == set(floor.waiting)
        assert all(wait >= 0 for wait in waits.values())

    @invariant()
    def every_agent_has_what_the_floor_says(self) -> None:
        acd = self.floor.acd
        for agent in acd.agents.values():
            assert (agent.state is AgentState.RESERVED) == (self.ringing.get(agent.id) == agent.call != "")
            assert (agent.state is AgentState.TALKING) == (agent.call in acd.talks)
        for talk in acd.talks.values():
            assert acd.agents[talk.agent].call == talk.call
        assert {w.ringing: w.call for w in acd.waiting.values() if w.ringing} == self.ringing

    @invariant()
    def nobody_waits_beside_a_free_agent(self) -> None:
        acd, now = self.floor.acd, self.floor.now
        for waiter in acd.waiting.values():
            for agent in acd.agents.values():
                if agent.state is AgentState.AVAILABLE and suits(agent, waiter) and waiter.may_ring(now):
                    assert (now - waiter.declined[agent.id]).total_seconds() < acd.again_s


AnyDay.TestCase.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
TestAnyDay = AnyDay.TestCase
