"""
Cases that the desk diverts: a counter stays, and within a minute nothing else (VN-1, VN-2).

The diversion is counted and noted in its own transaction; a worker then takes away what is noted. Every step may be
repeated, and the note goes last, so that a crash at any point delays and loses nothing. Where every case of a person
ended so, the person is erased whole; else the diverted reports and what was said about them go. What the reporter
is told leaves under a key of its own and outlives this.
"""

from __future__ import annotations

import asyncio
from functools import partial

import structlog

from core.service.erasing import Eraser
from core.service.forgetting import forgetting
from core.service.regulation import Regulation
from core.service.shredding import Shredder, again
from core.storage import diverted, holdings
from core.storage.diverted import Diverted
from core.storage.erasure import NewTexts
from core.storage.subjects import fresh_subject

log = structlog.get_logger()


class LettingGo:
    """The worker. `shredder` is that of the eraser."""

    def __init__(self, shredder: Shredder, *, eraser: Eraser, regulation: Regulation) -> None:
        self._shredder = shredder
        self._database = shredder.database
        self._eraser = eraser
        self._regulation = regulation

    async def run_once(self) -> int:
        """Take away what is noted; returns of how many cases nothing is left now. One that fails holds no other up."""
        done = 0
        for case_id in await self._database.read(diverted.due):
            try:
                done += await self._let_go(case_id)
            except Exception:
                await self._database.read(diverted.due)  # or it is the database that ails, not this one
                log.exception("diverted_case_not_erased", case=case_id)
        return done

    async def _let_go(self, case_id: str) -> bool:
        found = await self._database.read(partial(diverted.found, case_id=case_id))
        for one in found.cases:
            await again(partial(self._empty, found, one))
        waiting = 0
        for contact_id in found.contacts:
            if await self._ended(contact_id):
                waiting += (await self._eraser.erase_contact(contact_id)).waiting
            else:
                await again(partial(self._forget, found, contact_id))
        await self._destroy(found)
        if waiting:  # a raw body also holds somebody else's unread message: the next round takes it
            return False
        await self._database.write(partial(diverted.end, case_id=case_id, contacts=found.contacts))
        log.info("diverted_case_erased", case=case_id, cases=len(found.cases))
        return True

    async def _empty(self, found: Diverted, case_id: str) -> None:
        old = await self._database.read(partial(holdings.case_texts, case_id=case_id))
        new = NewTexts(fresh_subject(), dict.fromkeys(old.sealed))
        await self._database.write(partial(diverted.empty, case_id=found.case_id, old=old, new=new))

    async def _ended(self, contact_id: str) -> bool:
        """Whether every case that this person reported was diverted so, or answered with one that was."""
        ends = await self._database.read(partial(diverted.ends_of, contact_id=contact_id))
        return all(any(self._keeps_nothing(*one) for one in line) for line in ends)

    def _keeps_nothing(self, regulation: str, diversion: str | None) -> bool:
        known = self._regulation.packs.get(regulation).intake.diversions.get(diversion or "")
        return known is not None and known.keeps_nothing

    async def _forget(self, found: Diverted, contact_id: str) -> None:
        if not await self._database.read(partial(holdings.contacts_among, ids=[contact_id])):
            return  # erased on request: nothing of theirs is left
        kept = await self._database.read(partial(diverted.person, contact_id=contact_id))
        gone = await asyncio.to_thread(forgetting, self._shredder.safe, contact_id, kept, found)
        await self._database.write(partial(diverted.forget, case_id=found.case_id, gone=gone, now=self._shredder.now()))

    async def _destroy(self, found: Diverted) -> None:
        """What lies outside the database: keys of texts, files of officials under the cases, files of reporters."""
        keys, files = await self._database.read(partial(diverted.outside, case_id=found.case_id))
        await self._shredder.destroy_keys([*keys, *found.cases])
        await self._shredder.delete_files(found.cases)
        for stored_key in files:
            await self._shredder.media.delete(stored_key)
        await self._shredder.erase_traces()
