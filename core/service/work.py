"""
A unit of work: everything one message or command changes, gathered first, then stored in one transaction.

Nothing is kept unless `commit` is said. Thinking happens outside the transaction on what was read; the version checks
inside it find out whether that is still true.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from core.storage.database import Connection, Database

if TYPE_CHECKING:
    from core.service.casefile import CaseFile
    from core.service.talk import Talk

log = structlog.get_logger()

Write = Callable[[Connection], object]


@dataclass
class Work:
    """
    Writes in the order they were asked for, and what is being worked on.

    `foundations` run first: contacts, conversations and cases that later writes point to. `cases` and `talks` are in
    the hand, by id, so that two steps of one unit see each other's changes. `texts` holds free text sealed in this
    unit, by vault id, so that a notice can quote it before it is stored. `answered` are ids of conversations in which
    the dialogue answers what its person wants: what they brought about themselves is not told there a second time.
    `afterwards` runs once it is stored, for what lies outside the database (keys, files); each of these must be safe
    to miss.
    """

    foundations: list[Write] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    cases: dict[str, CaseFile] = field(default_factory=dict)
    talks: dict[str, Talk] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    afterwards: list[Callable[[], Awaitable[object]]] = field(default_factory=list)

    def add(self, write: Write) -> None:
        """Ask for one more write."""
        self.writes.append(write)

    async def commit(self, database: Database) -> None:
        """Store everything or nothing. VersionConflict when what it was thought out on has changed."""
        await database.write(self._run)
        for after in self.afterwards:
            try:
                await after()
            except Exception:  # what is stored stays stored; the next of them must not be missed for it
                log.exception("afterwards_failed")

    def _run(self, connection: Connection) -> None:
        for write in (*self.foundations, *self.writes):
            write(connection)
