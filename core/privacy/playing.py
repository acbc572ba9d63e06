"""
Playable copies of films and recordings that browsers do not play: AMR, 3GP, and Ogg (which Safari does not).

A copy is made when somebody first plays the file, in a process of its own with limits on time, memory, length and
size (`transcode`). It lies encrypted beside the original, under the same subject's key, and goes with it.
"""

from __future__ import annotations

import asyncio
import sys
from collections import OrderedDict
from pathlib import Path

from core.contract.errors import NotFound
from core.privacy import transcode
from core.privacy.errors import Erased, MediaRefused
from core.privacy.media import FileMediaStore, StoredMedia

UNPLAYABLE = frozenset({"audio/amr", "audio/ogg", "video/3gpp"})
UNPLAYABLE_VI = "Không phát được tệp này trên trình duyệt. Vui lòng tải tệp gốc về máy để xem."
_PATIENCE = 120.0
_REMEMBERED = 1000


class PlayingCopies:
    """Files as a browser can play them. One copy is made at a time; what cannot be copied is not tried again soon."""

    def __init__(self, media: FileMediaStore, *, patience: float = _PATIENCE) -> None:
        self._media = media
        self._patience = patience
        self._turn = asyncio.Lock()
        self._refused: OrderedDict[str, None] = OrderedDict()

    async def open(self, stored_key: str) -> StoredMedia:
        """
        The file itself where browsers play it, else its copy.

        Raises: NotFound; MediaRefused ("unplayable") with a sentence for whoever wanted to play it.
        """
        found = await self._media.open(stored_key)
        if found.media_type not in UNPLAYABLE:
            return found
        copy_key = self._media.copy_key(stored_key)
        async with self._turn:
            try:
                return await self._media.open(copy_key)
            except NotFound:
                return await self._make(found, stored_key, copy_key)

    async def _make(self, found: StoredMedia, stored_key: str, copy_key: str) -> StoredMedia:
        if stored_key in self._refused:
            raise MediaRefused("unplayable", UNPLAYABLE_VI)
        try:
            copy = await _transcoded(found.data, patience=self._patience)
            await self._media.put_file(
                copy, subject_id=found.subject_id, name=found.name, stored_key=copy_key, ours=True
            )
            if not await self._media.holds(stored_key):  # deleted while it was being copied
                await self._media.delete(stored_key)
        except Erased as error:
            raise NotFound("erased meanwhile") from error
        except MediaRefused as error:
            raise self._refuse(stored_key) from error
        return await self._media.open(copy_key)

    def _refuse(self, stored_key: str) -> MediaRefused:
        self._refused[stored_key] = None
        while len(self._refused) > _REMEMBERED:
            self._refused.popitem(last=False)
        return MediaRefused("unplayable", UNPLAYABLE_VI)


async def _transcoded(data: bytes, *, patience: float) -> bytes:
    """The copy, out of a process that ends with us or after `patience` seconds."""
    pipe, nowhere = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", str(Path(transcode.__file__)), stdin=pipe, stdout=pipe, stderr=nowhere
    )
    try:
        async with asyncio.timeout(patience):
            copy, _ = await process.communicate(data)
    except TimeoutError as error:
        raise MediaRefused("unplayable", UNPLAYABLE_VI) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode or not copy:
        raise MediaRefused("unplayable", UNPLAYABLE_VI)
    return copy
