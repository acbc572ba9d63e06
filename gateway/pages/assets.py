"""
Style sheets, modules and images, each under an address that changes with the content of the tree.

One hash for the whole tree, so that modules and styles may refer to each other by relative paths. What is served is a
closed list made at start: no path of a request ever reaches the file system.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from aiohttp import web

from core.contract.errors import ConfigError
from gateway.pages.packing import packed_file

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "gateway" / "static"
VENDOR = MappingProxyType(
    {
        "vendor/htmx.min.js": ROOT / "node_modules" / "htmx.org" / "dist" / "htmx.min.js",
        "vendor/leaflet/leaflet.js": ROOT / "node_modules" / "leaflet" / "dist" / "leaflet.js",
        "vendor/leaflet/leaflet.css": ROOT / "node_modules" / "leaflet" / "dist" / "leaflet.css",
        "vendor/leaflet/images": ROOT / "node_modules" / "leaflet" / "dist" / "images",
    }
)
TYPES = MappingProxyType(
    {
        ".css": "text/css; charset=utf-8",
        ".js": "text/javascript; charset=utf-8",
        ".json": "application/json",
        ".webmanifest": "application/manifest+json",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".webp": "image/webp",
        ".ico": "image/x-icon",
        ".woff2": "font/woff2",
        ".mp3": "audio/mpeg",
        ".wav": "audio/wav",
    }
)
"""What is served at all; types for the checker, maps and notes stay where they are."""
FOR_EVER = "public, max-age=31536000, immutable"
HASH_LENGTH = 12


@dataclass(frozen=True)
class Assets:
    """The list of what is served, and the hash of all of it."""

    files: Mapping[str, Path]
    version: str

    def url(self, name: str) -> str:
        """Address of one file, as `css/app.css`. KeyError for a file that is not there: a slip in a template."""
        if name not in self.files:
            raise KeyError(f"no such static file: {name}")
        return f"/static/{self.version}/{name}"


ASSETS = web.AppKey("assets", Assets)


def collect_assets() -> Assets:
    """List and hash everything. ConfigError where the front-end packages are missing."""
    files = dict(sorted(_files()))
    digest = hashlib.sha256()
    for name, path in files.items():
        digest.update(f"{name}:{path.stat().st_size}:".encode() + path.read_bytes())
    return Assets(MappingProxyType(files), digest.hexdigest()[:HASH_LENGTH])


def add_asset_routes(app: web.Application) -> None:
    """Serve the list under /static/<hash>/…, and the icon where browsers look for it unasked."""
    app.router.add_get("/static/{version}/{name:.+}", serve)
    app.router.add_get("/favicon.ico", serve_icon)


async def serve(request: web.Request) -> web.StreamResponse:
    """One file; under today's hash it may be kept for ever, under an older one it is asked for again."""
    assets = request.app[ASSETS]
    path = assets.files.get(request.match_info["name"])
    if path is None:
        raise web.HTTPNotFound
    current = request.match_info["version"] == assets.version
    return await _file(request, path, FOR_EVER if current else "no-cache")


async def serve_icon(request: web.Request) -> web.StreamResponse:
    """The logo, for a day."""
    return await _file(request, request.app[ASSETS].files["img/logo.svg"], "public, max-age=86400")


async def _file(request: web.Request, path: Path, cache: str) -> web.StreamResponse:
    headers = {"Content-Type": TYPES[path.suffix], "Cache-Control": cache, "Vary": "Accept-Encoding"}
    packed = await asyncio.to_thread(packed_file, request, path, request.app[ASSETS].version)
    if packed is None:
        return web.FileResponse(path, headers=headers)
    return web.Response(body=packed, headers={**headers, "Content-Encoding": "gzip"})


def _files() -> Iterator[tuple[str, Path]]:
    yield from _below(OWN, "")
    for name, place in VENDOR.items():
        if not place.exists():
            raise ConfigError("node_modules", f"{place} is missing", example="make setup")
        yield from _below(place, f"{name}/") if place.is_dir() else [(name, place)]


def _below(folder: Path, prefix: str) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix in TYPES and path.name != "tsconfig.json":
            yield prefix + path.relative_to(folder).as_posix(), path
