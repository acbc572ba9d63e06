"""
Sending what the outbox holds: claim, send outside any transaction, record what came of it.

Many are under way at once, each for itself; no provider is handed more in a second, or on a day, than it takes. What
failed for good, or for too long, goes the next way; where there is none it is `failed` and shown to staff. When nobody
can know whether it went out, it is `unknown`: the provider is asked, else a person decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial

import structlog

from core.clock import local
from core.contract.errors import NOT_LET_IN, GatewayError, QuotaSpent
from core.contract.ports import UNLIMITED, Allowance, Channel
from core.notify.pauses import Pauses
from core.notify.quiet import Quiet, quiet_hours
from core.notify.quota import next_day
from core.service.committing import Committer
from core.service.flights import Flights
from core.service.handing_over import HandingOver, unseen
from core.service.routing import Routing
from core.service.safe import Safe
from core.service.turns import Gate, OwnTurns, Turns
from core.service.work import Work
from core.storage import conversations, counts, outbox
from core.storage.database import Connection, Database
from core.storage.outbox import ALL, ClaimedEntry, NewEntry, Outcome, Settled, Share

log = structlog.get_logger()

SIDE_BY_SIDE = 64
"""How many messages one sender has under way."""
_MARKING = timedelta(seconds=1)
_RECORD_PAUSES = (0.2, 1.0, 2.0, 4.0)


def _nobody(_channel: str, _outcome: str) -> None:
    """Where nobody counts."""


@dataclass(frozen=True)
class Bounds:
    """
    What holds sending back.

    Args:
        allowances: what each channel's provider takes. `turns`: whose turn it is, among all processes.
        pauses: when a message is tried again, and when elsewhere. quiet: when nobody is rung.
    """

    allowances: Mapping[str, Allowance] = field(default_factory=dict)
    turns: Turns | None = None
    pauses: Pauses = field(default_factory=Pauses)
    quiet: Quiet = field(default_factory=quiet_hours)


@dataclass(frozen=True)
class Ears:
    """
    Who hears of what was sent.

    Args:
        noted: of every outcome, by channel. `sent`: of every message about a case that has left, by its entry.
        moved: of every conversation (by id) whose person is known at another address from now on.
        landed: that there is room for more.
    """

    noted: Callable[[str, str], None] = _nobody
    sent: Callable[[str], Awaitable[None]] | None = None
    moved: Callable[[str, str], Awaitable[None]] | None = None
    landed: Callable[[], None] | None = None


@dataclass(frozen=True)
class _Taken:
    """Claimed entries, and how many of them the day's quota still allows."""

    entries: list[ClaimedEntry]
    allowed: int


class Sender:
    """
    The outbox worker of one process; `owner` names it in its claims.

    `share`: what it sends, where every channel has a sender of its own, so that none waits for another's provider.
    `routing` finds the next way for what has failed.
    """

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        channels: Mapping[str, Channel],
        owner: str,
        now: Callable[[], datetime],
        routing: Routing | None = None,
        share: Share = ALL,
        bounds: Bounds | None = None,
        ears: Ears | None = None,
    ) -> None:
        bounds = bounds or Bounds()
        self._database = database
        self._committer = Committer(database)
        self._safe = safe
        self._owner = owner
        self._now = now
        self._ears = ears or Ears()
        self._routing = routing
        self._share = share
        self._allowance = bounds.allowances.get(share.channel, UNLIMITED)
        rate, turns = self._allowance.per_second, bounds.turns or OwnTurns()
        self._gate = None if rate is None else Gate(turns, share.channel, per_second=rate)
        self._pauses = bounds.pauses
        self._handing = HandingOver(
            channels,
            safe=safe,
            now=now,
            routing=routing,
            pauses=bounds.pauses,
            gate=self._gate,
            patience=self._allowance.patience,
            quiet=bounds.quiet,
        )
        self._most = min(SIDE_BY_SIDE, self._allowance.at_once or SIDE_BY_SIDE)
        self._worth_a_claim = max(1, self._most // 4)
        self._flights = Flights(most=self._most, renew=self._renew, landed=self._landed)
        self._wants_more = False
        self._filled = False
        self._in_hand: set[str] = set()
        self._marked_at: datetime | None = None

    async def run_once(self) -> int:
        """Send what is due, and see it to its end; returns how many entries were handled."""
        begun = await self.begin_due()
        await self.finish()
        return begun

    async def begin_due(self) -> int:
        """Begin to send what is due and has room; returns how many entries are on their way now."""
        self._flights.complain()
        self._wants_more, room = True, self._flights.room
        if self._handing.given_up or room < self._worth_a_claim:
            return 0
        turns = await self._next_turns(room)
        if not turns:
            self._wants_more = self._gate is not None
            return 0
        taken = await self._database.write(partial(self._take, most=len(turns)))
        self._filled = len(taken.entries) == room
        self._wants_more = self._gate is not None or self._filled or len(taken.entries) < len(turns)
        self._in_hand.update(entry.id for entry in taken.entries)
        allowed, refused = taken.entries[: taken.allowed], taken.entries[taken.allowed :]
        self._flights.start(self._handle(entry, turn=turn) for entry, turn in zip(allowed, turns, strict=False))
        self._flights.start(self._refuse(entry) for entry in refused)
        return len(taken.entries)

    def _landed(self) -> None:
        """Where all that was due is on its way, one that lands is no reason to look again; nor is too little room."""
        if self._ears.landed is not None and self._wants_more and self._flights.room >= self._worth_a_claim:
            self._ears.landed()

    async def finish(self) -> None:
        """Wait for what is on its way."""
        await self._flights.all_landed()

    def give_up(self) -> None:
        """
        The process ends: wait for no provider any more.

        What was handed over and is not confirmed becomes `unknown`; what was not handed over waits for another worker.
        """
        self._handing.give_up()

    async def _next_turns(self, room: int) -> Sequence[float | None]:
        """
        The turns of as many as are due, None each where there is no gate.

        A look costs less than a claim; where the last claim filled all the room, more is due most likely.
        """
        channel = self._share.channel
        if not channel:
            await self._mark_unknown()
            return [None] * room
        if self._gate is None and self._filled:
            return [None] * room
        look = partial(outbox.count_due, channel=channel, now=self._now(), most=room)
        due = await self._database.read(look)
        return await self._gate.book(due) if self._gate is not None and due else [None] * due

    def _take(self, connection: Connection, *, most: int) -> _Taken:
        now, limit = self._now(), self._allowance.per_day
        claimed = outbox.claim(connection, owner=self._owner, now=now, most=most, share=self._share)
        if limit is None or not claimed:
            return _Taken(claimed, len(claimed))
        wanted, channel = len(claimed), self._share.channel
        return _Taken(claimed, counts.spend(connection, channel, self._today(), wanted=wanted, limit=limit))

    def _today(self) -> date:
        return local(self._now()).date()

    async def _mark_unknown(self) -> None:
        """Of those whose owner died; in a storm of short rounds not before every one."""
        now = self._now()
        if self._marked_at is None or abs(now - self._marked_at) >= _MARKING:
            await self._database.write(partial(outbox.mark_unknown, now=now))
            self._marked_at = now

    async def _renew(self) -> None:
        await self._database.write(
            partial(outbox.renew, entries=tuple(self._in_hand), owner=self._owner, now=self._now())
        )

    async def _handle(self, entry: ClaimedEntry, *, turn: float | None) -> None:
        today = self._today()
        outcome = await self._handing.outcome(entry, turn=turn)
        following = await self._next_way(entry, outcome)
        outcome = outcome if following else unseen(entry, outcome)
        unused = today if self._allowance.per_day is not None and outcome.state == "pending" else None
        await self._end(entry, outcome, following, unused=unused)

    async def _refuse(self, entry: ClaimedEntry) -> None:
        """Today's quota is spent: another way, else tomorrow. A password is worth nothing tomorrow."""
        spent = Outcome("failed", reason=QuotaSpent.code)
        following = await self._next_way(entry, spent)
        if following is None and not entry.forget:
            spent = replace(spent, state="pending", next_at=next_day(self._now()))
        await self._end(entry, spent, following)

    async def _next_way(self, entry: ClaimedEntry, outcome: Outcome) -> NewEntry | None:
        """Where it failed for good, was tried here for long enough, or waits for a person to have us let in."""
        tried_long = outcome.reason in NOT_LET_IN or self._pauses.are_long(entry.attempts)
        is_over = outcome.state == "failed" or (outcome.state == "pending" and tried_long)
        if self._routing is None or not is_over:
            return None
        try:
            return await self._routing.next(entry, outcome.reason)
        except Exception:  # it stays as it is: failed, for staff to see, or waiting
            log.exception("no_way_found", entry=entry.id)
            return None

    async def _end(
        self, entry: ClaimedEntry, outcome: Outcome, following: NewEntry | None, *, unused: date | None = None
    ) -> None:
        outcome = replace(outcome, state="passed_on", next_at=None) if following is not None else outcome
        try:
            work = self._record_of(entry, outcome, following)
            if unused is not None:
                work.add(partial(counts.give_back, channel=entry.channel, day=unused))
            await self._keep(entry, work)
        except GatewayError as error:  # the claim was lost: whoever has it now records
            log.warning("outbox_claim_lost", entry=entry.id, error=error.code)
            return
        finally:
            self._in_hand.discard(entry.id)
        self._wants_more = self._wants_more or outcome.state != "sent"  # tried again before long, perhaps
        await self._tell(entry, outcome)

    async def _tell(self, entry: ClaimedEntry, outcome: Outcome) -> None:
        if entry.forget and outcome.state != "pending":
            await asyncio.to_thread(self._safe.keys.destroy, entry.subject_id, self._now())
        self._ears.noted(entry.channel, outcome.state)
        if outcome.reached_at and self._ears.moved is not None:
            await self._ears.moved(entry.conversation_id, outcome.reached_at)
        if outcome.state == "sent" and entry.case_id and self._ears.sent is not None:
            await self._ears.sent(entry.id)

    async def _keep(self, entry: ClaimedEntry, work: Work) -> None:
        """What came of it is known here alone: a database that is away for a moment is waited for."""
        for pause in _RECORD_PAUSES:
            try:
                return await self._committer.commit(work)
            except GatewayError:
                raise
            except Exception as error:
                log.warning("outcome_not_recorded", entry=entry.id, error=type(error).__name__)
            await asyncio.sleep(pause)
        return await self._committer.commit(work)

    def _record_of(self, entry: ClaimedEntry, outcome: Outcome, following: NewEntry | None) -> Work:
        work = Work()
        work.put(outbox.SETTLED, Settled(entry.id, outcome, owner=self._owner, at=self._now()))
        if outcome.provider_message_id:
            blind = self._safe.blind.other("provider", entry.channel, outcome.provider_message_id)
            work.put(conversations.PROVIDER_IDS, (entry.id, blind))
        if following is not None:
            work.put(outbox.ENTRIES, following.__dict__)
        return work
