"""Devices that ring when there is news, kept sealed under the key of the person who switched it on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from core.contract.ports import Device
from core.contract.schema import Model, new_id
from core.service.safe import Safe
from core.storage import devices
from core.storage.database import Database
from core.storage.devices import DeviceRow


class Subscription(Model):
    """
    What a browser says on subscribing: where its service is called, and its two keys (base64url). An app that is rung
    by "fcm" has only its registration token, which stands for the endpoint.
    """

    endpoint: str
    p256dh: str = ""
    auth: str = ""
    service: str = "webpush"


class SealedDevices:
    """Everybody's devices; implements `core.contract.ports.Devices`. `now` is the deployment's clock."""

    def __init__(self, database: Database, *, safe: Safe, now: Callable[[], datetime]) -> None:
        self._database = database
        self._safe = safe
        self._now = now

    def __repr__(self) -> str:
        return "SealedDevices()"

    async def of(self, owner: str) -> Sequence[Device]:
        """What rings for this conversation or user; nothing of somebody who was erased."""
        rows = await self._database.read(partial(devices.of, owner=owner))
        for subject in {row.subject_id for row in rows}:
            await self._safe.bring(subject, new=False)
        found = [(row, self._opened(row)) for row in rows]
        return [Device(row.id, **one.model_dump()) for row, one in found if one is not None]

    async def rings(self, owner: str) -> bool:
        """Whether any device rings for this conversation or user."""
        return await self._database.read(partial(devices.rings, owner=owner))

    async def add(self, owner: str, subscription: Subscription, *, subject_id: str, most: int = devices.MOST) -> str:
        """This device rings for them from now on; given twice it is kept once. Returns its id."""
        await self._safe.bring(subject_id, new=True)
        device_id = new_id()
        row = DeviceRow(
            id=device_id,
            owner=owner,
            subject_id=subject_id,
            service=subscription.service,
            endpoint_blind=self._blind(subscription.endpoint),
            device_sealed=self._safe.seal(subscription, subject_id=subject_id, place=_place(device_id)),
            added_at=self._now(),
        )
        await self._database.write(partial(devices.add, row=row, most=most))
        return device_id

    async def remove(self, owner: str, endpoint: str) -> bool:
        """This device rings for them no more; False where it did not."""
        blind = self._blind(endpoint)
        return await self._database.write(partial(devices.remove, owner=owner, endpoint_blind=blind))

    async def end(self, device_id: str) -> None:
        """The service no longer knows this device."""
        await self._database.write(partial(devices.end, device_id=device_id))

    def _opened(self, row: DeviceRow) -> Subscription | None:
        return self._safe.open_or_none(row.device_sealed, Subscription, subject_id=row.subject_id, place=_place(row.id))

    def _blind(self, endpoint: str) -> str:
        return self._safe.blind.other("device", endpoint)


def _place(device_id: str) -> str:
    return f"push_device:{device_id}"
