"""On which channels something is due: one question for all of them, however many there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, bindparam, exists, select

from core.storage.tables import fetch, outbox


@dataclass(frozen=True)
class Awaited:
    """Channels with messages to send, and with files to fetch, whose time has come."""

    sending: frozenset[str]
    fetching: frozenset[str]


class Lookout:
    """Looks at the outbox of some channels, and at what is to be fetched on some."""

    def __init__(self, *, sending: Collection[str], fetching: Collection[str]) -> None:
        self._sending, self._fetching = tuple(sending), tuple(fetching)
        found = [_is_due(outbox, "pending", name) for name in self._sending]
        found += [_is_due(fetch, "waiting", name) for name in self._fetching]
        self._question = select(*(one.label(f"at_{number}") for number, one in enumerate(found)))

    def look(self, connection: Connection, now: datetime) -> Awaited:
        """What waits at this instant; some of it may wait behind others."""
        if not (self._sending or self._fetching):
            return Awaited(frozenset(), frozenset())
        due = connection.execute(self._question, {"now": now}).one()
        named = [name for name, is_due in zip((*self._sending, *self._fetching), due, strict=True) if is_due]
        count = sum(map(bool, due[: len(self._sending)]))
        return Awaited(frozenset(named[:count]), frozenset(named[count:]))


def _is_due(table: Table, state: str, channel: str) -> ColumnElement[bool]:
    here = table.c.state == state, table.c.channel == channel, table.c.next_at <= bindparam("now")
    return exists(select(table.c.next_at).where(*here))
