"""
Coming back from a backup: the keys first, then the archive, each into a deployment that never ran.

What was erased after the backup was made is erased again at once: the keys' tombstones tell.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from core.contract.errors import ConfigError
from core.privacy.keys import SYSTEM
from core.service.keyhouse import KeyHouse
from core.service.safe import Safe
from core.storage import backup, holdings
from gateway.admin.services import eraser_of
from gateway.deployment import open_deployment
from gateway.settings import Settings
from gateway.stores import open_stores


async def restore_key_backup(settings: Settings, path: Path) -> dict[str, Any]:
    """Fill the key store. ConfigError: it is not empty, or the backup is not whole."""
    async with open_stores(settings) as stores:
        return asdict(await backup.restore_keys(stores.keys.database, path))


async def restore_archive(settings: Settings, path: Path) -> dict[str, Any]:
    """
    Fill the database and the media folder; returns the manifest and how many erasures were repeated.

    Raises: ConfigError: the deployment is not empty, has no keys, or the backup is not whole.
    """
    async with open_stores(settings) as stores:
        await _require_keys(stores.keys)
        safe = await asyncio.to_thread(Safe.open, stores.keys.store, stores.keys.ring)
        media = settings.data / "media"
        manifest = await backup.restore(stores.database, path, vault=safe.vault, media=media)
    return asdict(manifest) | {"erased_again": await _erase_again(settings)}


async def _require_keys(keys: KeyHouse) -> None:
    """Without the deployment's own secrets nothing restored could be read, found or verified."""
    if await asyncio.to_thread(keys.store.get, f"{SYSTEM}blind") is None:
        raise ConfigError(
            "data",
            "there are no keys; restore them first",
            example="langnghe restore --keys /media/usb/keys-2026-11-20",
        )


async def _erase_again(settings: Settings) -> int:
    """Contacts whose keys are destroyed came back with the archive: what is left of them goes."""
    async with open_deployment(settings) as deployment:
        eraser, done, after = eraser_of(deployment), 0, ""
        while erased := await deployment.keys.database.read(partial(backup.erased_subjects, after=after)):
            for contact_id in await deployment.database.read(partial(holdings.contacts_among, ids=erased)):
                await eraser.erase_contact(contact_id)
                done += 1
            after = erased[-1]
    return done
