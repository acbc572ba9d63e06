"""`/thong-ke`: how many reports came and were finished, by month, category and way in; as a page and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from aiohttp import web

from core.clock.zone import local
from core.regulations.model import Pack
from core.service.reading.names import CHANNELS
from core.storage import open_figures
from core.storage.database import Connection, Database
from core.storage.open_figures import Count
from gateway.deployment import DEPLOYMENT
from gateway.pages import render

PAGE = "/thong-ke"
DATA = f"{PAGE}.json"
MONTHS = 12
KEPT = timedelta(minutes=10)
"""Counting a year of a busy province takes a moment: everybody reads the same for a while."""
UNKNOWN = "Chưa phân loại"


@dataclass(frozen=True)
class Row:
    """One line of a table: its name, and what was counted."""

    name: str
    count: Count


@dataclass(frozen=True)
class Figures:
    """Of the last twelve months: all together, each month (the newest first), each category, each way in."""

    made_at: datetime
    total: Count
    months: tuple[Row, ...]
    categories: tuple[Row, ...]
    channels: tuple[Row, ...]

    @property
    def busiest(self) -> int:
        """The largest count of a month: as long as the longest bar."""
        return max((row.count.received for row in self.months), default=0)


@dataclass
class FigureBoard:
    """Counts when asked, and keeps what was counted for a while."""

    database: Database
    now: Callable[[], datetime]
    _kept: Figures | None = field(default=None, init=False)

    async def figures(self, pack: Pack) -> Figures:
        """No older than ten minutes."""
        now = self.now()
        if self._kept is None or now - self._kept.made_at >= KEPT:
            self._kept = await self.database.read(partial(_count, pack=pack, now=now))
        return self._kept


BOARD = web.AppKey("figure_board", FigureBoard)


async def show_figures(request: web.Request) -> web.StreamResponse:
    """The page."""
    return render(request, "portal/figures.html", figures=await _figures(request), data=DATA)


async def show_data(request: web.Request) -> web.StreamResponse:
    """The same for programs; everybody may."""
    found = await _figures(request)
    told = {
        "made_at": found.made_at.isoformat(),
        "months": [_told(row) for row in found.months],
        "categories": [_told(row) for row in found.categories],
        "channels": [{"name": row.name, "received": row.count.received} for row in found.channels],
    }
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=600"}
    return web.json_response(told, headers=headers)


async def _figures(request: web.Request) -> Figures:
    return await request.app[BOARD].figures(request.app[DEPLOYMENT].regulation.current)


def _told(row: Row) -> dict[str, object]:
    return {"name": row.name, "received": row.count.received, "finished": row.count.finished}


def _count(connection: Connection, *, pack: Pack, now: datetime) -> Figures:
    edges = list(_edges(now))
    span = (edges[0], edges[-1])
    counts = open_figures.by_month(connection, edges)
    months = [Row(f"{local(edge):%m/%Y}", count) for edge, count in zip(edges, counts, strict=False)]
    total = Count(sum(one.received for one in counts), sum(one.finished for one in counts))
    labels = {name: one.label for name, one in pack.intake.categories.items()} | {"": UNKNOWN}
    categories = [Row(labels.get(name, name), one) for name, one in open_figures.by_category(connection, *span).items()]
    ways = {name: one.label for name, one in pack.intake.channels.items()}
    came = open_figures.by_channel(connection, *span).items()
    channels = [Row(ways.get(name, CHANNELS.get(name, name)), Count(count)) for name, count in came]
    return Figures(
        made_at=now,
        total=total,
        months=tuple(reversed(months)),
        categories=_largest(categories),
        channels=_largest(channels),
    )


def _edges(now: datetime) -> Iterator[datetime]:
    """The first instants of the last twelve months in Vietnam, this one included, and of the next."""
    first = local(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for back in range(MONTHS - 1, -2, -1):
        month = first.year * 12 + first.month - 1 - back
        yield first.replace(year=month // 12, month=month % 12 + 1)


def _largest(rows: list[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.count.received, row.name)))
