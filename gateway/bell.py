"""Notices in a browser: switched on by whoever reads a page of ours in it, for citizens and for staff alike."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from pydantic import ValidationError

from channels.webpush.adapter import WebPushChannel
from core.service.devices import Subscription
from core.storage.devices import MOST
from gateway.deployment import DEPLOYMENT
from gateway.pages.assets import ASSETS

WORKER = "/sw.js"
"""At the root, so that it may show notices for every page."""


class NotADevice(ValueError):
    """Not what a push service says of a device, or of one that is not called from here."""


@dataclass(frozen=True)
class Bell:
    """What a page needs to offer it: the key a browser subscribes with, and whether any browser rings already."""

    key: str
    rings: bool


async def bell_of(request: web.Request, owner: str) -> Bell | None:
    """For this conversation or user; None where notices in browsers are off."""
    channel = _channel(request)
    if channel is None:
        return None
    return Bell(channel.public_key, await request.app[DEPLOYMENT].clerk.devices.rings(owner))


async def switch_bell(request: web.Request, owner: str, *, subject_id: str) -> web.Response:
    """
    This browser rings for them from now on, or (`on` = 0) no more: 204.

    Raises: HTTPNotFound where notices are off, HTTPUnprocessableEntity: not what a browser says on subscribing.
    """
    device = await device_in(request)
    if await is_off(request):
        await drop_device(request, owner, device.endpoint)
    else:
        await ring_device(request, owner, device, subject_id=subject_id)
    return web.Response(status=204)


async def device_in(request: web.Request) -> Subscription:
    """The browser that a page's form names. HTTPNotFound where notices are off, HTTPUnprocessableEntity."""
    posted, channel = await request.post(), _channel(request)
    if channel is None:
        raise web.HTTPNotFound
    try:
        device = Subscription.model_validate({name: posted.get(name, "") for name in ("endpoint", "p256dh", "auth")})
    except ValidationError:
        raise web.HTTPUnprocessableEntity from None
    if posted.get("on") != "0" and not channel.takes(**device.model_dump()):
        raise web.HTTPUnprocessableEntity
    return device


async def is_off(request: web.Request) -> bool:
    """Whether the form says that it rings no more."""
    return (await request.post()).get("on") == "0"


async def ring_device(
    request: web.Request, owner: str, device: Subscription, *, subject_id: str, most: int = MOST
) -> str:
    """A device rings for them from now on; its id, empty where notices are off. NotADevice."""
    channel = _channel(request)
    if channel is None:
        return ""
    if not channel.takes(**device.model_dump()):
        raise NotADevice
    return await request.app[DEPLOYMENT].clerk.devices.add(owner, device, subject_id=subject_id, most=most)


async def drop_device(request: web.Request, owner: str, endpoint: str) -> None:
    """A device rings for them no more."""
    await request.app[DEPLOYMENT].clerk.devices.remove(owner, endpoint)


def rings_apps(request: web.Request) -> bool:
    """Whether an app may register with its token."""
    channel = _channel(request)
    return channel is not None and channel.rings_apps


def push_key(request: web.Request) -> str:
    """What devices subscribe with; empty where notices are off."""
    channel = _channel(request)
    return channel.public_key if channel else ""


async def show_worker(request: web.Request) -> web.StreamResponse:
    """
    The script beside the pages, under an address that never changes: it names the one of today, with what that imports.
    """
    script = f'import "{request.app[ASSETS].url("js/worker.js")}";\n'
    return web.Response(text=script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _channel(request: web.Request) -> WebPushChannel | None:
    channel = request.app[DEPLOYMENT].channels.get(WebPushChannel.name)
    return channel if isinstance(channel, WebPushChannel) else None
