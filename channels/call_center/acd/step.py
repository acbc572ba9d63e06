"""The floor's one function: state and news in, state and wishes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import singledispatch

from channels.call_center.acd import happenings as h
from channels.call_center.acd.effects import Capture, Comfort, Connect, Effect, Join, Repaired
from channels.call_center.acd.floor import FREE_TO_CHOOSE, Floor
from channels.call_center.acd.matching import match
from channels.call_center.acd.model import Acd, Agent, AgentState, Talk, Waiter
from channels.call_center.acd.waiting import cannot_wait, pass_time, tell_places

VANISHED = "vanished"


def step(acd: Acd, happening: h.Happening, now: datetime) -> tuple[Acd, tuple[Effect, ...]]:
    """
    Deal with one happening at `now` (aware; never earlier than the last one).

    Afterwards nobody who could talk is left waiting: every caller for whom an agent is free rings there.
    """
    floor = Floor(acd, now)
    _deal(happening, floor)
    match(floor)
    tell_places(floor)
    return floor.finished()


@singledispatch
def _deal(happening: h.Happening, floor: Floor) -> None:
    raise TypeError(f"no happening: {happening!r}")


@_deal.register
def _queued(new: h.Queued, floor: Floor) -> None:
    if new.call in floor.waiting or new.call in floor.talks:
        return
    why = cannot_wait(floor, floor.queue(new.queue)) if new.kind == "line" else ""
    if why:
        floor.want(Capture(new.call, why))
        return
    since = min(new.since or floor.now, floor.now)
    floor.waiting[new.call] = Waiter(
        new.call, new.queue, since, kind=new.kind, priority=new.priority, skills=new.skills, only=new.only
    )


@_deal.register
def _gave_up(gone: h.GaveUp, floor: Floor) -> None:
    floor.drop(gone.call, "gave_up")


@_deal.register
def _callback_chosen(chosen: h.CallbackChosen, floor: Floor) -> None:
    """The agent for whom it rings does not get an empty line; the place is the same as before."""
    waiter = floor.waiting.get(chosen.call)
    if waiter is not None and waiter.kind == "line":
        floor.put_waiter(floor.stop_ringing(waiter, "moved"), kind="callback")


@_deal.register
def _signed_in(here: h.SignedIn, floor: Floor) -> None:
    known = floor.agents.get(here.agent) or Agent(here.agent, here.queues, here.skills, floor.now, floor.now)
    floor.agents[here.agent] = replace(known, queues=here.queues, skills=here.skills)


@_deal.register
def _signed_out(gone: h.SignedOut, floor: Floor) -> None:
    agent = floor.agents.get(gone.agent)
    if agent is None:
        return
    if agent.state is AgentState.RESERVED:
        floor.stop_ringing(floor.waiting[agent.call], "signed_out")
    if agent.state is AgentState.TALKING:
        floor.choose(agent, AgentState.AWAY, "signed_out")
    else:
        del floor.agents[agent.id]


@_deal.register
def _chose(choice: h.Chose, floor: Floor) -> None:
    agent = floor.agents.get(choice.agent)
    if agent is None:
        return
    if agent.state is AgentState.RESERVED and not choice.available:
        _decline(floor, agent.call)
    wanted = AgentState.AVAILABLE if choice.available else AgentState.AWAY
    floor.choose(floor.agents[agent.id], wanted, choice.why)


@_deal.register
def _took(taken: h.Took, floor: Floor) -> None:
    waiter = floor.waiting.get(taken.call)
    if waiter is None or waiter.ringing != taken.agent:
        return
    del floor.waiting[taken.call]
    floor.begin_talk(taken.call, taken.agent, waiter.queue)
    floor.want(Connect(taken.agent, taken.call, waiter.since, callback=waiter.kind == "callback"))


@_deal.register
def _declined(no: h.Declined, floor: Floor) -> None:
    waiter = floor.waiting.get(no.call)
    if waiter is not None and waiter.ringing == no.agent:
        _decline(floor, no.call)


def _decline(floor: Floor, call: str) -> None:
    waiter = floor.waiting[call]
    silenced = {**waiter.declined, waiter.ringing: floor.now}
    floor.put_waiter(floor.stop_ringing(waiter, "declined"), declined=silenced)


@_deal.register
def _dials(new: h.Dials, floor: Floor) -> None:
    agent = floor.agents.get(new.agent)
    known = new.call in floor.waiting or new.call in floor.talks
    if agent is not None and agent.state in FREE_TO_CHOOSE and not known:
        floor.begin_talk(new.call, new.agent, new.queue)


@_deal.register
def _not_reached(gone: h.NotReached, floor: Floor) -> None:
    talk = floor.talks.pop(gone.call, None)
    agent = floor.agents.get(talk.agent) if talk else None
    if agent is not None:
        floor.rest(agent)


@_deal.register
def _talk_ended(over: h.TalkEnded, floor: Floor) -> None:
    floor.end_talk(over.call)


@_deal.register
def _wrapped_up(done: h.WrappedUp, floor: Floor) -> None:
    agent = floor.agents.get(done.agent)
    if agent is not None and agent.state is AgentState.WRAP_UP:
        floor.rest(agent)


@_deal.register
def _vanished(gone: h.Vanished, floor: Floor) -> None:
    """A ringing call goes on to the next; a caller in mid-sentence hears music until the page is back."""
    agent, talk = floor.agents.get(gone.agent), floor.talk_of(gone.agent)
    if agent is None:
        return
    if talk is not None:
        floor.talks[talk.call] = replace(talk, lost_at=talk.lost_at or floor.now)
        floor.want(Comfort(talk.call))
        return
    if agent.state is AgentState.RESERVED:
        _decline(floor, agent.call)
    if agent.wanted is AgentState.AVAILABLE:
        floor.choose(floor.agents[agent.id], AgentState.AWAY, VANISHED)


@_deal.register
def _came_back(back: h.CameBack, floor: Floor) -> None:
    """A page that was loaded again goes on where it was."""
    agent, talk = floor.agents.get(back.agent), floor.talk_of(back.agent)
    if talk is not None and talk.lost_at is not None:
        floor.talks[talk.call] = replace(talk, lost_at=None)
        floor.want(Connect(back.agent, talk.call, talk.since))
    if agent is not None and agent.why == VANISHED:
        floor.choose(agent, AgentState.AVAILABLE, "")


@_deal.register
def _passed(passed: h.Passed, floor: Floor) -> None:
    """The caller has waited once: they go before all who wait for the same people."""
    talk = floor.end_talk(passed.call)
    if talk is not None:
        floor.want(Comfort(talk.call))
        floor.waiting[talk.call] = Waiter(talk.call, passed.queue, talk.since, only=passed.agent, first=True)


@_deal.register
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
    floor.begin_talk(talk.call, supervisor, talk.queue)
    return True


@_deal.register
def _ticked(_tick: h.Ticked, floor: Floor) -> None:
    pass_time(floor)


@_deal.register
def _counted(real: h.Counted, floor: Floor) -> None:
    """What is remembered and not there is put right and told: nobody rings for a caller who has gone."""
    for call in [call for call in floor.waiting if call not in real.calls]:
        floor.want(Repaired("call", call, "waited without a line"))
        floor.drop(call, "gave_up")
    for call in [call for call in floor.talks if call not in real.calls]:
        floor.want(Repaired("call", call, "talked without a line"))
        floor.end_talk(call)
    for agent in [agent for agent in floor.agents if agent not in real.agents]:
        _missing(floor, agent)


def _missing(floor: Floor, agent: str) -> None:
    talk = floor.talk_of(agent)
    if talk is not None and talk.lost_at is not None:
        return
    floor.want(Repaired("agent", agent, floor.agents[agent].state.value))
    _deal(h.Vanished(agent) if talk else h.SignedOut(agent), floor)
