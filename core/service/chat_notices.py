"""
Notices to everybody in a conversation: what the dialogue settled is kept, with the consent in the ledger, or ended.

Everything is written in the unit of work of the message that asked for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.contract.schema import Address, Consent
from core.intake.effects import FollowNotices
from core.intake.render import render
from core.notify.house import House
from core.service.notice_readers import NoticeReaders, Wish
from core.service.talk import Talk
from core.service.work import Work
from core.storage import consents


class ChatNotices:
    """Keeps conversations as readers of notices. `house`: its words are what was agreed to."""

    def __init__(self, readers: NoticeReaders, *, house: House, now: Callable[[], datetime]) -> None:
        self._readers = readers
        self._house = house
        self._now = now

    async def follow(self, work: Work, talk: Talk, effect: FollowNotices) -> bool:
        """From now on notices come here; False: nothing that is sent later would arrive."""
        address = talk.correspondent.address
        if not stays(address):
            return False
        reader = await self._readers.keep_with(work, address, Wish(effect.areas, effect.topics))
        wording = render(effect.shown, self._house.words.said).text
        given = Consent.given(wording, covers=(), channel=address.channel, at=self._now())
        shown, row = consents.rows_of(given, report_id=reader, contact_id=talk.contact_id)
        work.put(consents.WORDINGS, shown)
        work.put(consents.CONSENTS, row)
        return True

    async def end(self, work: Work, talk: Talk) -> None:
        """No more of them."""
        await self._readers.end_with(work, talk.correspondent.address)


def stays(address: Address) -> bool:
    """Whether somebody is still there tomorrow: a visitor's or a commenter's address names only that one occasion."""
    return ":" not in address.value
