"""
Telephone calls: each is noted in the work of the message it brought, and whoever is owed a call gets one in time.

A due time is counted in working time, by the calendar; an emergency's by the wall (QB-II.2h).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from core.cases.decide import Actor, Refusal
from core.clock.engine import due
from core.contract.errors import NotFound
from core.contract.schema import CallFacts, CallOutcome, InboundMessage, Model
from core.privacy.mask import mask_text
from core.service import own_calls
from core.service.desk import CaseDesk
from core.service.own_calls import OwnCalls
from core.service.safe import Safe
from core.service.talk import Talk
from core.service.work import Work
from core.storage import calls, reports, settings
from core.storage.calls import CallRow
from core.storage.database import Database

log = structlog.get_logger()

After = tuple[int, str]
WITHIN = "2wh"
EMERGENCY_WITHIN = "10min"
REACHED, NOT_REACHED, GIVEN_UP = own_calls.REACHED, own_calls.NOT_REACHED, "given_up"
RESULTS = frozenset({REACHED, NOT_REACHED, GIVEN_UP})
"""What came of calling back; all but `not_reached` settle it."""
WHOLE_CALL = "Toàn bộ cuộc gọi.wav"
_STORM = "calls:storm"
_OWED = frozenset({CallOutcome.MISSED, CallOutcome.CALLBACK, CallOutcome.EMERGENCY})


class KeptCall(Model):
    """
    What is sealed of a call: its facts, and its recordings by name and place in the media store.

    `drafts`: by that place, what a machine heard in it; empty: nothing.
    """

    facts: CallFacts
    recordings: tuple[tuple[str, str], ...] = ()
    drafts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class HeldCall:
    """A call as staff read it; `kept` is None once its caller was erased."""

    row: CallRow
    kept: KeptCall | None

    @property
    def facts(self) -> CallFacts | None:
        """What is known of it."""
        return self.kept.facts if self.kept else None

    @property
    def owed(self) -> bool:
        """Whether somebody waits to be called back."""
        return self.row.due_at is not None and self.row.settled_at is None

    @property
    def about(self) -> str:
        """Id of the case about which we called them; empty for any other call."""
        kind, _, about = self.facts.about.partition(":") if self.facts else ("", "", "")
        return about if kind == "case" else ""

    @property
    def labels(self) -> Mapping[str, str]:
        """Its recordings: place in the media store → name, in order."""
        return {key: name.removesuffix(".wav") for name, key in self.kept.recordings} if self.kept else {}

    @property
    def drafts(self) -> Mapping[str, str]:
        """What a machine heard in its recordings, numbers and addresses masked: name of the recording → words."""
        heard = self.kept.drafts if self.kept else ()
        return {self.labels.get(key, ""): mask_text(words) for key, words in heard if words}


@dataclass(frozen=True)
class CallPage:
    """Some calls; `after` continues the list, None at its end."""

    items: Sequence[HeldCall]
    after: After | None


class CallBook:
    """Notes calls and lists them. `within`: the allowance for a call back, as packs write it."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        desk: CaseDesk,
        now: Callable[[], datetime],
        within: str = WITHIN,
    ) -> None:
        self._database = database
        self._safe = safe
        self._desk = desk
        self._own = OwnCalls(database, safe=safe, desk=desk)
        self._now = now
        self._within = within

    async def note(self, work: Work, talk: Talk, message: InboundMessage) -> None:
        """Keep the call that a message comes from, in the same unit of work."""
        facts = message.call
        if facts is None:
            return
        facts = await self._own.explained(facts)
        recordings = tuple((file.name, file.stored_key) for file in message.attachments)
        kept = KeptCall(facts=facts, recordings=recordings)
        if facts.adds and await self._add(work, talk, kept):
            return
        seal = partial(self._safe.seal, kept, subject_id=talk.contact_id, place=_place(facts.id))
        row = CallRow(
            id=facts.id,
            conversation_id=talk.row.id,
            subject_id=talk.contact_id,
            outcome=facts.outcome.value,
            storm=facts.storm,
            began_at=facts.began_at,
            ended_at=facts.ended_at,
            facts_sealed=await self._safe.aside(seal, talk.contact_id),
            due_at=self.due_of(facts),
        )
        work.put(calls.CALLS, row.__dict__)
        if facts.rated is not None:
            await self._rate(work, *facts.rated)
        if facts.way == "out":
            await self._own.follow_up(work, facts)
        log.info("call_noted", call=facts.id, outcome=row.outcome, owed=row.due_at is not None)

    async def _add(self, work: Work, talk: Talk, more: KeptCall) -> bool:
        """Keep what came after a call: its recordings, a number. False: the call itself was never noted."""
        try:
            held = await self.held(more.facts.id)
        except NotFound:
            return False
        if held.kept is None:
            return True  # its caller was erased
        facts = held.kept.facts
        facts = facts.model_copy(update={"call_back_to": more.facts.call_back_to or facts.call_back_to})
        kept = KeptCall(facts=facts, recordings=(*held.kept.recordings, *more.recordings))
        seal = partial(self._safe.seal, kept, subject_id=talk.contact_id, place=_place(facts.id))
        sealed = await self._safe.aside(seal, talk.contact_id)
        work.add(partial(calls.renew, call_id=facts.id, facts_sealed=sealed))
        log.info("call_completed", call=facts.id, recordings=len(kept.recordings))
        return True

    async def held(self, call_id: str) -> HeldCall:
        """One call. NotFound."""
        (call,) = await self.opened([await self._database.read(partial(calls.find, call_id=call_id))])
        return call

    async def _rate(self, work: Work, code: str, key: str) -> None:
        """The caller proved by code and PIN whose report it is; a key that no level has rates nothing."""
        levels = sorted(self._desk.regulation.current.rating.levels.items(), key=lambda level: -level[1].score)
        level = dict(zip("123456789", (name for name, _ in levels), strict=False)).get(key)
        try:
            row = await self._database.read(partial(reports.by_code, code=code))
        except NotFound:
            return
        file = await self._desk.open(work, row.case_id)
        case_id, by = file.now.merged_into or row.case_id, Actor.reporter(row.contact_id)
        answer = await self._desk.issue(work, case_id, "rate", {"level": level, "report_id": row.id}, by)
        log.info("call_rated", outcome=answer.code if isinstance(answer, Refusal) else "rated")

    def due_of(self, facts: CallFacts) -> datetime | None:
        """By when somebody has to call; None where the caller is owed nothing."""
        if facts.outcome not in _OWED and facts.told:
            return None
        within = EMERGENCY_WITHIN if facts.outcome is CallOutcome.EMERGENCY else self._within
        return due(facts.ended_at, within, self._desk.regulation.calendar(self._now())).at

    async def owed(self, *, most: int = calls.LONGEST_PAGE) -> Sequence[HeldCall]:
        """Calls whose callers wait for us, the most urgent first."""
        return await self.opened(await self._database.read(partial(calls.owed, most=most)))

    async def owed_page(self, *, after: After | None = None, most: int = calls.LONGEST_PAGE) -> CallPage:
        """The same page by page."""
        rows = await self._database.read(partial(calls.owed, after=after, most=most))
        return CallPage(await self.opened(rows), calls.place_owed(rows[-1]) if len(rows) == most else None)

    async def newest(self, *, after: After | None = None, most: int = calls.LONGEST_PAGE) -> CallPage:
        """All calls, the newest first; `after` continues."""
        rows = await self._database.read(partial(calls.newest, after=after, most=most))
        return CallPage(await self.opened(rows), calls.place_of(rows[-1]) if len(rows) == most else None)

    async def some(self, call_ids: Collection[str]) -> Sequence[HeldCall]:
        """These calls, the oldest first; one that is not over yet is left out."""
        return await self.opened(await self._database.read(partial(calls.some, call_ids=call_ids)))

    async def outcomes(self, *, since: datetime, until: datetime) -> Mapping[tuple[str, bool], int]:
        """Calls that began in that time: by outcome, and whether the caller still waits for ours."""
        return await self._database.read(partial(calls.count_outcomes, since=since, until=until))

    async def opened(self, rows: Sequence[CallRow]) -> Sequence[HeldCall]:
        """These calls with what is sealed of them."""
        return [HeldCall(row, await self._kept(row)) for row in rows]

    async def _kept(self, row: CallRow) -> KeptCall | None:
        unseal = partial(
            self._safe.open_or_none, row.facts_sealed, KeptCall, subject_id=row.subject_id, place=_place(row.id)
        )
        return await self._safe.aside(unseal, row.subject_id)

    async def amend(self, call: HeldCall, kept: KeptCall) -> bool:
        """Something else is known of a call; False where it has changed since it was read, or was erased."""
        row = call.row
        if row.facts_sealed is None:
            return False
        seal = partial(self._safe.seal, kept, subject_id=row.subject_id, place=_place(row.id))
        fresh = await self._safe.aside(seal, row.subject_id)
        change = partial(calls.amend, call_id=row.id, before=row.facts_sealed, facts_sealed=fresh)
        return await self._database.write(change)

    async def forget_drafts(self, call_id: str) -> None:
        """What a machine heard goes with the recordings."""
        call = await self.held(call_id)
        while call.kept is not None and call.kept.drafts:
            if await self.amend(call, call.kept.model_copy(update={"drafts": ()})):
                return
            call = await self.held(call_id)

    async def called(self, call_id: str, result: str, *, by: str, attempts: int) -> None:
        """
        Somebody called back: what came of it, of `RESULTS`; `attempts` as they read it.

        Raises: VersionConflict: a colleague did so meanwhile. NotFound.
        """
        if result not in RESULTS:
            raise ValueError(result)
        await self._database.read(partial(calls.find, call_id=call_id))
        await self._database.write(
            partial(
                calls.attempt,
                call_id=call_id,
                result=result,
                by=by,
                now=self._now(),
                settles=result != NOT_REACHED,
                attempts=attempts,
            )
        )
        log.info("call_back_logged", call=call_id, result=result, attempts=attempts + 1)

    async def storm(self) -> bool:
        """Whether callers are asked nothing but what and where, so that many can be heard."""
        return bool(await self._database.read(partial(settings.get, key=_STORM)))

    async def set_storm(self, on: bool, *, by: str) -> None:
        """From the next call on."""
        await self._database.write(partial(settings.put, key=_STORM, value=on))
        log.warning("storm_mode", on=on, by=by)


def _place(call_id: str) -> str:
    return f"call:{call_id}"
