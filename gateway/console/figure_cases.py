"""`/console/thong-ke/ho-so`: the cases behind one figure, what it counts in words, and the query it is counted with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from urllib.parse import quote_plus, urlencode

from aiohttp import web

from core.service.statistics import PeriodUnknown
from core.storage import statistics
from core.storage.counted import KINDS
from core.storage.statistics import Asked, Period
from core.storage.types import from_microseconds, to_microseconds
from gateway.auth import require_staff
from gateway.console.shared import HOME, day_in, line_of, member_of, next_page, read_number, show
from gateway.deployment import DEPLOYMENT
from gateway.statistics.asking import period_of
from gateway.statistics.definitions import Definition
from gateway.statistics.wording import as_of, days_of

PAGE = f"{HOME}/thong-ke"
CASES = f"{PAGE}/ho-so"
AT_ONCE = 100
_WORDS: Mapping[str, str] = {"kind": "so", "name": "ten", "agency": "co-quan"}
_TRUTHS: Mapping[str, str] = {"fresh": "trong-ky", "open": "dang-mo", "late": "tre"}
_PERIOD = ("ky", "tu", "den", "tinh-den")


def wanted_query(request: web.Request, *, default: str = "") -> dict[str, str]:
    """What names the period in an address, to be passed on."""
    given = {name: line_of(request.query.get(name)) for name in _PERIOD}
    kept = {name: value for name, value in given.items() if value}
    return kept if {"ky", "tu"} & kept.keys() else {**kept, "ky": default}


def wanted_period(request: web.Request, *, default: str = "") -> Period:
    """The period an address names, as far as whoever asks may see; `?luc=`: as of this instant. PeriodUnknown."""
    query = wanted_query(request, default=default)
    first, last, seen = (_day(query.get(name, "")) for name in _PERIOD[1:])
    if (first is None) != (last is None):
        raise PeriodUnknown("half of a period")
    name = f"{first.isoformat()}..{last.isoformat()}" if first and last else query.get("ky", "")
    moment = _instant(request.query.get("luc", "")) or seen
    return period_of(request.app[DEPLOYMENT], name, as_of=moment, member=member_of(request))


def _day(written: str) -> date | None:
    """None where nothing was written. PeriodUnknown: whoever mistypes a day would read the figures of others."""
    day = day_in(written)
    if written and day is None:
        raise PeriodUnknown(written)
    return day


def addresses(query: Mapping[str, str], moment: datetime | None) -> Callable[[Asked], str]:
    """Where to look behind figures that were counted at this moment: those cases are listed, and no others."""
    counted = {**query, "luc": str(to_microseconds(moment))} if moment else query
    page = f"{CASES}?{urlencode(counted)}"

    def address(asked: Asked) -> str:
        fixed = asked.fixed
        words = [f"{short}={quote_plus(str(fixed[name]))}" for name, short in _WORDS.items() if name in fixed]
        truths = [f"{short}={int(fixed[name])}" for name, short in _TRUTHS.items() if name in fixed]
        return "&".join([page, *words, *truths])

    return address


def asked_in(request: web.Request) -> Asked:
    """Which facts an address asks for. HTTPNotFound: no such figure."""
    query = request.query
    words = {name: query[short] for name, short in _WORDS.items() if short in query}
    truths = {name: query[short] == "1" for name, short in _TRUTHS.items() if short in query}
    if words.get("kind") not in KINDS:
        raise web.HTTPNotFound
    return Asked(words.pop("kind"), **words, **truths)  # type: ignore[arg-type]


@require_staff()
async def show_cases(request: web.Request) -> web.StreamResponse:
    """A page of them, the newest first; as many in all as the figure says."""
    deployment, asked, skip = request.app[DEPLOYMENT], asked_in(request), read_number(request)
    try:
        period = wanted_period(request)
    except PeriodUnknown as error:
        raise web.HTTPNotFound from error
    read = deployment.database.read
    rows = await read(partial(statistics.behind, period=period, asked=asked, most=AT_ONCE + 1, skip=skip))
    total = await read(partial(statistics.how_many, period=period, asked=asked))
    query = await read(partial(statistics.written, period=period, asked=asked))
    definition = Definition.of(asked, deployment.regulation)
    return show(
        request,
        "figure_cases.html",
        rows=rows[:AT_ONCE],
        total=total,
        dated=any(row.at for row in rows),
        moment="Hạn" if asked.kind == "limit" else "Lúc",
        more=next_page(request, skip + AT_ONCE if len(rows) > AT_ONCE else None),
        definition=definition,
        days=days_of(period),
        as_of=as_of(period),
        query=query,
        back=PAGE,
        period=wanted_query(request),
    )


def _instant(written: str) -> datetime | None:
    if not (written.isascii() and written.isdigit() and len(written) <= 16):
        return None
    return from_microseconds(int(written))


def mount(router: web.UrlDispatcher) -> None:
    """Its address."""
    router.add_get(CASES, show_cases)
