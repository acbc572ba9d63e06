"""
The keys as operators handle them: where they lie, the master keys that wrap them, and how those are changed.

A master key is changed in three steps: name the new one first in the settings, beside the old one, and restart;
rotate; take the old one out.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from core.contract.errors import ConfigError
from core.privacy.intake_zone import IntakeZone
from core.privacy.keys import rewrap_all
from core.privacy.master import KeyRing, MasterKey, load_master_key
from core.storage import housekeeping
from core.storage.database import Database
from core.storage.keys import SqlKeyStore

EXAMPLE = "file:/etc/langnghe/master-2.key#2, file:/etc/langnghe/master.key#1"


@dataclass(frozen=True)
class KeyHouse:
    """The subject keys of one deployment. `database` is a file of its own on SQLite."""

    database: Database
    store: SqlKeyStore
    ring: KeyRing


@dataclass(frozen=True)
class Rotated:
    """How many keys were wrapped anew: of subjects, and of raw bodies in the intake zone."""

    subjects: int
    raw_bodies: int


async def rotate(house: KeyHouse, database: Database, zone: IntakeZone) -> Rotated:
    """
    Wrap every key under the newest master key; safe beside running work, and repeatable.

    When it answers 0 and 0 and the journal is empty, nothing is left under an older master key.
    """
    subjects = await asyncio.to_thread(rewrap_all, house.store, house.ring)
    bodies, after = 0, ""
    while rows := await database.read(partial(housekeeping.wrapped_bodies, after=after)):
        renewed = await asyncio.to_thread(_renewed, zone, rows)
        bodies += await database.write(partial(housekeeping.rewrap_bodies, renewed=renewed))
        after = rows[-1][0]
    return Rotated(subjects, bodies)


def _renewed(zone: IntakeZone, rows: list[tuple[str, bytes]]) -> list[tuple[str, bytes, bytes]]:
    made = ((raw_id, wrapped, zone.rewrap(wrapped, binding=raw_id)) for raw_id, wrapped in rows)
    return [(raw_id, old, new) for raw_id, old, new in made if new is not None]


def load_key_ring(written: str, *, setting: str) -> KeyRing:
    """
    The master keys named by a setting: one reference, or several with their versions, separated by commas.

    `file:/etc/langnghe/master.key` is version 1; `file:/new.key#2, file:/old.key#1` are two.
    Raises: ConfigError naming the setting, never a value.
    """
    keys = [_one(part.strip(), setting) for part in written.split(",")]
    try:
        return KeyRing(keys)
    except ValueError as error:
        raise ConfigError(setting, str(error), example=EXAMPLE) from error


def _one(reference: str, setting: str) -> MasterKey:
    place, mark, version = reference.rpartition("#")
    if not mark:
        return load_master_key(reference, setting=setting)
    if not version.isdigit() or not 1 <= int(version) <= 0xFFFF:
        raise ConfigError(setting, "behind # stands the version of the key, a number from 1", example=EXAMPLE)
    return load_master_key(place, version=int(version), setting=setting)
