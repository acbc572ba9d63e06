"""Feeds of what everybody may read: Atom (RFC 4287), and RSS 2.0 for readers that know only that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from aiohttp import web

from gateway.pages.xml import xml_text

_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True)
class Feed:
    """`page`: what it is a feed of; `own`: its own address; both whole. `now`: its date while it is empty."""

    title: str
    author: str
    page: str
    own: str
    now: datetime


@dataclass(frozen=True)
class Item:
    """One entry; `href` is its id as well. `kind`: (term, label)."""

    href: str
    title: str
    updated: datetime
    text: str
    kind: tuple[str, str]


def atom(feed: Feed, items: Iterable[Item]) -> web.Response:
    """The answer to a reader of feeds."""
    root, items = Element("feed", {"xmlns": _ATOM, "xml:lang": "vi"}), list(items)
    _say(root, "id", feed.own)
    _say(root, "title", feed.title)
    _say(root, "updated", max((item.updated for item in items), default=feed.now).isoformat())
    _say(SubElement(root, "author"), "name", feed.author)
    SubElement(root, "link", {"rel": "self", "href": feed.own})
    SubElement(root, "link", {"rel": "alternate", "href": feed.page})
    for item in items:
        _add(root, item)
    body = tostring(root, encoding="utf-8", xml_declaration=True)
    return web.Response(body=body, content_type="application/atom+xml", charset="utf-8")


def rss(feed: Feed, items: Iterable[Item]) -> web.Response:
    """The same for older readers."""
    root, items = Element("rss", {"version": "2.0"}), list(items)
    channel = SubElement(root, "channel")
    _say(channel, "title", feed.title)
    _say(channel, "link", feed.page)
    _say(channel, "description", feed.author)
    _say(channel, "language", "vi")
    _say(channel, "lastBuildDate", format_datetime(max((item.updated for item in items), default=feed.now)))
    for item in items:
        entry = SubElement(channel, "item")
        _say(entry, "title", item.title)
        _say(entry, "link", item.href)
        SubElement(entry, "guid", {"isPermaLink": "true"}).text = item.href
        _say(entry, "pubDate", format_datetime(item.updated))
        _say(entry, "category", item.kind[1])
        _say(entry, "description", item.text)
    body = tostring(root, encoding="utf-8", xml_declaration=True)
    return web.Response(body=body, content_type="application/rss+xml", charset="utf-8")


def _add(root: Element, item: Item) -> None:
    entry, (term, label) = SubElement(root, "entry"), item.kind
    _say(entry, "id", item.href)
    _say(entry, "title", item.title)
    _say(entry, "updated", item.updated.isoformat())
    SubElement(entry, "link", {"rel": "alternate", "href": item.href})
    SubElement(entry, "category", {"term": term, "label": xml_text(label)})
    SubElement(entry, "content", {"type": "text"}).text = xml_text(item.text)


def _say(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = xml_text(text)
