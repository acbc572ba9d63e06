"""
Requests of people about their data, from receipt to end: whoever moves one is written down, its person is told.

Each move is one unit of work: the request under its version check, what carrying it out changes, and the words to its
person. Nothing that is kept is told before the person is proved (`core.subjects.request.finish`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import IO

import structlog

from core.contract.errors import NotFound
from core.privacy.media import FileMediaStore
from core.service.clerk import Clerk
from core.service.erasing import Eraser
from core.service.letters import Made
from core.service.posting import Letter
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.service.subjects.copying import Copying
from core.service.subjects.doing import Doing
from core.service.subjects.letters import DataLetters
from core.service.subjects.taking import REPORTER, log_move, sealed_for
from core.service.subjects.words import Asked, Dossier, Note, Step, told
from core.service.work import Work
from core.storage import conversations, data_requests, people, reports, restrictions
from core.storage.conversations import ConversationRow
from core.storage.data_requests import Kept, StepRow
from core.storage.database import Connection, Database
from core.storage.restrictions import Restriction
from core.subjects import request as moves
from core.subjects.request import ProvedBy, Request, State
from core.subjects.rights import Right

log = structlog.get_logger()

COPIED = "data_copy"
"""What the log of readings calls a copy that was made of somebody's data."""


@dataclass(frozen=True)
class _Rows:
    kept: Kept
    steps: list[StepRow]
    talk: ConversationRow | None
    held: Restriction | None


Move = Callable[[Request], Request]


class SubjectDesk:
    """Moves requests; they are taken down by `Clerk.requests`, also from within a conversation."""

    def __init__(
        self,
        database: Database,
        *,
        clerk: Clerk,
        eraser: Eraser,
        safe: Safe,
        media: FileMediaStore,
        regulation: Regulation,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._clerk = clerk
        self._safe = safe
        self._regulation = regulation
        self._now = now
        self._doing = Doing(database, clerk=clerk, eraser=eraser, safe=safe, now=now)
        self._letters = DataLetters(database, safe=safe, regulation=regulation, desk=clerk.letters.desk)
        self._copying = Copying(database, safe=safe, media=media, regulation=regulation, now=now)

    # --- Looking ------------------------------------------------------------------------------------------------------

    async def waiting(self) -> Sequence[Kept]:
        """What is still to be done, the soonest due first."""
        return await self._database.read(data_requests.open_ones)

    async def ended(self, *, before: tuple[int, str] | None = None) -> Sequence[Kept]:
        """What is over, the newest first."""
        return await self._database.read(partial(data_requests.ended_ones, before=before))

    async def of(self, contact_id: str) -> Sequence[Kept]:
        """What one person asked for, the newest first."""
        return await self._database.read(partial(data_requests.of_contacts, contact_ids=[contact_id]))

    async def dossier(self, request_id: str) -> Dossier:
        """One request with its words and its moves. NotFound."""
        rows = await self._database.read(partial(_read, request_id=request_id))
        await self._safe.bring(rows.kept.request.contact_id, new=False)
        return await self._safe.aside(partial(self._opened, rows), rows.kept.request.contact_id)

    def _opened(self, rows: _Rows) -> Dossier:
        request = rows.kept.request
        unseal = partial(self._safe.open_or_none, subject_id=request.contact_id)
        asked = unseal(rows.kept.words_sealed, Asked, place=f"data_request:{request.id}")
        steps = []
        for number, row in enumerate(rows.steps, start=1):
            note = unseal(row.note_sealed, Note, place=_place(request.id, number))
            steps.append(Step(row.at, row.actor, row.move, note.text if note else ""))
        talk = rows.talk.id if rows.talk else ""
        return Dossier(request, rows.kept.code, asked or Asked(), tuple(steps), talk, rows.held)

    # --- Moving -------------------------------------------------------------------------------------------------------

    async def prove(self, request_id: str, version: int, by: ProvedBy, *, actor: str, note: str) -> Request:
        """The person was found to be who they say; `note` tells how. MoveRefused · VersionConflict."""
        prove = partial(moves.prove, by=by)
        return await self._make(request_id, version, prove, actor=actor, move="proved", note=note)

    async def answer(self, request_id: str, version: int, *, actor: str, text: str = "") -> Request:
        """Tell the person that it is received, and by when it will be done. MoveRefused · VersionConflict."""
        move = partial(moves.answer, now=self._now())
        return await self._make(request_id, version, move, actor=actor, move="answered", text=text)

    async def lengthen(self, request_id: str, version: int, *, actor: str, reason: str) -> Request:
        """The one extension, with its reason. MoveRefused · VersionConflict · CalendarExhausted."""
        now = self._now()
        move = partial(moves.lengthen, now=now, calendar=self._regulation.calendar(now))
        return await self._make(request_id, version, move, actor=actor, move="extended", note=reason, says=True)

    async def refuse(self, request_id: str, version: int, ground: str, *, actor: str, text: str = "") -> Request:
        """Say no, on a ground of law. MoveRefused · VersionConflict."""
        move = partial(moves.refuse, ground=ground, now=self._now())
        return await self._make(request_id, version, move, actor=actor, move="refused", text=text)

    async def take_back(self, request_id: str, version: int, *, actor: str = REPORTER) -> Request:
        """The person does not want it any more. MoveRefused · VersionConflict."""
        move = partial(moves.take_back, now=self._now())
        return await self._make(request_id, version, move, actor=actor, move="taken_back", says=True)

    async def carry_out(self, request_id: str, version: int, *, actor: str, text: str = "") -> Request:
        """Do what was asked for, and say so. MoveRefused: unproved, or something is missing · VersionConflict."""
        asked = (await self.dossier(request_id)).asked

        async def do(work: Work, request: Request) -> None:
            await self._doing.put(work, request, asked)

        move = partial(moves.finish, now=self._now())
        return await self._make(request_id, version, move, actor=actor, move="finished", text=text, also=do)

    async def lift(self, request_id: str, *, actor: str, reason: str) -> None:
        """What it holds back is held back no longer. NotFound."""
        kept = await self._database.read(partial(data_requests.find, request_id=request_id))
        work = Work()
        await self._doing.lift(work, kept.request, by=actor)
        after = moves.note(kept.request)
        step = await self._sealed(after, Step(self._now(), actor, "lifted", reason))
        work.add(partial(data_requests.move, request=after, step=step))
        await self._clerk.finish(work)
        log.info("restriction_lifted", request=request_id, by=actor)

    async def copy(self, request_id: str, into: IO[bytes], *, actor: str) -> None:
        """Write the copy that was granted; who made it is noted before. NotFound: there is none to be had."""
        kept = await self._database.read(partial(data_requests.find, request_id=request_id))
        if kept.request.right is not Right.ACCESS or kept.request.state is not State.FINISHED:
            raise NotFound("no copy was granted")
        contact = kept.request.contact_id
        await self._database.write(partial(people.log_access, user_id=actor, what=COPIED, ref=contact, now=self._now()))
        await self._copying.write(contact, into)

    async def letter(self, request_id: str) -> Made:
        """The last answer on paper. NotFound: there is none, or nobody any more to write to."""
        dossier = await self.dossier(request_id)
        made = await self._letters.write(dossier)
        if made is None:
            raise NotFound("nothing was answered")
        return made

    async def _make(
        self,
        request_id: str,
        version: int,
        change: Move,
        *,
        actor: str,
        move: str,
        note: str = "",
        text: str = "",
        says: bool = False,
        also: Callable[[Work, Request], Awaitable[None]] | None = None,
    ) -> Request:
        """
        One move in one unit of work. `version`: of the request as its actor saw it.

        `text` is told to the person, or our own words where none is given and the move is one they hear of.
        """
        rows = await self._database.read(partial(_read, request_id=request_id))
        before = rows.kept.request
        if before.version != version:
            raise moves.MoveRefused(CHANGED)
        after, work = change(before), Work()
        heard = text or (told(after) if says or move != "proved" else "")
        step = Step(self._now(), actor, move, note or heard)
        work.add(partial(data_requests.move, request=after, step=await self._sealed(after, step)))
        if also is not None:
            await also(work, after)
        if heard and rows.talk is not None:
            await self._tell(work, rows.talk.id, after, heard, step)
        await self._clerk.finish(work)
        log_move(after)
        return after

    async def _tell(self, work: Work, talk_id: str, request: Request, text: str, step: Step) -> None:
        """Before an erasure it is the last word, under a key of its own: it still leaves when the person is gone."""
        talk = await self._clerk.talks.load(work, talk_id)
        before = await self.dossier(request.id)
        files = await self._letters.attach(talk, replace(before, request=request, steps=(*before.steps, step)))
        cause = f"data/{request.id}/{request.version}"
        letter = Letter(text, cause=cause, subject=SUBJECT, files=files, purpose="notice")
        gone = request.right is Right.ERASURE and request.state is State.FINISHED
        await (self._clerk.posting.last_word if gone else self._clerk.posting.say)(work, talk, letter)

    async def _sealed(self, request: Request, step: Step) -> StepRow:
        place = _place(request.id, request.version)
        sealed = await sealed_for(self._safe, request, Note(text=step.note), place) if step.note else None
        return StepRow(step.at, step.actor, step.move, sealed)


CHANGED = "Yêu cầu này vừa được người khác cập nhật. Vui lòng xem lại trước khi thực hiện."
SUBJECT = "Về dữ liệu cá nhân của Quý vị"


def _place(request_id: str, number: int) -> str:
    """Where a note is sealed: each move raises the version by one, so that its number is the version it led to."""
    return f"data_step:{request_id}/{number}"


def _read(connection: Connection, request_id: str) -> _Rows:
    kept = data_requests.find(connection, request_id)
    return _Rows(
        kept,
        data_requests.steps(connection, request_id),
        _talk_of(connection, kept),
        restrictions.of_request(connection, request_id),
    )


def _talk_of(connection: Connection, kept: Kept) -> ConversationRow | None:
    """Where its person is told: beside the report it is about, else where they last wrote."""
    if kept.code:
        return conversations.find(connection, reports.by_code(connection, kept.code).conversation_id)
    theirs = conversations.of_contact(connection, kept.request.contact_id)
    return max(theirs, key=lambda one: one.last_message_at, default=None)
