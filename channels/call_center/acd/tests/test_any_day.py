"""Whatever happens, in whatever order: nobody is lost, nobody is in two places, nobody waits beside a free agent."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from channels.call_center.acd import happenings as h
from channels.call_center.acd.effects import Capture, Connect, Effect, Repaired, Ring, StopRinging
from channels.call_center.acd.matching import suits
from channels.call_center.acd.model import AgentState
from channels.call_center.acd.tests.floors import Try

CALLS = st.sampled_from([f"c{number}" for number in range(6)])
AGENTS = st.sampled_from(["lan", "minh", "hoa"])
QUEUES = st.sampled_from(["reports", "urgent"])
SKILLS = st.frozensets(st.sampled_from(["vi", "en"]))


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

    @rule(call=CALLS, queue=QUEUES, skills=SKILLS, kind=st.sampled_from(["line", "callback"]))
    def queued(self, call: str, queue: str, skills: frozenset[str], kind: str) -> None:
        self.here.add(call)
        self.do(h.Queued(call, queue, skills=skills, kind=kind))

    @rule(call=CALLS)
    def gives_up(self, call: str) -> None:
        if call in self.floor.acd.waiting:
            self.here.discard(call)
        self.do(h.GaveUp(call))

    @rule(call=CALLS)
    def talk_ends(self, call: str) -> None:
        if call in self.floor.acd.talks:
            self.here.discard(call)
        self.do(h.TalkEnded(call))

    @rule(agent=AGENTS, call=CALLS)
    def dials(self, agent: str, call: str) -> None:
        self.do(h.Dials(agent, call, "reports"))
        if call in self.floor.acd.talks:
            self.here.add(call)

    @rule(call=CALLS)
    def not_reached(self, call: str) -> None:
        if call in self.floor.acd.talks:
            self.here.discard(call)
        self.do(h.NotReached(call))

    @rule(call=CALLS)
    def wants_a_callback(self, call: str) -> None:
        self.do(h.CallbackChosen(call))

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

    @rule(call=CALLS, queue=QUEUES, agent=st.one_of(st.just(""), AGENTS))
    def passed(self, call: str, queue: str, agent: str) -> None:
        self.do(h.Passed(call, queue, agent))

    @rule(agent=AGENTS, call=CALLS, part=st.sampled_from(["listen", "whisper", "take_over", "leave"]))
    def supervised(self, agent: str, call: str, part: h.Part) -> None:
        self.do(h.Supervised(agent, call, part))

    @rule(seconds=st.sampled_from([0.5, 1, 15, 30, 61]))
    def time_passes(self, seconds: float) -> None:
        self.floor.now += timedelta(seconds=seconds)
        self.do(h.Ticked())

    @rule(calls=st.sets(CALLS), agents=st.sets(AGENTS))
    def counted(self, calls: set[str], agents: set[str]) -> None:
        self.do(h.Counted(frozenset(calls), frozenset(agents)))

    @invariant()
    def every_call_is_in_one_place(self) -> None:
        waiting, talking = set(self.floor.acd.waiting), set(self.floor.acd.talks)
        assert not waiting & talking
        assert waiting | talking == self.here

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
                if agent.state is AgentState.AVAILABLE and suits(agent, waiter) and not waiter.ringing:
                    assert (now - waiter.declined[agent.id]).total_seconds() < acd.again_s


AnyDay.TestCase.settings = settings(max_examples=60, stateful_step_count=60, deadline=None)
TestAnyDay = AnyDay.TestCase
