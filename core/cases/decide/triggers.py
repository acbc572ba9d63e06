"""
What has just happened, in the words that clocks and notifications of a pack listen to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.cases.events import (
    CaseDispatched,
    CaseMoved,
    CaseReceived,
    ClockBreached,
    CoordinationMoved,
    CoordinationRequested,
    DispatchEscalated,
    DispatchMoved,
    Event,
    Fact,
    LetterSent,
    Opened,
)


@dataclass(frozen=True)
class Happening:
    """
    One trigger.

    Args:
        word: as packs write it: "dispatch", "case/published", "breach:accept".
        left: the stage that was left, in the same words ("case/waiting_reporter"); empty for the rest.
        dispatch_id, coordination_id: what it is about; None: the whole case.
    """

    word: str
    left: str = ""
    dispatch_id: str | None = None
    coordination_id: str | None = None


def happenings(event: Event) -> Iterator[Happening]:
    """The triggers an event pulls: the command itself first, then the stages it opened."""
    match event:
        case CaseMoved():
            yield Happening(f"case/{event.to}", left=f"case/{event.came_from}")
        case DispatchMoved():
            left = f"dispatch/{event.came_from}"
            yield Happening(f"dispatch/{event.to}", left=left, dispatch_id=event.dispatch_id)
        case CoordinationMoved():
            left = f"coordination/{event.came_from}"
            yield Happening(f"coordination/{event.to}", left=left, coordination_id=event.coordination_id)
        case ClockBreached():
            yield Happening(f"breach:{event.name}", dispatch_id=event.dispatch_id)
        case Fact():
            yield Happening(event.command, dispatch_id=_dispatch_of(event), coordination_id=_coordination_of(event))
            yield from _opened(event)


def _opened(event: Fact) -> Iterator[Happening]:
    match event:
        case CaseReceived():
            yield Happening(f"case/{event.stage}")
        case CaseDispatched():
            yield from (_new_dispatch(item) for item in event.opened)
        case DispatchEscalated(opened=Opened() as item) | LetterSent(opened=Opened() as item):
            yield _new_dispatch(item)
        case CoordinationRequested():
            yield Happening(f"coordination/{event.opened.stage}", coordination_id=event.opened.id)


def _new_dispatch(item: Opened) -> Happening:
    return Happening(f"dispatch/{item.stage}", dispatch_id=item.id)


def _dispatch_of(event: Fact) -> str | None:
    found: str | None = getattr(event, "dispatch_id", None)
    return found


def _coordination_of(event: Fact) -> str | None:
    found: str | None = getattr(event, "coordination_id", None)
    return found
