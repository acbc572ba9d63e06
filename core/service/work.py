"""
A unit of work: everything one message or command changes, gathered first, then stored in one transaction.

Nothing is kept unless the unit is committed (`core.service.committing`). Thinking happens outside the transaction on
what was read; the version checks inside it find out whether that is still true.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from core.storage import outbox
from core.storage.database import Connection
from core.storage.together import Entry, Together, store_together

if TYPE_CHECKING:
    from core.service.casefile import CaseFile
    from core.service.talk import Talk

log = structlog.get_logger()

Write = Callable[[Connection], object]


@dataclass
class Work:
    """
    Writes in the order they were asked for, and what is being worked on.

    `entries` are stored first, each sort for many units in one go: version checks, new rows and such; then `writes`.
    `cases` and `talks` are in the hand, by id, so that two steps of one unit see each other's changes. `texts` holds
    free text sealed in this unit, by vault id, so that a notice can quote it before it is stored. `answered` are ids of
    conversations in which the dialogue answers what its person wants: what they brought about themselves is not told
    there a second time. `afterwards` runs once it is stored, for what lies outside the database (keys, files); each of
    these must be safe to miss.
    """

    entries: list[Entry] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    cases: dict[str, CaseFile] = field(default_factory=dict)
    talks: dict[str, Talk] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    afterwards: list[Callable[[], Awaitable[object]]] = field(default_factory=list)

    def add(self, write: Write) -> None:
        """Ask for one more write."""
        self.writes.append(write)

    def put(self, sort: Together, *ones: object) -> None:
        """Ask for rows, or whatever else is stored for many units in one go."""
        self.entries += [(sort, one) for one in ones]

    @property
    def told_on(self) -> set[str]:
        """The channels on which something is to be sent."""
        return {entry["channel"] for sort, entry in self.entries if sort is outbox.ENTRIES}

    @property
    def touched(self) -> list[str]:
        """The cases (`case:ID`) and conversations (`talk:ID`) that are changed."""
        cases = [f"case:{case_id}" for case_id, file in self.cases.items() if file.events]
        return [*cases, *(f"talk:{talk_id}" for talk_id in self.talks)]

    async def follow_up(self) -> None:
        """What lies outside the database, once the unit is stored."""
        for after in self.afterwards:
            try:
                await after()
            except Exception:  # what is stored stays stored; the next of them must not be missed for it
                log.exception("afterwards_failed")


def store_all(connection: Connection, works: Sequence[Work]) -> None:
    """Store everything of these units or nothing. VersionConflict when what one was thought out on has changed."""
    store_together(connection, (entry for work in works for entry in work.entries))
    for work in works:
        for write in work.writes:
            write(connection)
