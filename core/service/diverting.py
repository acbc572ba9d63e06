"""
Khiếu nại, tố cáo, reports of corruption: told where to go, and nothing of them kept (VN-1, VN-2).

In the same transaction the words, the conversation and the raw bodies go; the key and the files follow at once. What
stays is a keyed hash per message, so that a repeat is still recognised, and a counter by kind, channel and day.

A case that the desk diverts is counted here as well and noted for `core.service.diverted`, which takes it away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

from core.cases.events import CaseDiverted, Event
from core.clock import local
from core.intake.effects import Divert
from core.intake.rules import IntakeRules
from core.privacy.media import FileMediaStore
from core.regulations.model import Pack
from core.service.posting import Letter, Posting
from core.service.safe import Safe
from core.service.talk import Talk
from core.service.work import Work
from core.storage import conversations, diverted, inbox_queue, reports
from core.storage.database import Database


class Diverting:
    """Carries a diversion out within a unit of work."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        media: FileMediaStore,
        posting: Posting,
        rules: IntakeRules,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._safe = safe
        self._media = media
        self._posting = posting
        self._rules = rules
        self._now = now

    async def carry_out(self, work: Work, talk: Talk, effect: Divert) -> None:
        """Say where to go; erase the conversation, or, where a report hangs on it, the diverted messages alone."""
        text = self._rules.elsewhere[effect.kind]
        await self._posting.farewell(work, talk, Letter(text, cause=f"divert/{talk.next_seq}/{talk.row.version}"))
        day = local(self._now()).date().isoformat()
        work.add(partial(conversations.count_diversion, kind=effect.kind, channel=talk.row.channel, day=day))
        known = await self._database.read(partial(reports.of_contact, contact_id=talk.contact_id))
        if known:
            await self._forget_messages(work, talk, effect)
        else:
            await self._forget_everything(work, talk)

    async def _forget_messages(self, work: Work, talk: Talk, effect: Divert) -> None:
        blinds = await asyncio.to_thread(
            lambda: [self._safe.blind.other("provider", talk.row.channel, one) for one in effect.message_ids]
        )
        raws = await self._database.read(
            partial(conversations.raws_of, conversation_id=talk.row.id, provider_blinds=blinds)
        )
        work.add(partial(conversations.erase_messages, conversation_id=talk.row.id, provider_blinds=blinds))
        for raw_id in raws:
            work.add(partial(inbox_queue.erase_raw, raw_id=raw_id))

    async def _forget_everything(self, work: Work, talk: Talk) -> None:
        """A person of whom there is nothing else: the conversation is not stored, or removed if it was."""
        work.talks.pop(talk.row.id, None)
        raws = await self._database.read(partial(conversations.raws_of, conversation_id=talk.row.id))
        if not talk.is_new:
            work.add(partial(conversations.erase, row=talk.row))
            work.add(partial(inbox_queue.forget_subject, subject_id=talk.contact_id))
        for raw_id in raws:
            work.add(partial(inbox_queue.erase_raw, raw_id=raw_id))
        work.afterwards.append(partial(asyncio.to_thread, self._safe.keys.destroy, talk.contact_id, self._now()))
        work.afterwards.append(partial(self._media.delete_subject, talk.contact_id))
        work.afterwards.append(self._database.erase_traces)


def nothing_stays(pack: Pack, event: Event) -> bool:
    """Whether this is a diversion of which the regulation keeps nothing but a counter."""
    known = pack.intake.diversions.get(event.diversion) if isinstance(event, CaseDiverted) else None
    return known is not None and known.keeps_nothing


def note_diversions(work: Work) -> None:
    """Count what the desk diverted in this unit, once for each report, and note the cases to be taken away."""
    for file in work.cases.values():
        for event in file.events:
            if isinstance(event, CaseDiverted) and nothing_stays(file.pack, event):
                day = local(event.at).date().isoformat()
                for report in file.now.reports:
                    counted = partial(conversations.count_diversion, kind=event.diversion, channel=report.channel)
                    work.add(partial(counted, day=day))
                work.add(partial(diverted.note, case_id=file.now.id, at=event.at))
