"""
What the centre tells everybody: written, looked at, published, withdrawn (TG-4.1a).

Who writes and publishes is whom the regulation lets publish results (A-TG-12). A notice never changes once it was
published: what is wrong is withdrawn and written anew. There is no kind for advertising, and whoever publishes says
that it is none (VN-6). Every step keeps who took it and when.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

import structlog
from pydantic import Field, model_validator

from core.contract.schema import Instant, Model, new_id
from core.regulations.model import Pack
from core.storage import public_notices
from core.storage.database import Connection, Database
from core.storage.public_notices import DRAFT, PUBLISHED, WITHDRAWN, NoticeRow

log = structlog.get_logger()

After = tuple[int, str]
MOST_AREAS = 20


class NoticeKind(StrEnum):
    """What there is to tell, the gravest first. Only what warns rings."""

    DISASTER = "disaster"
    WARNING = "warning"
    NOTICE = "notice"


RINGING = (NoticeKind.DISASTER, NoticeKind.WARNING)
GRAVEST_FIRST = tuple(NoticeKind)


class NoticeDraft(Model):
    """A notice as it is written. `areas`: names of places it concerns, none: the whole province."""

    kind: NoticeKind
    title: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=8000)
    areas: tuple[str, ...] = Field(default=(), max_length=MOST_AREAS)
    valid_from: Instant
    valid_until: Instant

    @model_validator(mode="after")
    def _lasts(self) -> NoticeDraft:
        if self.valid_until <= self.valid_from:
            raise ValueError("a notice ends after it began")
        return self


class AlreadyOver(ValueError):
    """A notice whose end has passed is not published."""


def publishers(pack: Pack) -> frozenset[str]:
    """Roles of the centre that publish results; where the regulation names none, every role of the centre."""
    centre = {name for name, role in pack.roles.items() if role.level == "centre"}
    named = {role for move in pack.moves_for("publish") for role in move.by}
    return frozenset(centre & named or centre)


def by_gravity(rows: Sequence[NoticeRow]) -> list[NoticeRow]:
    """Disasters and warnings first, in each kind the newest first."""
    newest_first = sorted(rows, key=public_notices.place_of, reverse=True)
    return sorted(newest_first, key=lambda row: GRAVEST_FIRST.index(NoticeKind(row.kind)))


class PublicNotices:
    """Writes, publishes, withdraws and lists. `by` is always the id of the member of staff who does it."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def write(self, draft: NoticeDraft, *, by: str) -> str:
        """A new draft; returns its id."""
        facts = draft.model_dump()
        row = NoticeRow(id=new_id(), state=DRAFT, version=1, written_by=by, written_at=self._now(), **facts)
        await self._database.write(partial(public_notices.add, row=row))
        log.info("notice_written", notice=row.id, kind=row.kind, by=by)
        return row.id

    async def rewrite(self, notice_id: str, version: int, draft: NoticeDraft, *, by: str) -> None:
        """Change a draft. VersionConflict: somebody else did, or it is none any more."""
        facts: dict[str, Any] = {
            **draft.model_dump(),
            "areas": list(draft.areas),
            "written_by": by,
            "written_at": self._now(),
        }
        await self._database.write(
            partial(public_notices.change, notice_id=notice_id, version=version, was=DRAFT, **facts)
        )
        log.info("notice_rewritten", notice=notice_id, by=by)

    async def publish(self, notice_id: str, version: int, *, by: str) -> None:
        """
        Tell everybody what was previewed, from its time on.

        Raises: AlreadyOver, NotFound. VersionConflict: the draft is another one by now, or no draft any more.
        """
        row, now = await self.find(notice_id), self._now()
        if row.valid_until <= now:
            raise AlreadyOver
        facts: dict[str, Any] = {
            "state": PUBLISHED,
            "published_by": by,
            "published_at": now,
            "seen_at": max(now, row.valid_from),
        }
        await self._database.write(
            partial(public_notices.change, notice_id=notice_id, version=version, was=DRAFT, **facts)
        )
        log.info("notice_published", notice=notice_id, kind=row.kind, by=by)

    async def withdraw(self, notice_id: str, version: int, *, by: str) -> None:
        """Nobody is told any more; bells that wait never ring. VersionConflict: it is not published (any more)."""
        now = self._now()
        facts: dict[str, Any] = {"state": WITHDRAWN, "withdrawn_by": by, "withdrawn_at": now, "seen_at": now}

        def write(connection: Connection) -> None:
            public_notices.change(connection, notice_id, version=version, was=PUBLISHED, **facts)
            public_notices.silence(connection, notice_id)

        await self._database.write(write)
        log.info("notice_withdrawn", notice=notice_id, by=by)

    async def find(self, notice_id: str) -> NoticeRow:
        """One notice. NotFound."""
        return await self._database.read(partial(public_notices.find, notice_id=notice_id))

    async def all(self, *, after: After | None = None, most: int = public_notices.LONGEST_PAGE) -> list[NoticeRow]:
        """Every notice for those who publish, the newest first; `after` continues."""
        return await self._database.read(partial(public_notices.newest, after=after, most=most))

    async def in_force(self) -> list[NoticeRow]:
        """What everybody is told now, the gravest first."""
        return by_gravity(await self._database.read(partial(public_notices.in_force, now=self._now())))

    async def since(self, after: After | None, *, most: int) -> list[NoticeRow]:
        """
        What a reader has to learn, in the order in which it came: what is in force, or all since that place.

        What was withdrawn meanwhile is among it, so that it disappears from where it was shown.
        """
        if after is None:
            return (await self._database.read(partial(public_notices.in_force, now=self._now())))[:most]
        return await self._database.read(partial(public_notices.since, after=after, now=self._now(), most=most))
