"""
`/sandbox`: phones and mailboxes side by side, live; on this machine only.

| method | path | what |
|---|---|---|
| GET | /sandbox | the page |
| GET | /sandbox/state, /sandbox/events | everything it shows, once or whenever it changes |
| POST | /sandbox/{channel}/say | person, and one of text, photo (base64), sample, place, button, contact; fresh |
| POST | /sandbox/{channel}/mood | mood |
| GET | /sandbox/photos/{number} | a picture that a citizen sent |

Commands are JSON, and the host is an address of this machine: no page from elsewhere can give them.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import io
import json
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler
from PIL import Image, ImageDraw

from channels.base import THIS_MACHINE
from channels.playing import read_object
from gateway.pages.assets import ASSETS, add_asset_routes, collect_assets
from gateway.pages.environment import ENVIRONMENT, build_environment
from gateway.pages.headers import ALWAYS
from gateway.sandbox.desk import Desk
from gateway.sandbox.players import Act, CannotDo, Mood

PAGE = "/sandbox"
DESK = web.AppKey("desk", Desk)
_LARGEST = 24 * 1024 * 1024
_ALIVE_SECONDS = 15.0


def create_page(desk: Desk, *, gateway: str, office: str) -> web.Application:
    """The page over this desk; `gateway` is where portal and console are."""
    app = web.Application(client_max_size=_LARGEST, middlewares=[_only_here])
    app[DESK], app[ASSETS], app[ENVIRONMENT] = desk, collect_assets(), build_environment()
    app.on_response_prepare.append(_add_headers)
    add_asset_routes(app)

    async def show(request: web.Request) -> web.Response:
        page = request.app[ENVIRONMENT].get_template("sandbox/page.html")
        text = page.render(office=office, gateway=gateway, demo=False, static=request.app[ASSETS].url)
        return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})

    app.add_routes(
        [
            web.get(PAGE, show),
            web.get(f"{PAGE}/state", _state),
            web.get(f"{PAGE}/events", _events),
            web.post(f"{PAGE}/{{channel}}/say", _say),
            web.post(f"{PAGE}/{{channel}}/mood", _mood),
            web.get(f"{PAGE}/photos/{{number:[0-9]+}}", _photo),
        ]
    )
    return app


def sample_photo() -> bytes:
    """A picture for whoever has none at hand: a street lamp that does not shine."""
    image = Image.new("RGB", (960, 640), "#1b2733")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 520, 960, 640), fill="#39424c")
    draw.rectangle((460, 150, 480, 520), fill="#8a949e")
    draw.rectangle((380, 140, 480, 158), fill="#8a949e")
    draw.ellipse((360, 150, 420, 180), fill="#55606b")
    made = io.BytesIO()
    image.save(made, "JPEG", quality=85)
    return made.getvalue()


@web.middleware
async def _only_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.url.host not in THIS_MACHINE:
        raise web.HTTPForbidden(text="this machine only")
    return await handler(request)


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    for name, value in ALWAYS:
        response.headers.setdefault(name, value)


async def _state(request: web.Request) -> web.Response:
    return web.json_response(request.app[DESK].snapshot())


async def _events(request: web.Request) -> web.StreamResponse:
    """The whole state with every change: small, and nothing can be missed."""
    desk, seen = request.app[DESK], -1
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    while True:
        if desk.version != seen:
            seen = desk.version
            await response.write(f"data: {json.dumps(desk.snapshot(), ensure_ascii=False)}\n\n".encode())
        try:
            async with asyncio.timeout(_ALIVE_SECONDS), desk.changed:
                await desk.changed.wait_for(lambda: desk.version != seen)  # noqa: B023 - waited for in the same round
        except TimeoutError:
            await response.write(b": alive\n\n")


async def _say(request: web.Request) -> web.Response:
    wanted = await _json(request)
    try:
        act = _act(wanted)
        await request.app[DESK].say(request.match_info["channel"], str(wanted["person"]), act)
    except CannotDo as refused:
        return web.json_response({"message": str(refused)}, status=409)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise web.HTTPBadRequest(text=f"cannot be done: {type(error).__name__}") from error
    return web.json_response({"done": True})


async def _mood(request: web.Request) -> web.Response:
    wanted = await _json(request)
    desk = request.app[DESK]
    try:
        desk.behave(request.match_info["channel"], Mood(str(wanted.get("mood"))))
    except (KeyError, ValueError) as error:
        raise web.HTTPBadRequest(text="no such channel or mood") from error
    return web.json_response({"done": True})


async def _photo(request: web.Request) -> web.Response:
    found = request.app[DESK].photos.get(int(request.match_info["number"]))
    if found is None:
        raise web.HTTPNotFound
    return web.Response(body=found, content_type="image/jpeg")


def _act(wanted: dict[str, Any]) -> Act:
    """ValueError for an act with nothing in it."""
    place = wanted.get("place")
    act = Act(
        text=str(wanted.get("text", "")).strip(),
        photo=sample_photo() if wanted.get("sample") else base64.b64decode(wanted.get("photo") or "", validate=True),
        place=(float(place["latitude"]), float(place["longitude"])) if place else None,
        button=str(wanted.get("button", "")),
        contact=bool(wanted.get("contact")),
        fresh=bool(wanted.get("fresh")),
    )
    if act in (Act(), Act(fresh=True)):
        raise ValueError("nothing is done")
    return act


async def _json(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="JSON is wanted")
    return await read_object(request)
