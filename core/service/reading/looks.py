"""How the photos of reports look at first sight, worked out when somebody asks, and remembered for a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable

from core.contract.errors import NotFound
from core.privacy.errors import Tampered
from core.privacy.looks import look_of
from core.privacy.media import FileMediaStore

MOST_KEPT = 20_000
MOST_NEW = 24
"""Photos that one page may have decoded; the others are compared when they are known."""


class Looks:
    """Sixty-four bits a photo, by its stored key; in memory alone, so that an erasure leaves nothing behind."""

    def __init__(self, media: FileMediaStore) -> None:
        self._media = media
        self._known: OrderedDict[str, int | None] = OrderedDict()

    async def of(self, keys: Iterable[str]) -> dict[str, int]:
        """Those of these photos that are known, or could be looked at now."""
        wanted = list(dict.fromkeys(keys))
        for key in [key for key in wanted if key not in self._known][:MOST_NEW]:
            self._known[key] = await self._look(key)
        while len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return {key: look for key in wanted if (look := self._known.get(key)) is not None}

    async def _look(self, key: str) -> int | None:
        try:
            return await asyncio.to_thread(look_of, await self._media.get(key))
        except (NotFound, Tampered):
            return None
