"""Coordinates and links to maps inside a message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_plus

from core.contract.schema import GeoPoint

LINK = re.compile(r"https?://\S+|(?:maps\.app\.goo\.gl|goo\.gl/maps|g\.co/kgs|zalo\.me/location)/\S+", re.IGNORECASE)
MAP_HOSTS = (
    "maps.app.goo.gl",
    "goo.gl/maps",
    "google.com/maps",
    "maps.google.",
    "google.com.vn/maps",
    "openstreetmap.org",
    "osm.org",
    "maps.apple.com",
    "bing.com/maps",
)
PAIR = r"(-?\d{1,2}\.\d{3,})(?:\s*+[,;]\s*+|(?=[^\S ]*+ )\s++)(-?\d{2,3}\.\d{3,})"
IN_LINK = (
    re.compile(r"!3d(-?\d{1,2}\.\d+)!4d(-?\d{2,3}\.\d+)"),
    re.compile(
        r"[?&](?:ll|coordinate|query|q|daddr|destination|center|sll)=(?:loc:)?(-?\d{1,2}\.\d+),\+?(-?\d{2,3}\.\d+)"
    ),
    re.compile(r"@(-?\d{1,2}\.\d+),(-?\d{2,3}\.\d+)"),
    re.compile(r"/(-?\d{1,2}\.\d+),\+?(-?\d{2,3}\.\d+)"),
    re.compile(r"[?&]mlat=(-?\d{1,2}\.\d+)&mlon=(-?\d{2,3}\.\d+)"),
    re.compile(r"[?&]sp=point\.(-?\d{1,2}\.\d+)_(-?\d{2,3}\.\d+)"),
    re.compile(r"[?&]cp=(-?\d{1,2}\.\d+)~(-?\d{2,3}\.\d+)"),
    re.compile(r"#map=\d+/(-?\d{1,2}\.\d+)/(-?\d{2,3}\.\d+)"),
)
NAMED = re.compile(r"/maps/place/([^/@?]+)")
BARE = re.compile(rf"(?<![\d.]){PAIR}(?![\d.])")
DECIMALS = re.compile(r"\.\d{3}")
VIETNAM = (7.0, 24.0, 102.0, 118.0)


@dataclass(frozen=True)
class LinkReading:
    """What links and bare coordinates tell: a point, the name of the place or the link itself, and where they stood."""

    point: GeoPoint | None = None
    text: str = ""
    spans: tuple[tuple[int, int], ...] = ()


def read_links(text: str) -> LinkReading:
    """The first map link or pair of coordinates of a text; other links are only marked as taken."""
    links = tuple(LINK.finditer(text)) if "/" in text else ()
    spans = tuple(link.span() for link in links)
    for link in links:
        if is_map(link.group()):
            return LinkReading(point_in(link.group()), name_in(link.group()), spans)
    bare = BARE.search(text) if DECIMALS.search(text) else None
    point = in_vietnam(*bare.groups()) if bare else None
    return LinkReading(point, "", (*spans, bare.span())) if bare and point else LinkReading(spans=spans)


def is_map(link: str) -> bool:
    """Whether a link leads to a map."""
    return any(host in link.lower() for host in MAP_HOSTS)


def point_in(link: str) -> GeoPoint | None:
    """The marked point of a map link; the middle of the view where no point is marked."""
    found = (pattern.search(unquote_plus(link)) for pattern in IN_LINK)
    points = (in_vietnam(*match.groups()) for match in found if match)
    return next((point for point in points if point), None)


def name_in(link: str) -> str:
    """The name in a map link, else the link itself: an officer can open it."""
    named = NAMED.search(link)
    name = unquote_plus(named.group(1)).strip() if named else ""
    return name if name and not re.fullmatch(r"[\d.,\s+-]+", name) else link.rstrip(".,)")


def in_vietnam(latitude: str, longitude: str) -> GeoPoint | None:
    """A point where it can be in Vietnam or its seas, else None (a slip, or no coordinates at all)."""
    south, north, west, east = VIETNAM
    lat, lon = float(latitude), float(longitude)
    return GeoPoint(latitude=lat, longitude=lon) if south <= lat <= north and west <= lon <= east else None
