"""
One encrypted call to a browser's push service, and what its answer means (RFC 8030, 8188, 8291).

The body is made by pywebpush; the call goes our own way, which follows no redirection and reaches no address inside
the house, since the address comes from the browser.
"""

from __future__ import annotations

import asyncio
import binascii
from collections.abc import Callable
from datetime import datetime

from pywebpush import WebPusher, WebPushException  # type: ignore[import-untyped]

from channels.http import ProviderHttp, Reply
from channels.webpush.mapping import Push
from channels.webpush.settings import WebPushSettings
from channels.webpush.vapid import Vapid
from core.contract.errors import (
    ChannelMisconfigured,
    MessageInvalid,
    OutcomeUnknown,
    ProviderRefused,
    RecipientUnreachable,
    TemporarySendError,
)
from core.contract.ports import Device

SECONDS = 10.0
_OURS = frozenset({400, 401, 403})
_GONE = frozenset({404, 410})


class DeviceGone(RecipientUnreachable):
    """The subscription ended: the browser's owner took it back, or it ran out."""

    code = "device_gone"


class PushClient:
    """Calls push services. `now` is the deployment's clock."""

    def __init__(self, settings: WebPushSettings, *, vapid: Vapid, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._vapid = vapid
        self._now = now
        self._services = ProviderHttp("", timeout=SECONDS)
        self._sandbox = ProviderHttp(settings.sandbox, timeout=SECONDS) if settings.sandbox else None

    async def push(self, device: Device, push: Push) -> None:
        """
        Ring one device. A call that broke off counts as temporary: rung twice, it shows one notice (topic and tag).

        Raises: DeviceGone, TemporarySendError, ChannelMisconfigured, MessageInvalid, ProviderRefused.
        """
        if not self._settings.allows(device.endpoint):
            raise DeviceGone("no push service that may be called")
        headers = self._vapid.headers(device.endpoint, now=self._now()) | {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(push.ttl),
            "Topic": push.topic,
            "Urgency": push.urgency,
        }
        body = await asyncio.to_thread(encrypted, device, push.payload)
        try:
            reply = await self._post(device.endpoint, body, headers)
        except OutcomeUnknown:
            raise TemporarySendError("the push service did not answer") from None
        judge(reply)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._services.close()
        if self._sandbox is not None:
            await self._sandbox.close()

    async def _post(self, endpoint: str, body: bytes, headers: dict[str, str]) -> Reply:
        if self._sandbox is not None and endpoint.startswith(f"{self._settings.sandbox}/"):
            return await self._sandbox.post_bytes(endpoint.removeprefix(self._settings.sandbox), body, headers=headers)
        return await self._services.post_bytes(endpoint, body, headers=headers)


def encrypted(device: Device, payload: bytes) -> bytes:
    """The payload for this device alone. DeviceGone: its keys are none."""
    keys = {"p256dh": device.p256dh, "auth": device.auth}
    try:
        made = WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(payload)
    except (WebPushException, ValueError, binascii.Error):
        raise DeviceGone("no keys of a browser") from None
    body: bytes = made["body"]
    return body


def judge(reply: Reply) -> None:
    """Nothing where the service took it; else the error that its status means (429 is `Throttled` already)."""
    code = str(reply.status)
    if reply.ok:
        return
    if reply.status in _GONE:
        raise DeviceGone("the subscription has ended", provider_code=code)
    if reply.status in _OURS:
        raise ChannelMisconfigured("the push service does not know our key", provider_code=code)
    if reply.status == 413:
        raise MessageInvalid("the notice is too long", provider_code=code)
    if reply.status >= 500:
        raise TemporarySendError("the push service is in trouble", provider_code=code)
    raise ProviderRefused("the push service refuses it", provider_code=code)
