"""Films and recordings as browsers play them: a copy where need be, and piece by piece where a player asks for that."""

from __future__ import annotations

from aiohttp import hdrs, web

from core.privacy.errors import MediaRefused
from core.privacy.playing import PlayingCopies
from gateway.deployment import DEPLOYMENT

PLAYING = web.AppKey("playing", PlayingCopies)


def setup_playing(app: web.Application) -> None:
    """Once, however many sides of the application play files."""
    if PLAYING not in app:
        app[PLAYING] = PlayingCopies(app[DEPLOYMENT].media)


async def play(request: web.Request, key: str) -> web.Response:
    """A stored film or recording. HTTPNotFound for anything else; 422 with a sentence for one that cannot be played."""
    try:
        found = await request.app[PLAYING].open(key)
    except MediaRefused as error:
        return web.Response(status=422, text=error.vi)
    if found.media_type.partition("/")[0] not in {"video", "audio"}:
        raise web.HTTPNotFound
    response = _piece(request, found.data)
    response.content_type = found.media_type
    response.headers["Content-Disposition"] = "inline"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


def _piece(request: web.Request, data: bytes) -> web.Response:
    """What was asked for: Safari plays nothing that it cannot have in pieces (RFC 9110, section 14)."""
    headers = {hdrs.ACCEPT_RANGES: "bytes"}
    try:
        start, stop, _step = request.http_range.indices(len(data))
    except ValueError:
        start, stop = 0, len(data)
    if hdrs.RANGE not in request.headers or (start, stop) == (0, len(data)):
        return web.Response(body=data, headers=headers)
    if start >= stop:
        return web.Response(status=416, headers={hdrs.CONTENT_RANGE: f"bytes */{len(data)}"})
    headers[hdrs.CONTENT_RANGE] = f"bytes {start}-{stop - 1}/{len(data)}"
    return web.Response(status=206, body=data[start:stop], headers=headers)
