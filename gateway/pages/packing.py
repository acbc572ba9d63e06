"""
Answers that leave small: pages and our own text files, gzipped for whoever can read that.

A page with a token may be packed: its cookies are SameSite, so that no other site can have it fetched as its owner
and read the token out of lengths.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from aiohttp import web
from aiohttp.web_response import ContentCoding

_GZIP = re.compile(r"gzip(?: *; *q=(?:1(?:\.0*)?|0\.0*[1-9]\d*))?", re.IGNORECASE)
SMALL = 1000
"""Below this many bytes packing gains nothing."""
TEXT = frozenset({".css", ".js", ".json", ".svg", ".webmanifest"})


def reads_gzip(request: web.Request) -> bool:
    """Whether whoever asks takes gzip; `gzip;q=0` does not."""
    offers = request.headers.get("Accept-Encoding", "").split(",")
    return any(_GZIP.fullmatch(offer.strip()) for offer in offers)


def pack_page(request: web.Request, response: web.Response) -> None:
    """Have a page leave gzipped where that gains something."""
    response.headers.add("Vary", "Accept-Encoding, Cookie")
    if reads_gzip(request) and len(response.text or "") >= SMALL:
        response.enable_compression(ContentCoding.gzip)


@dataclass(frozen=True)
class Leaflet:
    """A part of a page that many are given as it is, packed once for all of them."""

    plain: bytes

    @cached_property
    def packed(self) -> bytes:
        """Gzipped."""
        return gzip.compress(self.plain, compresslevel=6, mtime=0)


def hand_out(request: web.Request, leaflet: Leaflet) -> web.Response:
    """One of them to whoever asks; kept by nobody."""
    headers = {"Vary": "Accept-Encoding, Cookie", "Cache-Control": "no-store"}
    body = leaflet.plain
    if reads_gzip(request) and len(body) >= SMALL:
        body = leaflet.packed
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=body, content_type="text/html", charset="utf-8", headers=headers)


def packed_file(request: web.Request, path: Path, version: str) -> bytes | None:
    """A text file of ours, gzipped; None where it leaves as it is. `version`: the hash of the tree it belongs to."""
    return _packed(path, version) if path.suffix in TEXT and reads_gzip(request) else None


@cache
def _packed(path: Path, version: str) -> bytes | None:
    """Once for each file of a version: what is served never changes under it."""
    whole = path.read_bytes()
    return gzip.compress(whole, compresslevel=9, mtime=0) if len(whole) >= SMALL else None
