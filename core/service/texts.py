"""Reading free text back: from this unit of work where it was just written, else from the vault."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial

from core.cases.sealed import SealedText
from core.privacy.errors import Erased
from core.service.safe import Safe
from core.service.work import Work
from core.storage import reports
from core.storage.database import Database
from core.storage.reports import VaultRow

ERASED = "[đã xóa theo yêu cầu]"


class Texts:
    """Opens sealed texts; one whose subject was erased reads `ERASED`."""

    def __init__(self, database: Database, *, safe: Safe) -> None:
        self._database = database
        self._safe = safe

    async def read(self, sealed: Iterable[SealedText | None], *, work: Work | None = None) -> Mapping[str, str]:
        """The words behind these references, by id."""
        ids = {one.id for one in sealed if one is not None}
        known = {key: work.texts[key] for key in ids if key in work.texts} if work else {}
        if ids == known.keys():
            return known
        rows = await self._database.read(partial(reports.texts, ids=ids - known.keys()))
        opened = await asyncio.to_thread(lambda: {row.id: self._open(row) for row in rows})
        return dict.fromkeys(ids, ERASED) | opened | known

    def _open(self, row: VaultRow) -> str:
        if row.sealed is None:
            return ERASED
        try:
            return self._safe.vault.open(row.sealed, vault_id=row.id, subject_id=row.subject_id)
        except Erased:
            return ERASED
