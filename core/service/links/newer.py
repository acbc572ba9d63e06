"""
An answer that a partner gave after its result was taken: kept, sealed as the case's words are, for whoever decides what
becomes of it.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from core.contract.schema import Model
from core.service.links.news import Mirrored
from core.service.safe import Safe
from core.storage import erasure, settings
from core.storage.database import Connection, Database

_FACT = "link-answer:"


class _Words(Model):
    text: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class NewerAnswer:
    """What was answered, when, and with which files of the case."""

    at: datetime
    text: str
    files: tuple[str, ...]


class NewerAnswers:
    """Keeps the last of each part."""

    def __init__(self, database: Database, *, safe: Safe) -> None:
        self._database = database
        self._safe = safe

    async def keep(self, told: Mirrored, at: datetime) -> None:
        """What is older than what is known is passed over."""
        subject = await self._database.read(partial(erasure.text_subject, case_id=told.case_id))
        await self._safe.bring(subject, new=False)
        key = f"{_FACT}{told.case_id}:{told.dispatch_id}"
        words = _Words(text=told.text, files=told.files)
        sealed = await self._safe.aside(partial(self._safe.seal, words, subject_id=subject, place=key), subject)
        fact = {"at": at.isoformat(), "subject": subject, "sealed": base64.b64encode(sealed).decode()}

        def write(connection: Connection) -> None:
            known = settings.get(connection, key)
            if known is None or datetime.fromisoformat(known["at"]) <= at:
                settings.put(connection, key, fact)

        await self._database.write(write)

    async def of(self, case_id: str) -> dict[str, NewerAnswer]:
        """Dispatch id → what was answered there last; nothing of whoever was erased since."""
        facts = await self._database.read(partial(settings.under, prefix=f"{_FACT}{case_id}:"))
        opened = await asyncio.to_thread(
            lambda: {part: self._open(case_id, part, fact) for part, fact in facts.items()}
        )
        return {part: answer for part, answer in opened.items() if answer is not None}

    def _open(self, case_id: str, part: str, fact: Mapping[str, Any]) -> NewerAnswer | None:
        sealed, place = base64.b64decode(fact["sealed"]), f"{_FACT}{case_id}:{part}"
        words = self._safe.open_or_none(sealed, _Words, subject_id=fact["subject"], place=place)
        return None if words is None else NewerAnswer(datetime.fromisoformat(fact["at"]), words.text, words.files)
