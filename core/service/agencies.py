"""
The tree of agencies of one deployment: the dated snapshots in memory, and the one way to change them.

Snapshots never change. A change is a new edition in the database and a new history in the book, in one go; every
process finds out by an event, or by looking at the number of the newest edition from time to time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import partial
from pathlib import Path

import structlog

from core.agencies import AgencyHistory, AgencyRefused, Entry, entries_of, merge, renew
from core.cases.agencies import AgencyTree
from core.clock import local
from core.contract.errors import VersionConflict
from core.regulations.agency_files import find_agencies, read_agencies
from core.storage import agencies, settings
from core.storage.database import Connection, Database

log = structlog.get_logger()

Change = Callable[[AgencyHistory], Iterable[Entry]]
"""What is to be written down, given what is known. Raises AgencyRefused."""

_IMPORTED = "agencies:"
_SYSTEM = "system"
_TRIES = 3
_SNAPSHOTS = 64


class AgencyBook:
    """What is known of agencies, and the snapshot of any day. `today` follows the clock over midnight."""

    def __init__(self, history: AgencyHistory, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._history = history
        self._trees: dict[date, AgencyTree] = {}
        self.changed: Callable[[], None] = lambda: None

    @property
    def history(self) -> AgencyHistory:
        """Everything that was written down."""
        return self._history

    @property
    def today(self) -> AgencyTree:
        """The agencies as they stand now."""
        return self.at(self.day)

    @property
    def day(self) -> date:
        """The day it is."""
        return local(self._now()).date()

    def at(self, day: date) -> AgencyTree:
        """The agencies as they stood, or will stand, on a day."""
        found = self._trees.get(day)
        if found is None:
            if len(self._trees) >= _SNAPSHOTS:
                self._trees = {}
            found = self._trees[day] = self._history.tree(day)
        return found

    def turn(self, history: AgencyHistory) -> None:
        """From now on this is what is known."""
        if history.edition > self._history.edition:
            self._history, self._trees = history, {}

    async def refresh(self, database: Database) -> int:
        """Look whether another process wrote an edition; 1 if so."""
        if await database.read(agencies.newest) <= self._history.edition:
            return 0
        self.turn(await database.read(agencies.history))
        return 1

    async def write(self, database: Database, change: Change, *, by: str, note: str = "") -> int:
        """
        Write down a change as the next edition; how many entries it has (none: nothing is written).

        Raises: AgencyRefused: nothing was changed.
        """
        for _ in range(_TRIES):
            entries = tuple(change(self._history))
            if not entries:
                return 0
            record = partial(agencies.record, entries=entries, after=self._history.edition, by=by, note=note)
            try:
                self.turn(await database.write(partial(record, at=self._now())))
            except VersionConflict:
                await self.refresh(database)
                continue
            log.info("agencies_changed", edition=self._history.edition, entries=len(entries), by=by)
            self.changed()
            return len(entries)
        raise VersionConflict("the tree of agencies is changed by many at once")


async def renew_book(book: AgencyBook, database: Database, pack: str) -> None:
    """
    For a demonstration over an older data folder: the agencies as they ship now, but for those a person changed.

    A province keeps its own: there, what ships is taken in once.
    """
    source = find_agencies(pack)
    if await database.read(partial(settings.get, key=_shipped_key(source))) == _digest(source):
        return
    shipped = {item.id: entries_of(item) for item in read_agencies(source)}
    taken_in = await database.read(partial(agencies.taken_in, by=_SYSTEM, note=_note(source)))
    change = partial(renew, shipped=shipped, taken_in=taken_in, today=book.day)
    try:
        await book.write(database, change, by=_SYSTEM, note=_note(source))
    except AgencyRefused as error:
        log.warning("agencies_stay_as_they_were", reason=error.vi)
    await database.write(partial(settings.put, key=_shipped_key(source), value=_digest(source)))


async def open_book(database: Database, pack: str, *, now: Callable[[], datetime]) -> AgencyBook:
    """
    The book of this database. The agencies that ship with a pack are taken in once, where they are not known yet.

    Raises: PackError, AgencyRefused: they cannot be read, or do not hold together.
    """
    source = find_agencies(pack)
    key = _IMPORTED + source.parent.name
    history, imported = await database.read(partial(_known, key=key))
    book = AgencyBook(history, now=now)
    if not imported:
        await book.write(database, partial(_unknown, source), by=_SYSTEM, note=_note(source))
        await database.write(partial(settings.put, key=key, value=book.history.edition))
        await database.write(partial(settings.put, key=_shipped_key(source), value=_digest(source)))
    return book


def _note(source: Path) -> str:
    """Under which note the agencies of a pack are taken in."""
    return f"{source.parent.name}/{source.name}"


def _shipped_key(source: Path) -> str:
    """Where it is noted what of a pack was taken in last."""
    return f"agencies_shipped:{source.parent.name}"


def _digest(source: Path) -> str:
    return hashlib.sha256(source.read_bytes()).hexdigest()


def _known(connection: Connection, *, key: str) -> tuple[AgencyHistory, bool]:
    return agencies.history(connection), settings.get(connection, key) is not None


def _unknown(source: Path, history: AgencyHistory) -> tuple[Entry, ...]:
    """Agencies of a file that nobody has heard of; those that are known stay as the province keeps them."""
    rows = read_agencies(source)
    return merge(history, (entry for item in rows if item.id not in history for entry in entries_of(item)))
