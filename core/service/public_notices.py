"""
What the centre tells everybody: written, looked at, published, withdrawn (TG-4.1a).

Whose hands it goes through stands in `notice_way`. A notice never changes once it was published: what is wrong is
withdrawn and written anew. There is no kind for advertising, and whoever publishes says that it is none (VN-6). Every
step keeps who took it and when.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

import structlog
from pydantic import Field, model_validator

from core.contract.schema import Instant, Model, new_id
from core.service.notice_way import NoticeAct, leads_to
from core.storage import notice_readers, public_notices, settings
from core.storage.database import Connection, Database
from core.storage.public_notices import DRAFT, NoticeRow, StepRow

log = structlog.get_logger()

After = tuple[int, str]
MOST_AREAS = 20
STRAIGHT = "notices.straight"
"""Key of the automatic list among the settings."""


class NoticeKind(StrEnum):
    """What there is to tell, the gravest first. Only what warns rings."""

    DISASTER = "disaster"
    WARNING = "warning"
    NOTICE = "notice"


RINGING = (NoticeKind.DISASTER, NoticeKind.WARNING)
GRAVEST_FIRST = tuple(NoticeKind)


class NoticeDraft(Model):
    """
    A notice as it is written. `areas`: names of places it concerns, none: the whole province. `topic`: the field of the
    regulation that it is about, none: everybody's.
    """

    kind: NoticeKind
    title: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=1, max_length=8000)
    areas: tuple[str, ...] = Field(default=(), max_length=MOST_AREAS)
    topic: str = Field(default="", max_length=80)
    valid_from: Instant
    valid_until: Instant

    @model_validator(mode="after")
    def _lasts(self) -> NoticeDraft:
        if self.valid_until <= self.valid_from:
            raise ValueError("a notice ends after it began")
        return self


class AlreadyOver(ValueError):
    """A notice whose end has passed is not published."""


def areas_in(typed: str) -> tuple[str, ...]:
    """Names of places as they are typed, with commas between them; each once."""
    return tuple(dict.fromkeys(filter(None, (one.strip() for one in typed.split(",")))))


def by_gravity(rows: Sequence[NoticeRow]) -> list[NoticeRow]:
    """Disasters and warnings first, in each kind the newest first."""
    newest_first = sorted(rows, key=public_notices.place_of, reverse=True)
    return sorted(newest_first, key=lambda row: GRAVEST_FIRST.index(NoticeKind(row.kind)))


class PublicNotices:
    """Writes, publishes, withdraws and lists. `by` is always the id of the member of staff who does it."""

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def write(self, draft: NoticeDraft, *, by: str, agency: str = "") -> str:
        """A new draft of a unit, or of the centre; returns its id."""
        now = self._now()
        row = NoticeRow(
            id=new_id(), state=DRAFT, version=1, written_by=by, written_at=now, agency=agency, **draft.model_dump()
        )

        def write(connection: Connection) -> None:
            public_notices.add(connection, row)
            public_notices.add_step(connection, StepRow(row.id, 1, "write", by, now))

        await self._database.write(write)
        log.info("notice_written", notice=row.id, kind=row.kind, by=by)
        return row.id

    async def rewrite(self, notice_id: str, version: int, draft: NoticeDraft, *, by: str) -> None:
        """Change the words while it is looked at. VersionConflict: somebody else did, or it went on."""
        facts = {**draft.model_dump(), "areas": list(draft.areas), "written_by": by, "written_at": self._now()}
        await self._step(notice_id, version, NoticeAct.REWRITE, by=by, facts=facts)

    async def pass_on(self, notice_id: str, version: int, act: NoticeAct, *, by: str, note: str = "") -> None:
        """Into other hands: handed in, approved, given back with a `note`. VersionConflict: somebody was faster."""
        await self._step(notice_id, version, act, by=by, facts={}, note=note)

    async def publish(self, notice_id: str, version: int, *, by: str) -> None:
        """
        Tell everybody what was previewed, from its time on.

        Raises: AlreadyOver, NotFound. VersionConflict: the draft is another one by now, or no draft any more.
        """
        now, row = self._now(), await self.find(notice_id)
        if row.valid_until <= now:
            raise AlreadyOver
        facts = {"published_by": by, "published_at": now, "seen_at": max(now, row.valid_from)}
        await self._step(notice_id, version, NoticeAct.PUBLISH, by=by, facts=facts)

    async def withdraw(self, notice_id: str, version: int, *, by: str) -> None:
        """Nobody is told any more; what waits never leaves. VersionConflict: it is not published (any more)."""
        now = self._now()
        facts = {"withdrawn_by": by, "withdrawn_at": now, "seen_at": now}
        await self._step(notice_id, version, NoticeAct.WITHDRAW, by=by, facts=facts)

    async def _step(
        self, notice_id: str, version: int, act: NoticeAct, *, by: str, facts: Mapping[str, Any], note: str = ""
    ) -> None:
        now, row = self._now(), await self.find(notice_id)
        state = leads_to(row.state, act)

        def write(connection: Connection) -> None:
            public_notices.change(connection, row.id, version=version, was=row.state, state=state, note=note, **facts)
            public_notices.add_step(connection, StepRow(row.id, version + 1, act.value, by, now, note))
            if act is NoticeAct.WITHDRAW:
                public_notices.silence(connection, row.id)

        await self._database.write(write)
        log.info("notice_step", notice=row.id, kind=row.kind, act=act.value, by=by)

    async def steps(self, notice_id: str) -> list[StepRow]:
        """What was done with it, and by whom."""
        return await self._database.read(partial(public_notices.steps, notice_id=notice_id))

    async def delivery(self, notice_id: str) -> Mapping[str, Mapping[str, int]]:
        """What came of sending it so far: channel → state → how many."""
        return await self._database.read(partial(notice_readers.delivery, notice_id=notice_id))

    async def straight(self) -> frozenset[str]:
        """Units on the automatic list: what their own manager approved goes out without review (TG-P1.I.3)."""
        return frozenset(await self._database.read(partial(settings.get, key=STRAIGHT)) or ())

    async def set_straight(self, agencies: Collection[str], *, by: str) -> None:
        """Which units are on it from now on."""
        await self._database.write(partial(settings.put, key=STRAIGHT, value=sorted(agencies)))
        log.info("notice_units_set", units=len(agencies), by=by)

    async def find(self, notice_id: str) -> NoticeRow:
        """One notice. NotFound."""
        return await self._database.read(partial(public_notices.find, notice_id=notice_id))

    async def all(
        self,
        *,
        agencies: Sequence[str] | None = None,
        after: After | None = None,
        most: int = public_notices.LONGEST_PAGE,
    ) -> list[NoticeRow]:
        """Every notice of these units, or of all; the newest first; `after` continues."""
        return await self._database.read(partial(public_notices.newest, agencies=agencies, after=after, most=most))

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
