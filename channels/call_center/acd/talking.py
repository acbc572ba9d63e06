"""How agents get calls, and part with them."""

from __future__ import annotations

from dataclasses import replace

from channels.call_center.acd import callbacks
from channels.call_center.acd import happenings as h
from channels.call_center.acd.dealing import deal
from channels.call_center.acd.effects import Comfort, Connect, Join
from channels.call_center.acd.floor import FREE_TO_CHOOSE, Floor
from channels.call_center.acd.model import Agent, AgentState, Talk, Waiter


@deal.register
def _took(taken: h.Took, floor: Floor) -> None:
    waiter = floor.waiting.get(taken.call)
    if waiter is None or waiter.ringing != taken.agent:
        return
    del floor.waiting[taken.call]
    owed = waiter if waiter.kind == "callback" else None
    floor.begin_talk(taken.call, taken.agent, waiter.queue, owed=owed, consult=waiter.kind == "colleague")
    floor.want(Connect(taken.agent, taken.call, waiter.since, callback=owed is not None))


@deal.register
def _declined(no: h.Declined, floor: Floor) -> None:
    waiter = floor.waiting.get(no.call)
    if waiter is not None and waiter.ringing == no.agent:
        floor.decline(no.call)


@deal.register
def _dials(new: h.Dials, floor: Floor) -> None:
    """A callback that somebody makes out of turn rings for nobody else; one that rings for them can wait."""
    known = new.call in floor.waiting or new.call in floor.talks
    agent = _with_hands_free(floor, new.agent)
    if agent is not None and agent.state in FREE_TO_CHOOSE and not known:
        floor.begin_talk(new.call, new.agent, new.queue, owed=callbacks.take(floor, new.owed))


def _with_hands_free(floor: Floor, name: str) -> Agent | None:
    """The agent; a callback that rings for them goes back to its place, for nobody is on the line."""
    agent = floor.agents.get(name)
    waiter = floor.waiting.get(agent.call) if agent is not None and agent.state is AgentState.RESERVED else None
    if waiter is not None and waiter.kind == "callback":
        floor.stop_ringing(waiter, "moved")
    return floor.agents.get(name)


@deal.register
def _not_reached(gone: h.NotReached, floor: Floor) -> None:
    talk = floor.talks.pop(gone.call, None)
    if talk is None:
        return
    callbacks.tried(floor, talk)
    agent = floor.agents.get(talk.agent)
    if agent is not None:
        floor.rest(agent)


@deal.register
def _talk_ended(over: h.TalkEnded, floor: Floor) -> None:
    talk = floor.end_talk(over.call)
    if talk is not None:
        floor.learn(talk)
        callbacks.settle(floor, talk)


@deal.register
def _passed(passed: h.Passed, floor: Floor) -> None:
    """The caller has waited once: they go before all who wait for the same people."""
    talk = floor.talks.get(passed.call)
    if talk is not None and not talk.consult:
        floor.end_talk(talk.call)
        callbacks.settle(floor, talk)
        floor.want(Comfort(talk.call))
        floor.waiting[talk.call] = Waiter(talk.call, passed.queue, talk.since, only=passed.agent, first=True)


@deal.register
def _asks(question: h.Asks, floor: Floor) -> None:
    if question.call in floor.waiting or question.call in floor.talks:
        return
    floor.waiting[question.call] = Waiter(
        question.call, question.queue, floor.now, kind="colleague", only=question.colleague, first=True
    )


@deal.register
def _handed_over(given: h.HandedOver, floor: Floor) -> None:
    """The caller was not on the line with the colleague, and now they are."""
    talk, consult = floor.talks.get(given.call), floor.talks.get(given.consult)
    if talk is None or consult is None or talk is consult:
        return
    del floor.talks[consult.call]
    floor.end_talk(talk.call)
    floor.begin_talk(talk.call, consult.agent, talk.queue, owed=talk.owed)
    floor.want(Connect(consult.agent, talk.call, talk.since))


@deal.register
def _supervised(watched: h.Supervised, floor: Floor) -> None:
    talk = floor.talks.get(watched.call)
    if talk is None or talk.agent == watched.supervisor:
        return
    others = {name: part for name, part in talk.others.items() if name != watched.supervisor}
    if watched.part == "take_over" and not _takes_over(floor, talk, watched.supervisor):
        return
    if watched.part in ("listen", "whisper"):
        others[watched.supervisor] = watched.part
    floor.talks[talk.call] = replace(floor.talks[talk.call], others=others)
    floor.want(Join(watched.supervisor, watched.call, watched.part))


def _takes_over(floor: Floor, talk: Talk, supervisor: str) -> bool:
    """The call is the supervisor's from now on, if they are signed in and have no other."""
    agent = floor.agents.get(supervisor)
    if agent is None or agent.state in (AgentState.TALKING, AgentState.RESERVED):
        return False
    floor.end_talk(talk.call)
    floor.begin_talk(talk.call, supervisor, talk.queue, owed=talk.owed)
    return True
