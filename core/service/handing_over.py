"""
Handing one message to its provider, and what came of that.

A failure says whether to try again; the pauses grow. When nobody can know whether it went out (cut after the request),
it is `unknown` and never sent again blindly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from core.contract.errors import NotAnswered, NotLetIn, OutcomeUnknown, RecipientOptedOut, SendError, Throttled
from core.contract.ports import UNLIMITED, Channel, KnowsRepeats, SendResult, SpeaksCodes
from core.contract.schema import OutboundMessage
from core.notify.pauses import Pauses, until_let_in
from core.notify.quiet import Quiet, quiet_hours
from core.privacy.errors import Erased, Tampered
from core.service.envelope import opened_entry
from core.service.routing import Routing
from core.service.safe import Safe
from core.service.turns import Gate
from core.storage.outbox import ClaimedEntry, Outcome
from core.storage.public_notices import TO_EVERYBODY

log = structlog.get_logger()

_LOST = ("failed", "unknown")
"""Of a bell for everybody nobody has to see it: its words stand where everybody reads them."""


def unseen(entry: ClaimedEntry, outcome: Outcome) -> Outcome:
    """What came of an entry that goes no other way: nobody is shown what was for everybody and got lost."""
    is_for_everybody = entry.dedupe_key.startswith(TO_EVERYBODY)
    return replace(outcome, state="dropped") if is_for_everybody and outcome.state in _LOST else outcome


class HandingOver:
    """One sender's way to the providers, until it gives up."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        *,
        safe: Safe,
        now: Callable[[], datetime],
        routing: Routing | None,
        pauses: Pauses,
        gate: Gate | None,
        patience: float = UNLIMITED.patience,
        quiet: Quiet | None = None,
    ) -> None:
        self._channels = channels
        self._safe = safe
        self._now = now
        self._routing = routing
        self._pauses = pauses
        self._gate = gate
        self._patience = patience
        self._quiet = quiet or quiet_hours()
        self._waits: set[asyncio.Timeout] = set()
        self._given_up = asyncio.Event()

    @property
    def given_up(self) -> bool:
        """Whether the process ends."""
        return self._given_up.is_set()

    def give_up(self) -> None:
        """Wait for no provider and no turn any more."""
        self._given_up.set()
        for wait in self._waits:
            if not wait.expired():
                wait.reschedule(0)

    async def outcome(self, entry: ClaimedEntry, *, turn: float | None = None) -> Outcome:
        """Send it, at its `turn` of the gate where there is one; says what came of it."""
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
        try:
            held = await self._held_back(entry, channel, message, turn=turn)
        except Exception as error:  # the database is away, say: nothing has gone out
            log.exception("outbox_not_handed_over", entry=entry.id)
            return self._again(entry, type(error).__name__)
        return held or await self._send(entry, channel, message)

    async def _held_back(
        self, entry: ClaimedEntry, channel: Channel, message: OutboundMessage, *, turn: float | None
    ) -> Outcome | None:
        """What becomes of a message that is not sent now, once its turn has come; None: it is."""
        if self._gate is not None and turn is not None:
            await self._gate.at(turn, stopped=self._given_up)
        if self.given_up:
            return Outcome("pending", reason="the worker stopped", next_at=self._now())
        if message.expires_at is not None and self._now() >= message.expires_at:
            return Outcome("failed", reason="expired")
        if (may_ring := self._quiet.calls_at(entry.way, self._now())) > self._now():
            return Outcome("pending", reason="quiet hours", next_at=may_ring)
        asked_first = entry.way or isinstance(channel, SpeaksCodes)
        if asked_first and self._routing is not None and await self._routing.is_shut(message):
            return Outcome("failed", reason=RecipientOptedOut.code)
        return None

    async def _send(self, entry: ClaimedEntry, channel: Channel, message: OutboundMessage) -> Outcome:
        try:
            result = await self._answered(channel.send(message))
        except TimeoutError:
            return self._in_doubt(entry, channel, "the worker stopped" if self.given_up else "no answer in time")
        except OutcomeUnknown as error:
            return self._in_doubt(entry, channel, error.code)
        except SendError as error:
            return self._after_failure(entry, error, message)
        except Exception as error:  # nobody foresaw it, so nobody knows how far it came
            log.exception("send_broke_off", entry=entry.id, channel=entry.channel)
            return self._in_doubt(entry, channel, type(error).__name__)
        return Outcome("sent", provider_message_id=result.provider_message_id, reached_at=result.reached_at)

    def _in_doubt(self, entry: ClaimedEntry, channel: Channel, reason: str) -> Outcome:
        """It may have gone out: never sent again blindly, unless its receiver knows it by its id."""
        return self._again(entry, reason) if isinstance(channel, KnowsRepeats) else Outcome("unknown", reason=reason)

    async def _answered(self, sending: Coroutine[Any, Any, SendResult]) -> SendResult:
        """What the provider says. TimeoutError when it says nothing, or when we give up."""
        async with asyncio.timeout(self._patience) as wait:
            self._waits.add(wait)
            try:
                return await sending
            finally:
                self._waits.discard(wait)

    def _open(self, entry: ClaimedEntry) -> OutboundMessage:
        return opened_entry(self._safe, entry.payload_sealed, entry_id=entry.id, subject_id=entry.subject_id)

    def _after_failure(self, entry: ClaimedEntry, error: SendError, message: OutboundMessage) -> Outcome:
        if isinstance(error, NotLetIn) and (waits := self._until_let_in(entry, error, message)):
            return _no_longer_than(message.expires_at, waits)
        if not error.retryable:
            log.log(40 if error.ours else 30, "send_failed", entry=entry.id, channel=entry.channel, error=error.code)
            return Outcome("failed", reason=error.code)
        if isinstance(error, NotAnswered):
            return self._rung_in_vain(entry, error)
        least = timedelta(seconds=error.retry_after) if isinstance(error, Throttled) else timedelta()
        return _no_longer_than(message.expires_at, self._again(entry, error.code, least=least))

    def _until_let_in(self, entry: ClaimedEntry, error: SendError, message: OutboundMessage) -> Outcome | None:
        """Nothing is wrong with it: it waits for a person to have us let in. Of a last word nothing stays that long."""
        if entry.forget:
            return self._again(entry, error.code)
        pause = until_let_in(self._now() - entry.created_at, purpose=message.purpose)
        if pause is None:
            return None
        log.error("send_waits_for_token", entry=entry.id, channel=entry.channel, error=error.code)
        return Outcome("pending", reason=error.code, next_at=self._now() + pause, uncounted=True)

    def _rung_in_vain(self, entry: ClaimedEntry, error: NotAnswered) -> Outcome:
        """As often as the channel says, and in no night."""
        if entry.forget or entry.attempts > len(error.pauses):
            return Outcome("failed", reason=error.code)
        pause = timedelta(seconds=error.pauses[entry.attempts - 1])
        return Outcome("pending", reason=error.code, next_at=self._quiet.calls_at(entry.way, self._now() + pause))

    def _again(self, entry: ClaimedEntry, reason: str, *, least: timedelta = timedelta()) -> Outcome:
        pause = self._pauses.after(entry.attempts, elsewhere=bool(entry.way))
        if pause is None:
            log.warning("send_given_up", entry=entry.id, channel=entry.channel, error=reason)
            return Outcome("failed", reason=reason)
        log.info("send_delayed", entry=entry.id, channel=entry.channel, error=reason, attempts=entry.attempts)
        return Outcome("pending", reason=reason, next_at=self._now() + max(pause, least))


def _no_longer_than(expires_at: datetime | None, again: Outcome) -> Outcome:
    """Its words go as soon as they are worth nothing."""
    if again.next_at is None or expires_at is None:
        return again
    return replace(again, next_at=min(again.next_at, expires_at))
