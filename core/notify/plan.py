"""
From what happened to who must hear of it: the notifications of a pack, matched against events.

A notification names triggers: a command that was carried out ("decline"), a stage that was entered ("case/published"),
a clock that ran out ("breach:accept"). A clock tells of itself, ahead of its limit and past it, whom its own entry
names. Pure: who holds a role, and on which channel, is found out by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from core.cases.decide.triggers import Happening, happenings
from core.cases.events import ClockBreached, ClockWarned, Event
from core.cases.sealed import SealedText
from core.regulations.model import Pack
from core.regulations.sections import Form, Notification

Holds = Callable[[Notification, Event], bool]
"""Whether a notification's `when` is true of the case at this event."""

REPORTER = "reporter"


@dataclass(frozen=True)
class Notice:
    """
    One notification of the pack that came true, or a limit that came near or passed.

    `key` is the same however often it is worked out: event version and notification. `version`: the event's number in
    its case. `via`: the forms in which staff are told. `parts`: ids of the dispatches and requests for help it is
    about; none: the whole case. `clock_id`: the limit that tells of itself. `texts` are the sealed words of the event,
    by field name, for the template to quote.
    """

    key: str
    notification: str
    template: str
    to: tuple[str, ...]
    via: tuple[Form, ...]
    event: Event
    version: int
    parts: tuple[str, ...] = ()
    clock_id: str = ""
    texts: dict[str, SealedText] = field(default_factory=dict)

    @property
    def staff(self) -> tuple[str, ...]:
        """The roles of staff among those who are told."""
        return tuple(role for role in self.to if role != REPORTER)


def plan(pack: Pack, events: Sequence[Event], *, first_version: int, holds: Holds) -> list[Notice]:
    """Every notice that these events cause, in order. `first_version` is the number of the first of them."""
    notices: list[Notice] = []
    for version, event in enumerate(events, start=first_version):
        happened = list(happenings(event))
        for notification in pack.notifications.values():
            about = [happening for happening in happened if happening.word in notification.on]
            if about and holds(notification, event):
                notices.append(_notice(notification, event, version, about))
        notices += _of_clock(pack, event, version)
    return notices


def _notice(notification: Notification, event: Event, version: int, about: Sequence[Happening]) -> Notice:
    texts = {name: value for name in type(event).model_fields if isinstance(value := getattr(event, name), SealedText)}
    parts = (part for happening in about for part in (happening.dispatch_id, happening.coordination_id) if part)
    return Notice(
        key=f"{version}/{notification.id}",
        notification=notification.id,
        template=notification.template,
        to=notification.to,
        via=notification.via,
        event=event,
        version=version,
        parts=tuple(dict.fromkeys(parts)),
        texts=texts,
    )


def _of_clock(pack: Pack, event: Event, version: int) -> Iterator[Notice]:
    """A limit speaks to staff only: what it means to reporters, a notification says in words of its own."""
    if not isinstance(event, ClockWarned | ClockBreached):
        return
    name, _, part = event.clock_id.partition(":")
    kind, template = _clock_words(pack, event, name)
    to = tuple(role for role in event.tell if role != REPORTER)
    if to:
        yield Notice(
            key=f"{version}/{kind}:{name}",
            notification=f"{kind}:{name}",
            template=template,
            to=to,
            via=("console",),
            event=event,
            version=version,
            parts=(part,) if part else (),
            clock_id=event.clock_id,
        )


def _clock_words(pack: Pack, event: Event, name: str) -> tuple[str, str]:
    if isinstance(event, ClockWarned):
        return "warning", "task_due_soon"
    clock = pack.clocks.get(name)
    return "breach", "task_late" if clock is None or clock.kind == "deadline" else "task_waited"
