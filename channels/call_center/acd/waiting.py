"""What waiting brings: the place is told, rules of the queue are carried out, nobody rings for ever."""

from __future__ import annotations

from datetime import timedelta

from channels.call_center.acd import callbacks
from channels.call_center.acd.effects import Capture, OfferCallback, Say, StopRinging
from channels.call_center.acd.estimates import places_of, waits_of
from channels.call_center.acd.floor import Floor
from channels.call_center.acd.matching import in_order, staffed
from channels.call_center.acd.model import AgentState, Overflow, Queue, Rule, Waiter


def pass_time(floor: Floor) -> None:
    """Everything that is due by now, in the order in which people wait."""
    _end_ringing(floor)
    _end_wrapping(floor)
    _end_lost(floor)
    _end_promises(floor)
    for waiter in in_order(floor):
        if waiter.kind == "line":
            _overflow(floor, waiter)
    tell_places(floor)


def tell_places(floor: Floor) -> None:
    """Everybody on the line hears where they stand, at first and then at times."""
    eager = [waiter for waiter in floor.waiting.values() if waiter.kind == "line" and not waiter.ringing]
    if not any(_silent_for_long(floor, waiter) for waiter in eager):
        return
    places, waits = places_of(floor), waits_of(floor)
    for waiter in eager:
        if _silent_for_long(floor, waiter):
            floor.put_waiter(waiter, told_at=floor.now)
            floor.want(Say(waiter.call, places[waiter.call], waits[waiter.call]))


def _silent_for_long(floor: Floor, waiter: Waiter) -> bool:
    every = timedelta(seconds=floor.queue(waiter.queue).told_every_s)
    return waiter.told_at is None or floor.now - waiter.told_at >= every


def cannot_wait(floor: Floor, queue: Queue, skills: frozenset[str] = frozenset()) -> str:
    """Why a new caller should not wait in this queue; empty if they may."""
    if not staffed(floor, queue.name, skills):
        return "nobody"
    waiting = sum(waiter.queue == queue.name and waiter.kind == "line" for waiter in floor.waiting.values())
    return "full" if waiting >= queue.most_waiting else ""


def capture(floor: Floor, waiter: Waiter, why: str) -> None:
    """The caller leaves the queue for the machine that takes the report."""
    floor.drop(waiter.call, "moved")
    floor.want(Capture(waiter.call, why))


def _end_ringing(floor: Floor) -> None:
    """Who let it ring too long is away until they say otherwise: the caller must not ring there again and again."""
    for agent in list(floor.agents.values()):
        if agent.state is AgentState.RESERVED and agent.until is not None and agent.until <= floor.now:
            waiter = floor.waiting[agent.call]
            floor.leave_alone(waiter, agent.id)
            floor.put_agent(agent, AgentState.AWAY, wanted=AgentState.AWAY, why="no_answer")
            floor.want(StopRinging(agent.id, waiter.call, "no_answer"))


def _end_wrapping(floor: Floor) -> None:
    for agent in list(floor.agents.values()):
        if agent.state is AgentState.WRAP_UP and agent.until is not None and agent.until <= floor.now:
            floor.rest(agent)


def _end_lost(floor: Floor) -> None:
    """An agent who does not come back: their caller goes before all others, and they are signed out."""
    for talk in list(floor.talks.values()):
        if talk.lost_at and (floor.now - talk.lost_at).total_seconds() >= floor.acd.lost_s:
            del floor.talks[talk.call]
            floor.agents.pop(talk.agent, None)
            callbacks.settle(floor, talk)
            if not talk.consult:
                floor.waiting[talk.call] = Waiter(talk.call, talk.queue, since=talk.since, first=True)


def _end_promises(floor: Floor) -> None:
    """Who was promised to somebody that is not there any more is served by everybody."""
    for waiter in list(floor.waiting.values()):
        promised = floor.agents.get(waiter.only)
        if waiter.only and (promised is None or promised.state is AgentState.AWAY):
            _break_promise(floor, waiter)


def _break_promise(floor: Floor, waiter: Waiter) -> None:
    if waiter.kind == "colleague":
        floor.drop(waiter.call, "gave_up")
    else:
        floor.put_waiter(waiter, only="")


def _overflow(floor: Floor, waiter: Waiter) -> None:
    """Carry out the rules whose time has come, one after the other, as long as the caller still waits there."""
    if not waiter.ringing and not staffed(floor, waiter.queue, _wanted(floor, waiter)):
        capture(floor, waiter, "nobody")
        return
    waited = (floor.now - waiter.since).total_seconds()
    for rule in floor.queue(waiter.queue).rules[waiter.ruled :]:
        if rule.after_s > waited or waiter.ringing:
            return
        waiter = floor.put_waiter(waiter, ruled=waiter.ruled + 1)
        if not _carry_out(floor, waiter, rule):
            return
        waiter = floor.waiting[waiter.call]


def _wanted(floor: Floor, waiter: Waiter) -> frozenset[str]:
    """What has to be met: wishes that will be eased need not."""
    return frozenset() if floor.queue(waiter.queue).eases else waiter.skills


def _carry_out(floor: Floor, waiter: Waiter, rule: Rule) -> bool:
    """Do what a rule says. False when its queue is left by that."""
    if rule.do is Overflow.OFFER_CALLBACK:
        floor.want(OfferCallback(waiter.call))
    elif rule.do is Overflow.EASE:
        floor.put_waiter(waiter, skills=frozenset())
    elif rule.do is Overflow.MOVE:
        floor.put_waiter(waiter, queue=rule.queue, ruled=0, told_at=None)
        return False
    else:
        capture(floor, waiter, "waited")
        return False
    return True
