"""
Whether somebody is rung for what stands on a surface of ours, where nothing arrives by itself.

A device that was registered rings. Whoever reported by the province's own app and has none, or whose last one is gone,
is told by telephone that there is news, if they left a number and a message can be sent: the router does that where the
bell finds nobody (core.service.routing).
"""

from __future__ import annotations

from functools import partial

from core.service.carrying import Carriers
from core.service.devices import SealedDevices
from core.service.talk import Talk
from core.storage import contacts
from core.storage.database import Database

_APP = "app"


class Ringing:
    """`push`: devices are rung here. `carriers`: know whether telephones are reached."""

    def __init__(self, database: Database, *, devices: SealedDevices, carriers: Carriers, push: bool) -> None:
        self._database = database
        self._devices = devices
        self._carriers = carriers
        self._push = push

    async def wanted(self, talk: Talk, *, goes_on: bool) -> bool:
        """Whether a bell is worth a try for this person; `goes_on`: where no device takes it, it goes another way."""
        if self._push and await self._devices.rings(talk.row.id):
            return True
        if not goes_on or talk.row.channel != _APP or not self._carriers.reaches_phones:
            return False
        return await self._database.read(partial(contacts.left_a_number, contact_id=talk.contact_id))
