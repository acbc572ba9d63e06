"""
Forms that wait for a one-time password: what somebody typed is not lost when the password never comes.

Each lies under a key of its own, since nobody has agreed yet to be anybody's contact, and goes with its key when its
time is over, or as soon as it was sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from pydantic import BaseModel

from core.contract.schema import new_id
from core.service.safe import Safe
from core.storage import kept_forms
from core.storage.database import Database
from core.storage.kept_forms import KeptRow

M = TypeVar("M", bound=BaseModel)


class KeptForms:
    """Keeps forms for `longest`."""

    def __init__(self, database: Database, *, safe: Safe, now: Callable[[], datetime], longest: timedelta) -> None:
        self._database = database
        self._safe = safe
        self._now = now
        self._longest = longest

    async def keep(self, form_id: str, form: BaseModel, *, longest: timedelta | None = None) -> None:
        """Keep this in the place of what was kept under the same id; for `longest`, where that is not as usual."""
        subject, now = new_id(), self._now()
        await self._safe.make([subject])
        sealed = await self._safe.aside(
            partial(self._safe.seal, form, subject_id=subject, place=_place(form_id)), subject
        )
        row = KeptRow(form_id, subject, sealed, now, now + (longest or self._longest))
        before = await self._database.write(partial(kept_forms.put, row=row))
        if before:
            await self._destroy(before)

    async def read(self, form_id: str, kind: type[M]) -> M | None:
        """What is kept; None where it is not, or no longer."""
        row = await self._database.read(partial(kept_forms.get, form_id=form_id))
        if row is None or self._now() >= row.expires_at:
            return None
        unseal = partial(self._safe.open_or_none, row.sealed, kind, subject_id=row.subject_id, place=_place(form_id))
        return await self._safe.aside(unseal, row.subject_id)

    async def drop(self, form_id: str) -> None:
        """It was sent, or is not wanted: the key first."""
        row = await self._database.read(partial(kept_forms.get, form_id=form_id))
        if row is not None:
            await self._remove([(form_id, row.subject_id)])

    async def sweep(self) -> int:
        """Throw away what nobody came back for; returns how many."""
        swept = 0
        while over := await self._database.read(partial(kept_forms.expired, before=self._now())):
            await self._remove(over)
            swept += len(over)
        return swept

    async def _remove(self, forms: list[tuple[str, str]]) -> None:
        for _, subject in forms:
            await self._destroy(subject)
        await self._database.write(partial(kept_forms.drop, form_ids=[form_id for form_id, _ in forms]))

    async def _destroy(self, subject: str) -> None:
        await asyncio.to_thread(self._safe.keys.destroy, subject, self._now())


def _place(form_id: str) -> str:
    return f"kept_form:{form_id}"
