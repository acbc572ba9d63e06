"""One page of the inbox as everybody with the same seats sees it: read once and drawn once for all who ask together."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from aiohttp import web

from core.service.actors import Member
from core.service.reading.lists import microseconds
from core.service.reading.views import QueueLine
from gateway.console.basis import Basis, bases
from gateway.console.calls import OUTCOMES, book_of, number_of
from gateway.console.inbox.entries import Entry, Sources, is_emergency, is_mine
from gateway.console.inbox.merging import Merged, Place, merged
from gateway.console.inbox.sharing import Shared
from gateway.console.inbox.tabs import Counts, count
from gateway.console.inbox.unread import unseen, upto_of
from gateway.console.inbox.wish import Wish
from gateway.console.shared import CONSOLE, member_of, now_of, reader_of
from gateway.deployment import DEPLOYMENT
from gateway.pages.languages import language_of
from gateway.pages.packing import Leaflet
from gateway.pages.rendering import render_text

MOST = 50
_BETWEEN = "<!--|-->"
"""Between two lines of the template; words of people are escaped, and never look like it."""

_Look = tuple[str, int, bool, bool]
"""How one line looks to somebody: language, place on the page, whether it is unread, and theirs."""


@dataclass(frozen=True)
class Shelf:
    """
    What stands there.

    Args:
        bases: by place of the line. counts: None for who reads no conversations. waiting: tasks by role.
        mark: other whenever the lines are. drawn: lines as HTML, as far as somebody has asked for them.
        leaflets: whole lists, packed, likewise; by all that makes them differ.
    """

    found: Merged[Entry]
    bases: Mapping[int, Basis]
    counts: Counts | None
    waiting: Mapping[str, int]
    mark: str
    drawn: dict[_Look, str] = field(default_factory=dict)
    leaflets: dict[Hashable, Leaflet] = field(default_factory=dict)

    def looks(self, *, language: str, unread: frozenset[str], user_id: str) -> list[_Look]:
        """How each of its lines looks to this person."""
        return [
            (language, place, entry.ref in unread, self._is_of(place, entry, user_id))
            for place, entry in enumerate(self.found.items)
        ]

    def _is_of(self, place: int, entry: Entry, user_id: str) -> bool:
        basis = self.bases.get(place)
        return user_id in basis.staff if basis else is_mine(entry.item, user_id)


SHELVES = web.AppKey("shelves", Shared[Shelf])


async def shelf_of(request: web.Request, wish: Wish, *, after: Place | None) -> Shelf:
    """What whoever asks sees, shared with all who see the same; a wish for own or unread work is nobody else's."""
    member = member_of(request)
    reader = member if wish.mine or wish.unread else replace(member, id="")
    work = partial(_read, request, reader, wish, after)
    return await request.app[SHELVES].read((reader, wish, after), work)


async def _read(request: web.Request, member: Member, wish: Wish, after: Place | None) -> Shelf:
    deployment, reader = request.app[DEPLOYMENT], reader_of(request)
    hears = reader.hears(member)
    unseen_by = partial(unseen, deployment.small_reads, member.id)
    sources = Sources(reader, member, book_of(request) if hears else None, unseen_by)
    now = microseconds(now_of(request))
    parts = [await sources.part(sort, wish, now=now, after=after, most=MOST) for sort in wish.sorts]
    found = merged(parts, most=MOST)
    lines = {place: one.item for place, one in enumerate(found.items) if isinstance(one.item, QueueLine)}
    rests = dict(zip(lines, bases(deployment.regulation, lines.values(), sources.cases), strict=True))
    counts = await count(deployment) if hears else None
    return Shelf(found, rests, counts, await reader.waiting(member), _mark(found))


def _mark(found: Merged[Entry]) -> str:
    """Of a case its version says enough, and is quicker told than all of it."""
    lines = [(one.place, one.ref, upto_of(one.item), _shown(one)) for one in found.items]
    return hashlib.sha256(repr((lines, found.after)).encode()).hexdigest()[:16]


def _shown(entry: Entry) -> object:
    line = entry.item
    return (line.role.id, line.step) if isinstance(line, QueueLine) else line


def draw(request: web.Request, shelf: Shelf, wish: Wish, unread: frozenset[str]) -> Sequence[str]:
    """The lines for whoever asks, in order, as HTML; those that look so to somebody already are not drawn again."""
    looks = shelf.looks(language=language_of(request), unread=unread, user_id=member_of(request).id)
    missing = [look for look in looks if look not in shelf.drawn]
    if missing:
        lines = [(shelf.found.items[place], shelf.bases.get(place), new, mine) for _, place, new, mine in missing]
        text = render_text(
            request,
            "console/_inbox_lines.html",
            lines=lines,
            wish=wish,
            between=_BETWEEN,
            cite=request.app[CONSOLE].cite,
            emergency=is_emergency,
            outcomes=OUTCOMES,
            number=number_of,
        )
        shelf.drawn.update(zip(missing, text.split(_BETWEEN), strict=False))
    return [shelf.drawn[look] for look in looks]
