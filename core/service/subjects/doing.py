"""What a right comes to once it is granted: the changes of one unit of work, and what happens outside of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from core.privacy.erasure import ErasureMode
from core.service.clerk import Clerk
from core.service.erasing import Eraser
from core.service.safe import Safe
from core.service.subjects.correcting import Correcting, tidied
from core.service.subjects.words import Asked
from core.service.work import Work
from core.storage import consents, erasure, holdings, notice_readers, restrictions
from core.storage.database import Database
from core.storage.restrictions import Restriction
from core.subjects.request import MoveRefused, Request
from core.subjects.rights import HOLDS_BACK, Right

_FIELDS = {"identity": "identity_number"}
"""Where the form has another name for what is known of a person."""
_NOTHING_TO_CORRECT = "Yêu cầu chưa ghi thông tin nào cần sửa. Vui lòng hỏi lại người yêu cầu."
_NO_NUMBER = "Số điện thoại cần sửa không đúng. Vui lòng hỏi lại người yêu cầu."


class Doing:
    """
    Carries requests out.

    Erasing cannot be undone, so it is only begun in the unit of work that ends the request; it is finished right after,
    and after a crash by the eraser's own `resume`.
    """

    def __init__(
        self, database: Database, *, clerk: Clerk, eraser: Eraser, safe: Safe, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._clerk = clerk
        self._eraser = eraser
        self._now = now
        self._correcting = Correcting(database, safe=safe, talks=clerk.talks, now=now)

    async def put(self, work: Work, request: Request, asked: Asked) -> None:
        """Into the work at hand. MoveRefused: something that is needed for it was not told."""
        if request.right is Right.CORRECTION:
            await self._correct(work, request, asked)
        elif request.right is Right.ERASURE:
            begin = partial(erasure.begin, contact_id=request.contact_id, mode=ErasureMode.ERASE)
            work.add(begin)
            work.afterwards.append(partial(self._eraser.erase_contact, request.contact_id))
        elif request.right in HOLDS_BACK:
            row = Restriction(request.id, request.contact_id, request.right, self._now())
            work.add(partial(restrictions.hold, row=row))
            await self._show_anew(work, request, held=True)
        elif request.right is Right.WITHDRAWAL:
            await self._withdraw(work, request)

    async def lift(self, work: Work, request: Request, *, by: str) -> None:
        """What this request held back is held back no longer. NotFound, once it is stored."""
        work.add(partial(restrictions.lift, request_id=request.id, by=by, now=self._now()))
        await self._show_anew(work, request, held=False)

    async def _correct(self, work: Work, request: Request, asked: Asked) -> None:
        if not asked.corrections:
            raise MoveRefused(_NOTHING_TO_CORRECT)
        try:
            fields = tidied(asked.corrections)
        except ValueError as error:
            raise MoveRefused(_NO_NUMBER) from error
        await self._correcting.put(work, request.contact_id, fields)

    async def _withdraw(self, work: Work, request: Request) -> None:
        """
        The ledger says so, what they told about themselves on the strength of it is taken away, and no notice is sent
        to them any more.
        """
        given = await self._database.read(partial(consents.of_contact, contact_id=request.contact_id))
        covered = {_FIELDS.get(field, field) for one in given if one.withdrawn_at is None for field in one.covers}
        if covered:
            await self._correcting.put(work, request.contact_id, dict.fromkeys(sorted(covered), ""))
        withdraw = partial(consents.withdraw, contact_id=request.contact_id, request_id=request.id, now=self._now())
        work.add(withdraw)
        reading = await self._database.read(partial(notice_readers.of_contact, contact_id=request.contact_id))
        work.add(partial(notice_readers.end_all, contact_id=request.contact_id, now=self._now()))
        work.afterwards.append(partial(self._eraser.forget_keys, [row.subject_id for row in reading]))

    async def _show_anew(self, work: Work, request: Request, *, held: bool) -> None:
        """Every case they have a part in, as everybody may read it from now on."""
        ours = frozenset({request.contact_id}) if held else frozenset()
        found = await self._database.read(partial(holdings.holdings, contact_id=request.contact_id))
        for one in found.cases:
            file = await self._clerk.desk.open(work, one.case_id)
            others = partial(restrictions.held_among, contact_ids=one.reporters, without=request.id)
            await self._clerk.publishing.renew(work, file, held=ours | await self._database.read(others))
