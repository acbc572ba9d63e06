"""`/thong-bao`: what the centre tells everybody, as a page and as an Atom feed (RFC 4287)."""

from __future__ import annotations

from types import MappingProxyType

from aiohttp import web

from core.service.public_notices import NoticeKind, PublicNotices
from core.storage.public_notices import NoticeRow
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.pages import render
from gateway.portal.feeds import Feed, Item, atom, rss

PAGE = "/thong-bao"
FEED = f"{PAGE}.atom"
RSS = f"{PAGE}.rss"
KINDS = MappingProxyType(
    {
        NoticeKind.DISASTER: ("Thiên tai", "danger"),
        NoticeKind.WARNING: ("Cảnh báo", "warn"),
        NoticeKind.NOTICE: ("Thông báo", "info"),
    }
)
"""Each kind as citizens read it, and its colour."""


def notices_of(deployment: Deployment) -> PublicNotices:
    """The board of this deployment."""
    return PublicNotices(deployment.database, now=deployment.now)


async def show_notices(request: web.Request) -> web.StreamResponse:
    """What is in force, the gravest first."""
    rows = await notices_of(request.app[DEPLOYMENT]).in_force()
    return render(request, "portal/notices.html", notices=rows, kinds=KINDS, feed=FEED)


async def show_feed(request: web.Request) -> web.StreamResponse:
    """The same for readers of feeds, in the form that the address ends with."""
    deployment = request.app[DEPLOYMENT]
    settings, rows = deployment.settings, await notices_of(deployment).in_force()
    page = f"{settings.public_url}{PAGE}"
    title = f"Thông báo của {settings.office}"
    feed = Feed(title, settings.office, page, f"{settings.public_url}{request.path}", deployment.now())
    write = rss if request.path == RSS else atom
    return write(feed, (_item(row, page) for row in rows))


def _item(row: NoticeRow, page: str) -> Item:
    label, _ = KINDS[NoticeKind(row.kind)]
    seen = row.seen_at or row.written_at
    return Item(f"{page}#{row.id}", f"{label}: {row.title}", seen, row.text, (row.kind, label))
