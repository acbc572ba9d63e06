"""
Sending what the outbox holds: claim, send outside any transaction, record what came of it.

A failure says whether to try again; the pauses grow, and past the last try the entry is `failed` and shown to staff.
When nobody can know whether it went out (cut after the request), it is `unknown` and never sent again blindly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from core.contract.errors import GatewayError, OutcomeUnknown, RecipientOptedOut, SendError, Throttled
from core.contract.ports import Channel, SendResult
from core.contract.schema import OutboundMessage
from core.privacy.errors import Erased, Tampered
from core.service.committing import Committer
from core.service.keeping import kept
from core.service.routing import Routing
from core.service.safe import Safe
from core.service.work import Work
from core.storage import conversations, outbox
from core.storage.database import Database
from core.storage.outbox import ALL, ClaimedEntry, NewEntry, Outcome, Settled, Share

log = structlog.get_logger()

_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200, 14400, 28800))
_SEND_SECONDS = 60
_MARKING = timedelta(seconds=1)
_RECORD_PAUSES = (0.2, 1.0, 2.0, 4.0)


def _nobody(_channel: str, _outcome: str) -> None:
    """Where nobody counts."""


class Sender:
    """
    The outbox worker of one process; `owner` names it in its claims.

    `share`: what it sends, where every channel has a sender of its own, so that none waits for another's provider.
    `noted` hears of every outcome (metrics), `sent` of every message about a case that has left, by its entry, and
    `moved` of every conversation (by id) whose person is known at another address from now on. `routing` finds the next
    way for what has failed for good.
    """

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        channels: Mapping[str, Channel],
        owner: str,
        now: Callable[[], datetime],
        noted: Callable[[str, str], None] = _nobody,
        sent: Callable[[str], Awaitable[None]] | None = None,
        moved: Callable[[str, str], Awaitable[None]] | None = None,
        routing: Routing | None = None,
        share: Share = ALL,
    ) -> None:
        self._database = database
        self._committer = Committer(database)
        self._safe = safe
        self._channels = channels
        self._owner = owner
        self._now = now
        self._noted = noted
        self._sent = sent
        self._moved = moved
        self._routing = routing
        self._share = share
        self._in_hand: set[str] = set()
        self._waits: set[asyncio.Timeout] = set()
        self._given_up = False
        self._marked_at: datetime | None = None

    async def run_once(self) -> int:
        """Send what is due; returns how many entries were handled."""
        if self._share.channel and not await self._is_due():
            return 0
        if not self._share.channel:
            await self._mark_unknown()
        claim = partial(outbox.claim, owner=self._owner, now=self._now(), share=self._share)
        claimed = await self._database.write(claim)
        self._in_hand = {entry.id for entry in claimed}
        async with kept(self._renew):
            ends = await asyncio.gather(*(self._handle(entry) for entry in claimed), return_exceptions=True)
        for problem in filter(None, ends):  # only now: the others' claims were to be kept until they were done
            raise problem
        return len(claimed)

    async def _is_due(self) -> bool:
        """A look costs less than a claim, and many senders are woken for one message."""
        soonest = await self._database.read(partial(outbox.next_send, channel=self._share.channel))
        return soonest is not None and soonest <= self._now()

    async def _mark_unknown(self) -> None:
        """Of those whose owner died; in a storm of short rounds not before every one."""
        now = self._now()
        if self._marked_at is None or abs(now - self._marked_at) >= _MARKING:
            await self._database.write(partial(outbox.mark_unknown, now=now))
            self._marked_at = now

    def give_up(self) -> None:
        """
        The process ends: wait for no provider any more.

        What was handed over and is not confirmed becomes `unknown`; what was not handed over waits for another worker.
        """
        self._given_up = True
        for wait in self._waits:
            if not wait.expired():
                wait.reschedule(0)

    async def _renew(self) -> None:
        await self._database.write(
            partial(outbox.renew, entries=tuple(self._in_hand), owner=self._owner, now=self._now())
        )

    async def _handle(self, entry: ClaimedEntry) -> None:
        outcome = await self._try(entry)
        following = await self._next_way(entry, outcome)
        if following is not None:
            outcome = replace(outcome, state="passed_on")
        try:
            await self._keep(entry, outcome, following)
        except GatewayError as error:  # the claim was lost: whoever has it now records
            log.warning("outbox_claim_lost", entry=entry.id, error=error.code)
            return
        finally:
            self._in_hand.discard(entry.id)
        self._noted(entry.channel, outcome.state)
        if outcome.reached_at and self._moved is not None:
            await self._moved(entry.conversation_id, outcome.reached_at)
        if outcome.state == "sent" and entry.case_id and self._sent is not None:
            await self._sent(entry.id)

    async def _next_way(self, entry: ClaimedEntry, outcome: Outcome) -> NewEntry | None:
        if self._routing is None or outcome.state != "failed":
            return None
        try:
            return await self._routing.next(entry, outcome.reason)
        except Exception:  # it stays failed, and staff see it
            log.exception("no_way_found", entry=entry.id)
            return None

    async def _try(self, entry: ClaimedEntry) -> Outcome:
        channel = self._channels.get(entry.channel)
        if channel is None:
            return Outcome("failed", reason="channel is off")
        try:
            await self._safe.bring(entry.subject_id, new=False)
            message = await self._safe.aside(partial(self._open, entry), entry.subject_id)
        except (Erased, Tampered) as error:
            return Outcome("failed", reason="recipient was erased" if isinstance(error, Erased) else error.code)
        except Exception as error:  # the keys are away: whatever ails them, nothing has gone out
            log.exception("outbox_not_opened", entry=entry.id)
            return self._again(entry, type(error).__name__)
        if self._given_up:
            return Outcome("pending", reason="the worker stopped", next_at=self._now())
        if message.expires_at is not None and self._now() >= message.expires_at:
            return Outcome("failed", reason="expired")
        if entry.way and self._routing is not None and await self._routing.is_shut(message):
            return Outcome("failed", reason=RecipientOptedOut.code)
        return await self._send(entry, channel, message)

    async def _send(self, entry: ClaimedEntry, channel: Channel, message: OutboundMessage) -> Outcome:
        try:
            result = await self._answered(channel.send(message))
        except TimeoutError:
            return Outcome("unknown", reason="the worker stopped" if self._given_up else "no answer in time")
        except OutcomeUnknown as error:
            return Outcome("unknown", reason=error.code)
        except SendError as error:
            return self._after_failure(entry, error, expires_at=message.expires_at)
        except Exception as error:  # nobody foresaw it, so nobody knows how far it came
            log.exception("send_broke_off", entry=entry.id, channel=entry.channel)
            return Outcome("unknown", reason=type(error).__name__)
        return Outcome("sent", provider_message_id=result.provider_message_id, reached_at=result.reached_at)

    async def _answered(self, sending: Coroutine[Any, Any, SendResult]) -> SendResult:
        """What the provider says. TimeoutError when it says nothing, or when we give up."""
        async with asyncio.timeout(_SEND_SECONDS) as wait:
            self._waits.add(wait)
            try:
                return await sending
            finally:
                self._waits.discard(wait)

    def _open(self, entry: ClaimedEntry) -> OutboundMessage:
        if entry.payload_sealed is None:
            raise Erased("payload cleared")
        return self._safe.open_model(
            entry.payload_sealed, OutboundMessage, subject_id=entry.subject_id, place=f"outbox:{entry.id}"
        )

    def _after_failure(self, entry: ClaimedEntry, error: SendError, *, expires_at: datetime | None) -> Outcome:
        if not error.retryable:
            log.log(40 if error.ours else 30, "send_failed", entry=entry.id, channel=entry.channel, error=error.code)
            return Outcome("failed", reason=error.code)
        least = timedelta(seconds=error.retry_after) if isinstance(error, Throttled) else timedelta()
        again = self._again(entry, error.code, least=least)
        if again.next_at is None or expires_at is None:
            return again
        return replace(again, next_at=min(again.next_at, expires_at))  # its words go as soon as they are worth nothing

    def _again(self, entry: ClaimedEntry, reason: str, *, least: timedelta = timedelta()) -> Outcome:
        if entry.attempts > len(_PAUSES):
            log.warning("send_given_up", entry=entry.id, channel=entry.channel, error=reason)
            return Outcome("failed", reason=reason)
        log.info("send_delayed", entry=entry.id, channel=entry.channel, error=reason, attempts=entry.attempts)
        return Outcome("pending", reason=reason, next_at=self._now() + max(_PAUSES[entry.attempts - 1], least))

    async def _keep(self, entry: ClaimedEntry, outcome: Outcome, following: NewEntry | None) -> None:
        """What came of it is known here alone: a database that is away for a moment is waited for."""
        for pause in _RECORD_PAUSES:
            try:
                return await self._record(entry, outcome, following)
            except GatewayError:
                raise
            except Exception as error:
                log.warning("outcome_not_recorded", entry=entry.id, error=type(error).__name__)
            await asyncio.sleep(pause)
        return await self._record(entry, outcome, following)

    async def _record(self, entry: ClaimedEntry, outcome: Outcome, following: NewEntry | None) -> None:
        work = Work()
        work.put(outbox.SETTLED, Settled(entry.id, outcome, owner=self._owner, at=self._now()))
        if outcome.provider_message_id:
            blind = self._safe.blind.other("provider", entry.channel, outcome.provider_message_id)
            work.put(conversations.PROVIDER_IDS, (entry.id, blind))
        if following is not None:
            work.put(outbox.ENTRIES, following.__dict__)
        await self._committer.commit(work)
        if entry.forget and outcome.state != "pending":
            await asyncio.to_thread(self._safe.keys.destroy, entry.subject_id, self._now())
