"""The sorters in use: of categories under a regulation, and of agencies that dealt with such matters before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from core.regulations.model import Pack
from core.service.regulation import Regulation
from core.storage import triage
from core.storage.database import Database
from core.triage.modelfile import ModelDamaged, read
from core.triage.sorter import Label, Sorter
from core.triage.usual import labels_of

log = structlog.get_logger()

LOOK_AGAIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Kept:
    """A model as it was kept. `categories`, `agencies`: what `core.triage.modelfile` wrote."""

    hash: str = ""
    categories: dict[str, Any] | None = None
    agencies: dict[str, Any] | None = None


class Sorters:
    """Knows the model in use, and looks now and then whether another process has made a better one."""

    def __init__(self, database: Database, *, regulation: Regulation, now: Callable[[], datetime]) -> None:
        self._database = database
        self._regulation = regulation
        self._now = now
        self._kept = Kept()
        self._looked: datetime | None = None
        self._made: dict[tuple[str, str], Sorter] = {}

    @property
    def hash(self) -> str:
        """Which model is in use; empty: known words alone."""
        return self._kept.hash

    async def categories(self, pack: Pack | None = None) -> Sorter:
        """For the categories of a pack, the one in force unless another is named; what was learnt is only for that."""
        await self._look()
        wanted = pack or self._regulation.current
        kept = self._kept.categories if wanted.ref == self._regulation.current.ref else None
        return await self._sorter("category", wanted.ref, labels_of(wanted), kept)

    async def agencies(self) -> Sorter | None:
        """For agencies; None until enough was learnt."""
        await self._look()
        kept = self._kept.agencies
        if kept is None:
            return None
        return await self._sorter("agency", "", tuple(Label(name) for name in kept["labels"]), kept)

    async def renew(self) -> None:
        """Look at once."""
        self._looked = None
        await self._look()

    async def _look(self) -> None:
        now = self._now()
        if self._looked is not None and now - self._looked < LOOK_AGAIN:
            return
        self._looked = now
        name = await self._database.read(triage.name)
        if name == self._kept.hash:
            return
        told = await self._database.read(triage.model)
        if told is not None:
            self._kept = Kept(told["hash"], told["categories"], told["agencies"])
            self._made.clear()

    async def _sorter(self, kind: str, ref: str, labels: tuple[Label, ...], kept: dict[str, Any] | None) -> Sorter:
        key = kind, f"{ref}:{kept['hash'] if kept else ''}"
        if key not in self._made:
            self._made[key] = await asyncio.to_thread(_made, labels, kept)
        return self._made[key]


def _made(labels: tuple[Label, ...], kept: dict[str, Any] | None) -> Sorter:
    if kept is None:
        return Sorter(labels)
    try:
        return read(kept, labels)
    except ModelDamaged as error:
        log.warning("triage_model_refused", reason=str(error))
        return Sorter(labels)
