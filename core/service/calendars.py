"""
The working calendar of one deployment in its versions, and the one way to change it (U-7, U-11).

The first version ships with the regulation; each further one is a notice that an administrator read in, kept with who
did it, when and on which document. A version never changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from core.clock import BusinessCalendar, CalendarHistory, calendar_from_data, calendar_to_data, load_calendar
from core.clock.yearly import Amendment, Notice, amendment
from core.contract.errors import VersionConflict
from core.storage import settings
from core.storage.database import Database

log = structlog.get_logger()

_DIGITS = 6  # of a version's number in its key: keys sort as numbers do


@dataclass(frozen=True)
class CalendarEdition:
    """One version that was read in: by whom, when, from which document, and how many days it changed."""

    calendar: BusinessCalendar
    by: str
    at: datetime
    source: str
    days: int


class CalendarBook:
    """What is known of working days; `at` answers with the version to compute with at an instant."""

    def __init__(self, shipped: BusinessCalendar, editions: Iterable[CalendarEdition] = ()) -> None:
        self._shipped = shipped
        self.changed: Callable[[], None] = lambda: None
        self._turn(editions)

    def _turn(self, editions: Iterable[CalendarEdition]) -> None:
        self.editions = tuple(editions)
        later = (one.calendar for one in self.editions if one.calendar.version > self._shipped.version)
        self._history = CalendarHistory((self._shipped, *later))

    @property
    def newest(self) -> BusinessCalendar:
        """The version that a further notice changes."""
        return self._history.versions[-1]

    def at(self, instant: datetime) -> BusinessCalendar:
        """The version in force at an instant."""
        return self._history.at(instant)

    async def refresh(self, database: Database) -> int:
        """Look whether another process wrote a version; 1 if so."""
        found = await database.read(partial(settings.under, prefix=self._prefix))
        if len(found) <= len(self.editions):
            return 0
        self._turn(_editions(found))
        return 1

    async def announce(self, database: Database, notice: Notice, *, by: str, now: datetime) -> Amendment:
        """
        Read a notice in: the next version is in force from now on.

        Raises: NoticeRefused: nothing was changed. VersionConflict: somebody else read one in at the same moment.
        """
        planned = amendment(self.newest, notice, now=now)
        calendar = planned.calendar
        value = {
            "calendar": calendar_to_data(calendar),
            "by": by,
            "at": now.isoformat(),
            "source": notice.source,
            "days": len(planned.changes),
        }
        key = f"{self._prefix}{calendar.version:0{_DIGITS}}"
        if not await database.write(partial(settings.add, key=key, value=value)):
            await self.refresh(database)
            raise VersionConflict("the calendar was changed meanwhile")
        await self.refresh(database)
        log.warning("calendar_changed", calendar=calendar.key, days=len(planned.changes), by=by)
        self.changed()
        return planned

    @property
    def _prefix(self) -> str:
        return f"calendar:{self._shipped.id}:"


async def open_calendars(database: Database, name: str) -> CalendarBook:
    """The book of this database over a calendar that ships with us."""
    book = CalendarBook(load_calendar(name))
    await book.refresh(database)
    return book


def _editions(found: dict[str, Any]) -> list[CalendarEdition]:
    return [_edition(found[key]) for key in sorted(found)]


def _edition(value: dict[str, Any]) -> CalendarEdition:
    at = datetime.fromisoformat(value["at"])
    return CalendarEdition(calendar_from_data(value["calendar"]), value["by"], at, value["source"], value["days"])
