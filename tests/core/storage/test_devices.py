"""Devices that ring: kept once, a few for each owner, gone with their person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from core.storage import devices
from core.storage.database import Database
from core.storage.devices import MOST, DeviceRow
from tests.support.databases import on_both_engines

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PHONE = DeviceRow("d" * 32, "owner", "subject", "webpush", "e" * 64, b"sealed", NOW)


async def kept(database: Database, *rows: DeviceRow) -> list[DeviceRow]:
    for row in rows:
        await database.write(partial(devices.add, row=row))
    return await database.read(partial(devices.of, owner="owner"))


@on_both_engines
async def test_the_same_device_is_kept_once_with_its_newest_keys(database: Database) -> None:
    newer = replace(PHONE, id="f" * 32, device_sealed=b"newer")
    assert await kept(database, PHONE, newer) == [newer]


async def test_the_oldest_makes_room(database: Database) -> None:
    many = [
        replace(PHONE, id=f"{number:032}", endpoint_blind=f"{number:064}", added_at=NOW + timedelta(minutes=number))
        for number in range(MOST + 3)
    ]
    assert await kept(database, *many) == many[3:]


@on_both_engines
async def test_it_ends_for_one_owner_or_with_its_person(database: Database) -> None:
    theirs = replace(PHONE, id="a" * 32, owner="other", subject_id="somebody")
    await kept(database, PHONE, theirs)

    assert await database.write(partial(devices.remove, owner="owner", endpoint_blind=PHONE.endpoint_blind))
    assert not await database.write(partial(devices.remove, owner="owner", endpoint_blind=PHONE.endpoint_blind))
    assert not await database.read(partial(devices.rings, owner="owner"))
    assert await database.read(partial(devices.rings, owner="other"))
    await database.write(partial(devices.forget, subject_id="somebody"))
    assert not await database.read(partial(devices.rings, owner="other"))


async def test_a_service_ends_its_own_device(database: Database) -> None:
    await kept(database, PHONE)
    await database.write(partial(devices.end, device_id=PHONE.id))
    assert await kept(database) == []
