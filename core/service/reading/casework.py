"""One case, read whole."""

from __future__ import annotations

import asyncio
from functools import partial

from core.cases.model import Case
from core.contract.errors import NotFound
from core.service.actors import Member, actor_for
from core.service.reading.base import Reads, RevealRefused
from core.service.reading.casepage import CasePage, Reading
from core.service.reading.gathering import CaseRows, read_case
from core.service.reading.views import CaseView
from core.storage import cases


class ReadsCases(Reads):
    """Cases for one person. What may not be seen is NotFound, like what does not exist."""

    async def case_page(self, case_id: str, member: Member, *, acting: str = "", reveal: bool = False) -> CaseView:
        """
        One case with everything this person may see and do.

        Args:
            acting: the agency to act for, where the person belongs to several.
            reveal: names, numbers and citizens' words in clear; the reading is logged before it happens.
        Raises: NotFound · RevealRefused · ValueError: no role of the agency named.
        """
        rows = await self._rows(case_id, member)
        may_reveal = self.may_reveal(member, rows.case)
        pack, agencies = self.pack(rows.case), self._regulation.agencies
        actor = actor_for(member, rows.case, pack=pack, agencies=agencies, acting=acting)
        if reveal and not may_reveal:
            raise RevealRefused(case_id)
        if reveal:
            await self.refuse_restricted({one.contact_id for one in rows.case.reports})
            await self.log(member, "identity", case_id)
        now = self._now()
        reading = Reading(
            actor, now, self._regulation.calendar(now), self.curtain(member, reveal=reveal, pack=pack), may_reveal
        )
        page = CasePage(rows, pack, self.names(pack, rows.users), self._opener, reading)
        return await asyncio.to_thread(page.view)

    async def case(self, case_id: str, member: Member) -> Case:
        """The case itself, where this person may see it. NotFound."""
        row = await self._database.read(partial(cases.load, case_id=case_id))
        case = Case.model_validate(row.state)
        if not self.allowed(member, case):
            raise NotFound(case_id)
        return case

    async def open_file(self, case_id: str, key: str, member: Member) -> None:
        """Let a file of a case be read, and log it. NotFound unless the case holds it and the person may see it."""
        view = await self.case_page(case_id, member)
        talked = {file.key for talk in view.conversations for line in talk.messages for file in line.files}
        if key not in {file.key for file in view.files} | talked:
            raise NotFound(key)
        await self.log(member, "file", case_id)

    async def _rows(self, case_id: str, member: Member) -> CaseRows:
        allowed = partial(self.allowed, member)
        return await self._database.read(
            partial(read_case, case_id=case_id, allowed=allowed, with_talks=self.hears(member))
        )
