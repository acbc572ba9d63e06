"""Which of the published cases a reader asks for; it all stands in the address, so that a list can be shared."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aiohttp import web

from channels.base import clean_text
from core.clock.zone import day_written, midnight
from core.service.public import Wanted
from gateway.deployment import DEPLOYMENT
from gateway.portal.communes import titles

LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Filters:
    """
    What was asked for. `category`: its id in the regulation, `label`: its words; `commune`: its code; `since`, `until`:
    days in Vietnam, both included.
    """

    search: str = ""
    category: str = ""
    label: str = ""
    commune: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def query(self) -> dict[str, str]:
        """The same as an address has it; what was not asked for is left out."""
        days = {"tu": self.since, "den": self.until}
        said = {"q": self.search, "linh-vuc": self.category, "xa": self.commune}
        said |= {name: day.isoformat() for name, day in days.items() if day}
        return {name: value for name, value in said.items() if value}

    def wanted(self, kind: str) -> Wanted:
        """What the desk is asked."""
        until = self.until + timedelta(days=1) if self.until and self.until < date.max else None
        return Wanted(kind, self.search, self.label, self.commune, _midnight(self.since), _midnight(until))


async def read_filters(request: web.Request) -> Filters:
    """From the address; what is no category, no commune or no day counts as not asked for."""
    query, known = request.query, request.app[DEPLOYMENT].regulation.current.intake.categories
    category, commune = query.get("linh-vuc", ""), query.get("xa", "")
    return Filters(
        search=clean_text(query.get("q", "")).strip()[:LONGEST_SEARCH],
        category=category if category in known else "",
        label=known[category].label if category in known else "",
        commune=commune if commune and commune in await titles(request.app[DEPLOYMENT]) else "",
        since=_day(query.get("tu", "")),
        until=_day(query.get("den", "")),
    )


def _day(written: str) -> date | None:
    with suppress(ValueError):
        return day_written(written)
    return None


def _midnight(day: date | None) -> datetime | None:
    return midnight(day) if day else None
