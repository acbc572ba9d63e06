"""
From what happened to who must hear of it: the notifications of a pack, matched against events.

A notification names triggers: a command that was carried out ("decline"), a stage that was entered ("case/published"),
a clock that ran out ("breach:accept"). Pure: who holds a role, and on which channel, is found out by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from core.cases.decide.triggers import happenings
from core.cases.events import Event
from core.cases.sealed import SealedText
from core.regulations.model import Pack
from core.regulations.sections import Notification

Holds = Callable[[Notification, Event], bool]
"""Whether a notification's `when` is true of the case at this event."""


@dataclass(frozen=True)
class Notice:
    """
    One notification of the pack that came true.

    `key` is the same however often it is worked out: event version and notification. `texts` are the sealed words of
    the event, by field name, for the template to quote.
    """

    key: str
    notification: str
    template: str
    to: tuple[str, ...]
    via: tuple[str, ...]
    event: Event
    texts: dict[str, SealedText] = field(default_factory=dict)


def plan(pack: Pack, events: Sequence[Event], *, first_version: int, holds: Holds) -> list[Notice]:
    """Every notice that these events cause, in order. `first_version` is the number of the first of them."""
    notices = []
    for version, event in enumerate(events, start=first_version):
        happened = {happening.word for happening in happenings(event)}
        for notification in pack.notifications.values():
            if happened & set(notification.on) and holds(notification, event):
                notices.append(_notice(notification, event, version))
    return notices


def _notice(notification: Notification, event: Event, version: int) -> Notice:
    texts = {name: value for name in type(event).model_fields if isinstance(value := getattr(event, name), SealedText)}
    return Notice(
        key=f"{version}/{notification.id}",
        notification=notification.id,
        template=notification.template,
        to=notification.to,
        via=notification.via,
        event=event,
        texts=texts,
    )
