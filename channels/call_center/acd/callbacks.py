"""
Callbacks: places in the queue of people who are not on the line.

The case service keeps who is owed a call; it tells the whole list again and again, so that a restart of either side
loses nobody. What the floor knows better (a callback that was just made or just tried) goes before that list.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from channels.call_center.acd import happenings as h
from channels.call_center.acd.dealing import deal
from channels.call_center.acd.floor import Floor
from channels.call_center.acd.model import Queue, Talk, Waiter


@deal.register
def _owed(told: h.Owed, floor: Floor) -> None:
    """Who is owed a call waits for it; who was called meanwhile, or by somebody else, does not."""
    forget_settled(floor)
    for callback in told.calls:
        if callback.queue in floor.acd.queues and callback.call not in floor.settled:
            _remember(floor, callback)
    wanted = {callback.call for callback in told.calls}
    for waiter in list(floor.waiting.values()):
        if waiter.kind == "callback" and waiter.call not in wanted:
            floor.drop(waiter.call, "moved")


def _remember(floor: Floor, callback: h.Callback) -> None:
    """A place for it, once. Attempts of which the list has not heard count; so does the later pause."""
    queue = floor.queue(callback.queue)
    if callback.attempts >= queue.most_attempts or _in_hand(floor, callback.call):
        return
    waiter = floor.waiting.get(callback.call) or _fresh(callback, queue, floor.now)
    floor.waiting[callback.call] = replace(
        waiter,
        attempts=max(waiter.attempts, callback.attempts),
        not_before=_later_of(waiter.not_before, callback.not_before),
    )


def _fresh(callback: h.Callback, queue: Queue, now: datetime) -> Waiter:
    priority = {"kept": 0, "missed": queue.missed_priority, "emergency": queue.emergency_priority}[callback.kind]
    since = min(callback.since, now)
    return Waiter(
        callback.call, callback.queue, since, kind="callback", priority=priority, skills=_askable(callback, queue)
    )


def _askable(callback: h.Callback, queue: Queue) -> frozenset[str]:
    """A queue that eases wishes has had all the time for it."""
    return frozenset() if queue.eases else callback.skills


def _in_hand(floor: Floor, call: str) -> bool:
    """Whether they are on the line, or an agent is calling them back just now."""
    waiter = floor.waiting.get(call)
    calling = any(talk.owed is not None and talk.owed.call == call for talk in floor.talks.values())
    return calling or call in floor.talks or (waiter is not None and waiter.kind == "line")


def _later_of(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def take(floor: Floor, call: str) -> Waiter | None:
    """A callback that an agent makes leaves the queue; None where it does not wait there."""
    waiter = floor.waiting.get(call)
    return floor.drop(call, "moved") if waiter is not None and waiter.kind == "callback" else None


def tried(floor: Floor, talk: Talk) -> None:
    """Nobody answered: they are called again after a pause, in their old place, but not for ever."""
    if talk.owed is None:
        return
    queue, attempts = floor.queue(talk.owed.queue), talk.owed.attempts + 1
    if attempts >= queue.most_attempts:
        settle(floor, talk)
        return
    pause = floor.later(queue.try_again_s)
    floor.put_waiter(talk.owed, ringing="", attempts=attempts, not_before=pause)


def settle(floor: Floor, talk: Talk) -> None:
    """They were called; the list may still say otherwise for a while."""
    if talk.owed is not None:
        floor.settled[talk.owed.call] = floor.now


def forget_settled(floor: Floor) -> None:
    """After a while the list is right again."""
    oldest = floor.now - timedelta(seconds=floor.acd.settling_s)
    floor.settled = {call: at for call, at in floor.settled.items() if at > oldest}
