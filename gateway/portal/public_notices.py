"""`/thong-bao`: what the centre tells everybody, as a page and as an Atom feed (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from xml.etree.ElementTree import Element, SubElement, tostring

from aiohttp import web

from core.service.public_notices import NoticeKind, PublicNotices
from core.storage.public_notices import NoticeRow
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.pages import render

PAGE = "/thong-bao"
FEED = f"{PAGE}.atom"
KINDS = MappingProxyType(
    {
        NoticeKind.DISASTER: ("Thiên tai", "danger"),
        NoticeKind.WARNING: ("Cảnh báo", "warn"),
        NoticeKind.NOTICE: ("Thông báo", "info"),
    }
)
"""Each kind as citizens read it, and its colour."""
_ATOM = "http://www.w3.org/2005/Atom"


def notices_of(deployment: Deployment) -> PublicNotices:
    """The board of this deployment."""
    return PublicNotices(deployment.database, now=deployment.now)


async def show_notices(request: web.Request) -> web.StreamResponse:
    """What is in force, the gravest first."""
    rows = await notices_of(request.app[DEPLOYMENT]).in_force()
    return render(request, "portal/notices.html", notices=rows, kinds=KINDS, feed=FEED)


async def show_feed(request: web.Request) -> web.StreamResponse:
    """The same for readers of feeds."""
    deployment = request.app[DEPLOYMENT]
    feed = _feed(deployment, await notices_of(deployment).in_force())
    body = tostring(feed, encoding="utf-8", xml_declaration=True)
    return web.Response(body=body, content_type="application/atom+xml", charset="utf-8")


def _feed(deployment: Deployment, rows: Sequence[NoticeRow]) -> Element:
    settings = deployment.settings
    page, own = f"{settings.public_url}{PAGE}", f"{settings.public_url}{FEED}"
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": "vi"})
    _say(feed, "id", own)
    _say(feed, "title", f"Thông báo của {settings.office}")
    _say(feed, "updated", max((_seen(row) for row in rows), default=deployment.now().isoformat()))
    SubElement(SubElement(feed, "author"), "name").text = settings.office
    SubElement(feed, "link", {"rel": "self", "href": own})
    SubElement(feed, "link", {"rel": "alternate", "href": page})
    for row in rows:
        _add(feed, row, page)
    return feed


def _add(feed: Element, row: NoticeRow, page: str) -> None:
    entry = SubElement(feed, "entry")
    label, _ = KINDS[NoticeKind(row.kind)]
    _say(entry, "id", f"{page}#{row.id}")
    _say(entry, "title", f"{label}: {row.title}")
    _say(entry, "updated", _seen(row))
    SubElement(entry, "link", {"rel": "alternate", "href": f"{page}#{row.id}"})
    SubElement(entry, "category", {"term": row.kind, "label": label})
    SubElement(entry, "content", {"type": "text"}).text = row.text


def _say(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _seen(row: NoticeRow) -> str:
    return (row.seen_at or row.written_at).isoformat()
