"""Web Push as a channel: one message rings every device that its reader switched on."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime

from channels.webpush.client import DeviceGone, PushClient
from channels.webpush.mapping import CHANNEL, Push, to_push
from channels.webpush.settings import WebPushSettings
from channels.webpush.vapid import Vapid
from core.contract.errors import PayloadInvalid, RecipientUnreachable, SendError, SignatureInvalid
from core.contract.ports import Device, Devices, Health, ItemKey, RawDelivery, Reach, SendResult
from core.contract.schema import OutboundMessage, Parsed

_POINT_BYTES, _AUTH_BYTES = 65, 16
_LONGEST_ENDPOINT = 2000


class WebPushChannel:
    """Rings browsers. An address is whose devices are meant: a conversation, or a member of staff."""

    name = CHANNEL
    threaded = False
    reaches = (Reach("chat", "thông báo trên thiết bị"),)

    def __init__(self, settings: WebPushSettings, *, devices: Devices, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._devices = devices
        vapid = Vapid(settings.secret.get_secret_value(), contact=settings.contact)
        self.public_key = vapid.public_key
        self._client = PushClient(settings, vapid=vapid, now=clock)

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

    def takes(self, endpoint: str, *, p256dh: str, auth: str) -> bool:
        """Whether a browser's subscription is one: a push service that may be called, a point and a secret."""
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
        try:
            await self._client.push(device, push)
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
        await self._client.close()


def _weight(error: SendError) -> tuple[bool, bool]:
    """What can be tried again goes first, a device that is gone last."""
    return not error.retryable, isinstance(error, DeviceGone)


def _size(written: str) -> int:
    """Bytes of a base64url value; 0: none."""
    try:
        return len(base64.b64decode(written.rstrip("=") + "=" * (-len(written.rstrip("=")) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError):
        return 0
