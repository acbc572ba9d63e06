"""
Sending what the outbox holds: claim, send outside any transaction, record what came of it.

A failure says whether to try again; the pauses grow, and past the last try the entry is `failed` and shown to staff.
When nobody can know whether it went out (cut after the request), it is `unknown` and never sent again blindly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from core.contract.errors import GatewayError, OutcomeUnknown, SendError, Throttled
from core.contract.ports import Channel
from core.contract.schema import OutboundMessage
from core.privacy.errors import Erased
from core.service.keeping import kept
from core.service.safe import Safe
from core.storage import conversations, outbox
from core.storage.database import Connection, Database
from core.storage.outbox import ClaimedEntry, Outcome

log = structlog.get_logger()

_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200, 14400, 28800))
_SEND_SECONDS = 60


def _nobody(_channel: str, _outcome: str) -> None:
    """Where nobody counts."""


class Sender:
    """The outbox worker of one process; `owner` names it in its claims, `noted` hears of every outcome (metrics)."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        channels: Mapping[str, Channel],
        owner: str,
        now: Callable[[], datetime],
        noted: Callable[[str, str], None] = _nobody,
    ) -> None:
        self._database = database
        self._safe = safe
        self._channels = channels
        self._owner = owner
        self._now = now
        self._noted = noted

    async def run_once(self) -> int:
        """Send what is due; returns how many entries were handled."""
        await self._database.write(partial(outbox.mark_unknown, now=self._now()))
        claimed = await self._database.write(partial(outbox.claim, owner=self._owner, now=self._now()))
        async with kept(self._renew):
            await asyncio.gather(*(self._handle(entry) for entry in claimed))
        return len(claimed)

    async def _renew(self) -> None:
        await self._database.write(partial(outbox.renew, owner=self._owner, now=self._now()))

    async def _handle(self, entry: ClaimedEntry) -> None:
        outcome = await self._try(entry)
        try:
            await self._record(entry, outcome)
        except GatewayError as error:  # the claim was lost: whoever has it now records
            log.warning("outbox_claim_lost", entry=entry.id, error=error.code)
            return
        self._noted(entry.channel, outcome.state)

    async def _try(self, entry: ClaimedEntry) -> Outcome:
        channel = self._channels.get(entry.channel)
        if channel is None:
            return Outcome("failed", reason="channel is off")
        try:
            message = await asyncio.to_thread(self._open, entry)
            result = await asyncio.wait_for(channel.send(message), _SEND_SECONDS)
        except Erased:
            return Outcome("failed", reason="recipient was erased")
        except TimeoutError:
            return Outcome("unknown", reason="no answer in time")
        except OutcomeUnknown as error:
            return Outcome("unknown", reason=error.code)
        except SendError as error:
            return self._after_failure(entry, error)
        return Outcome("sent", provider_message_id=result.provider_message_id)

    def _open(self, entry: ClaimedEntry) -> OutboundMessage:
        if entry.payload_sealed is None:
            raise Erased("payload cleared")
        return self._safe.open_model(
            entry.payload_sealed, OutboundMessage, subject_id=entry.subject_id, place=f"outbox:{entry.id}"
        )

    def _after_failure(self, entry: ClaimedEntry, error: SendError) -> Outcome:
        if not error.retryable or entry.attempts > len(_PAUSES):
            log.log(40 if error.ours else 30, "send_failed", entry=entry.id, channel=entry.channel, error=error.code)
            return Outcome("failed", reason=error.code)
        pause = _PAUSES[entry.attempts - 1]
        if isinstance(error, Throttled):
            pause = max(pause, timedelta(seconds=error.retry_after))
        return Outcome("pending", reason=error.code, next_at=self._now() + pause)

    async def _record(self, entry: ClaimedEntry, outcome: Outcome) -> None:
        sent_as = outcome.provider_message_id
        blind = await asyncio.to_thread(self._safe.blind.other, "provider", entry.channel, sent_as) if sent_as else ""

        def record(connection: Connection) -> None:
            outbox.settle(connection, entry.id, outcome, owner=self._owner, now=self._now())
            if blind:
                conversations.note_provider_id(connection, entry.id, blind)

        await self._database.write(record)
        if entry.forget and outcome.state != "pending":
            await asyncio.to_thread(self._safe.keys.destroy, entry.subject_id, self._now())
