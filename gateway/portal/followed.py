"""
`/tra-cuu/theo-doi`: reports of others that somebody follows from this browser, as everybody may see them.

Which ones, stands in a sealed cookie of theirs and nowhere with us. Of whoever wants to be rung, we keep the browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import web

from core.identity.codes import parse_code
from core.service.followers import MOST_BROWSERS, circle_of
from core.service.public import Glance
from gateway.bell import Bell, device_in, is_off, push_key, ring_device
from gateway.deployment import DEPLOYMENT
from gateway.pages import render
from gateway.portal.shared import PORTAL, client_of, private, put_note, read_note

PAGE = "/tra-cuu/theo-doi"
BELL = f"{PAGE}/thong-bao"
END = f"{PAGE}/thoi"
COOKIE = "langnghe_followed"
TIME = timedelta(days=365)
MOST = 10


@dataclass(frozen=True)
class Followed:
    """`codes`: the newest first. `devices`: by code, the id under which this browser rings."""

    codes: tuple[str, ...] = ()
    devices: Mapping[str, str] = field(default_factory=dict)

    def without(self, code: str) -> Followed:
        """The same but for this one."""
        others = {known: device for known, device in self.devices.items() if known != code}
        return Followed(tuple(known for known in self.codes if known != code), others)


def followed_in(request: web.Request) -> Followed:
    """What this browser follows."""
    note = read_note(request, COOKIE, longest=TIME)
    return Followed(tuple(note.values["codes"]), note.values["devices"]) if note else Followed()


async def show(request: web.Request) -> web.StreamResponse:
    """How each of them stands."""
    followed = followed_in(request)
    glances, key = await _glances(request, followed), push_key(request)
    rings = all(glance.code in followed.devices for glance in glances)
    bell = Bell(key, rings) if key and glances else None
    return private(render(request, "portal/followed.html", glances=glances, bell=bell))


async def begin(request: web.Request) -> web.StreamResponse:
    """Follow one more; the one followed longest makes room."""
    code = parse_code(str((await request.post()).get("code", "")))
    found = code and await request.app[PORTAL].desk.glance(code, client=client_of(request))
    followed = followed_in(request)
    if code and isinstance(found, Glance):
        for old in followed.without(code).codes[MOST - 1 :]:
            followed = await _ended(request, followed, old)
        followed = Followed((code, *followed.without(code).codes), followed.devices)
    raise _back(request, followed)


async def end(request: web.Request) -> web.StreamResponse:
    """Follow it no more, and ring for it no more."""
    code = parse_code(str((await request.post()).get("code", "")))
    raise _back(request, await _ended(request, followed_in(request), code or ""))


async def set_bell(request: web.Request) -> web.StreamResponse:
    """This browser rings for all that it follows, or (`on` = 0) for none: 204. As `gateway.bell.device_in` raises."""
    followed, device = followed_in(request), await device_in(request)
    for known in followed.devices.values():
        await request.app[DEPLOYMENT].clerk.devices.end(known)
    rings = {}
    for glance in () if await is_off(request) else await _glances(request, followed):
        owner, circle = glance.case_id, circle_of(glance.case_id)
        rings[glance.code] = await ring_device(request, owner, device, subject_id=circle, most=MOST_BROWSERS)
    response = web.Response(status=204)
    _put(request, response, Followed(followed.codes, rings))
    return response


async def _glances(request: web.Request, followed: Followed) -> list[Glance]:
    desk, client = request.app[PORTAL].desk, client_of(request)
    found = [await desk.glance(code, client=client) for code in followed.codes]
    return [one for one in found if isinstance(one, Glance)]


async def _ended(request: web.Request, followed: Followed, code: str) -> Followed:
    if device := followed.devices.get(code):
        await request.app[DEPLOYMENT].clerk.devices.end(device)
    return followed.without(code)


def _back(request: web.Request, followed: Followed) -> web.HTTPSeeOther:
    response = web.HTTPSeeOther(PAGE)
    _put(request, response, followed)
    return response


def _put(request: web.Request, response: web.StreamResponse, followed: Followed) -> None:
    put_note(request, response, COOKIE, {"codes": followed.codes, "devices": dict(followed.devices)}, lasts=TIME)
