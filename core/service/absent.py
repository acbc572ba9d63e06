"""How it stands with files that are named but not here: to be fetched, lost with their provider, not taken, erased."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from core.privacy.media_types import WHY_NOT
from core.service.reading.names import Names
from core.service.regulation import Regulation
from core.storage import fetches
from core.storage.database import Database
from core.storage.fetches import AbsentFile
from core.storage.recordings import OVER


async def absent_files(database: Database, regulation: Regulation, keys: Iterable[str]) -> Mapping[str, str]:
    """Stored key → a few words, for those of these files that are not here; one query."""
    found = await database.read(partial(fetches.absent, stored_keys=frozenset(keys) - {""}))
    names = Names(regulation.current, regulation.agencies, {})
    return {one.stored_key: _words(one, names) for one in found}


def _words(file: AbsentFile, names: Names) -> str:
    if file.state == "waiting":
        return f"đang tải từ {names.channel(file.channel).label}"
    if file.state == "refused":
        return f"không nhận: {WHY_NOT.get(file.reason, 'không mở được')}"
    return "đã xóa khi hết thời hạn lưu" if file.state == OVER else "không còn tải được"
