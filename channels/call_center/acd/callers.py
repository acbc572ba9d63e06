"""What callers do: they come, wait, and go."""

from __future__ import annotations

from channels.call_center.acd import happenings as h
from channels.call_center.acd.dealing import deal
from channels.call_center.acd.effects import Capture
from channels.call_center.acd.floor import Floor
from channels.call_center.acd.matching import staffed
from channels.call_center.acd.model import Waiter
from channels.call_center.acd.waiting import cannot_wait, pass_time


@deal.register
def _queued(new: h.Queued, floor: Floor) -> None:
    """A wish that nobody who is signed in can meet is not waited for where the queue would ease it anyway."""
    if new.call in floor.waiting or new.call in floor.talks:
        return
    queue, skills = floor.queue(new.queue), new.skills
    if queue.eases and not staffed(floor, new.queue, skills):
        skills = frozenset()
    why = cannot_wait(floor, queue, skills)
    if why:
        floor.want(Capture(new.call, why))
        return
    floor.waiting[new.call] = Waiter(new.call, new.queue, floor.now, priority=new.priority, skills=skills)


@deal.register
def _gave_up(gone: h.GaveUp, floor: Floor) -> None:
    """Who is called back is not on the line: the list of the case service says when that is over."""
    waiter = floor.waiting.get(gone.call)
    if waiter is not None and waiter.kind != "callback":
        floor.drop(gone.call, "gave_up")


@deal.register
def _ticked(_tick: h.Ticked, floor: Floor) -> None:
    pass_time(floor)
