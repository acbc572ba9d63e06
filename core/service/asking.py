"""
Asking providers what became of messages whose sending broke off, before a person has to decide.

What a provider has is settled as sent, what it could not bring goes the next way. What it cannot tell is asked again,
ever more rarely; it is never sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from core.contract.errors import SendError
from core.contract.ports import AsksStatus, Channel, Fate
from core.contract.schema import OutboundMessage
from core.privacy.errors import Erased, Tampered
from core.service.arrivals import Arrivals
from core.service.envelope import opened_entry
from core.service.routing import CAME_BACK, Routing
from core.service.safe import Safe
from core.storage import conversations, outbox, unknown_ends
from core.storage.database import Connection, Database
from core.storage.unknown_ends import Unknown

log = structlog.get_logger()

_SHORTEST = timedelta(seconds=30)
_NOTHING = Fate("unknown")


class Asker:
    """One round at a time; several processes may ask the same, which settles it once."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        channels: Mapping[str, Channel],
        routing: Routing,
        arrivals: Arrivals,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._safe = safe
        self._channels = {name: one for name, one in channels.items() if isinstance(one, AsksStatus)}
        self._routing = routing
        self._arrivals = arrivals
        self._now = now

    async def run_once(self) -> int:
        """Ask about some whose turn has come; returns how many were asked about, for there may be more."""
        if not self._channels:
            return 0
        look = partial(unknown_ends.to_ask, channels=tuple(self._channels), now=self._now())
        due = await self._database.read(look)
        for one in due:
            await self._settle(one, await self._asked(one))
        return len(due)

    async def _asked(self, one: Unknown) -> Fate:
        try:
            message = await self._opened(one)
            return await self._channels[one.entry.channel].asked(message, since=one.since)
        except (SendError, Erased, Tampered) as error:
            log.info("status_not_told", entry=one.entry.id, channel=one.entry.channel, error=error.code)
        except Exception:  # whatever it is, nobody knows more than before
            log.exception("status_not_asked", entry=one.entry.id, channel=one.entry.channel)
        return _NOTHING

    async def _opened(self, one: Unknown) -> OutboundMessage:
        entry = one.entry
        await self._safe.bring(entry.subject_id, new=False)
        opening = partial(
            opened_entry, self._safe, entry.payload_sealed, entry_id=entry.id, subject_id=entry.subject_id
        )
        return await self._safe.aside(opening, entry.subject_id)

    async def _settle(self, one: Unknown, fate: Fate) -> None:
        settled = await self._database.write(partial(self._note, one=one, fate=fate))
        if settled:
            log.info("unknown_settled", entry=one.entry.id, channel=one.entry.channel, state=fate.state)
            await self._follow_up(one, fate)

    async def _follow_up(self, one: Unknown, fate: Fate) -> None:
        if fate.state == "failed":
            await self._routing.pass_on(one.entry, CAME_BACK)
        elif one.entry.case_id:
            await self._arrivals.sent(one.entry.id)
            if fate.state == "delivered":
                await self._arrivals.delivered(fate.provider_message_id)

    def _note(self, connection: Connection, *, one: Unknown, fate: Fate) -> bool:
        """In one transaction: what another message is known by is not this one's."""
        entry, told, now = one.entry, fate.provider_message_id, self._now()
        if fate.state == "unknown" or (told and unknown_ends.is_held(connection, entry.channel, told)):
            unknown_ends.ask_again(connection, entry.id, at=now + max(_SHORTEST, (now - one.since) / 4))
            return False
        if fate.state == "failed":
            return unknown_ends.note_failed(
                connection, entry.id, provider_message_id=told, reason=fate.reason or CAME_BACK
            )
        if not outbox.note_echo(connection, entry.id, provider_message_id=told, at=now):
            return False
        blind = self._safe.blind.other("provider", entry.channel, told)
        conversations.note_provider_ids(connection, [(entry.id, blind)])
        if fate.state == "delivered":
            outbox.note_receipt(connection, told, outcome="delivered")
        return True
