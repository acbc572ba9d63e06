"""Ringing as a channel: one message rings every browser and every app that its reader switched on."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from channels.webpush.client import DeviceGone, PushClient
from channels.webpush.fcm import FCM, FcmClient
from channels.webpush.mapping import CHANNEL, Push, to_push
from channels.webpush.settings import WebPushSettings
from channels.webpush.vapid import Vapid
from core.contract.errors import ChannelMisconfigured, PayloadInvalid, RecipientUnreachable, SendError, SignatureInvalid
from core.contract.ports import Device, Devices, Health, ItemKey, RawDelivery, Reach, SendResult
from core.contract.schema import OutboundMessage, Parsed

_POINT_BYTES, _AUTH_BYTES = 65, 16
_LONGEST_ENDPOINT = 2000
_REGISTERED = r"[A-Za-z0-9_:.-]{20,1000}"


class Service(Protocol):
    """Who rings devices of one sort."""

    async def push(self, device: Device, push: Push) -> None:
        """Ring one. Raises DeviceGone where it is no more, else the SendError that the answer means."""

    async def close(self) -> None:
        """Let go of the connections."""


class WebPushChannel:
    """
    Rings browsers, and apps where there is an `fcm`. An address is whose devices are meant: a conversation, or a member
    of staff.
    """

    name = CHANNEL
    threaded = False
    reaches = (Reach("chat", "thông báo trên thiết bị"),)

    def __init__(self, settings: WebPushSettings, *, devices: Devices, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._devices = devices
        vapid = Vapid(settings.secret.get_secret_value(), contact=settings.contact)
        self.public_key = vapid.public_key
        self._services: dict[str, Service] = {CHANNEL: PushClient(settings, vapid=vapid, now=clock)}
        if settings.fcm is not None:
            self._services[FCM] = FcmClient(settings.fcm, now=clock)

    def __repr__(self) -> str:
        return "WebPushChannel()"

    def verify(self, delivery: RawDelivery) -> None:
        """Nobody calls us: whatever claims to come this way is refused."""
        raise SignatureInvalid("nothing comes in by web push")

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """Nothing comes in."""
        raise PayloadInvalid("nothing comes in by web push")

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """Nothing comes in."""
        raise PayloadInvalid("nothing comes in by web push")

    @property
    def rings_apps(self) -> bool:
        """Whether an app can be rung by its registration token."""
        return FCM in self._services

    def takes(self, endpoint: str, *, p256dh: str = "", auth: str = "", service: str = CHANNEL) -> bool:
        """
        Whether what was registered can be rung: a browser's push service that may be called, a point and a secret; or
        an app's token, where apps are rung.
        """
        if service == FCM:
            return self.rings_apps and re.fullmatch(_REGISTERED, endpoint) is not None
        sizes = (_size(p256dh), _size(auth))
        known = len(endpoint) <= _LONGEST_ENDPOINT and self._settings.allows(endpoint)
        return known and sizes == (_POINT_BYTES, _AUTH_BYTES)

    async def send(self, message: OutboundMessage) -> SendResult:
        """
        Ring every device; done when one service took it. Devices that are gone are forgotten.

        Raises: RecipientUnreachable where none is left, else what the first of them failed of, temporary ones first.
        """
        push = to_push(message, title=self._settings.title)
        devices = await self._devices.of(message.recipient.value)
        ends = await asyncio.gather(*(self._ring(device, push) for device in devices))
        if None in ends:
            return SendResult(message.id)
        errors = sorted((end for end in ends if end is not None), key=_weight)
        if all(isinstance(end, DeviceGone) for end in errors):
            raise RecipientUnreachable("no device rings for them")
        raise errors[0]

    async def _ring(self, device: Device, push: Push) -> SendError | None:
        service = self._services.get(device.service)
        try:
            if service is None:
                raise ChannelMisconfigured(f"{device.service} is switched off")
            await service.push(device, push)
        except DeviceGone as error:
            await self._devices.end(device.id)
            return error
        except SendError as error:
            return error
        return None

    async def check_health(self) -> Health:
        """Push services are the browsers' own; what we need is a key, and that is here."""
        return Health(ok=True, detail="Sẵn sàng báo tin trên trình duyệt.")

    async def stop(self) -> None:
        """Let go of the connections."""
        for service in self._services.values():
            await service.close()


def _weight(error: SendError) -> tuple[bool, bool]:
    """What can be tried again goes first, a device that is gone last."""
    return not error.retryable, isinstance(error, DeviceGone)


def _size(written: str) -> int:
    """Bytes of a base64url value; 0: none."""
    try:
        return len(base64.b64decode(written.rstrip("=") + "=" * (-len(written.rstrip("=")) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError):
        return 0
