"""
Makes models from what the desk decided, and says how good they are on cases that no model ever learns from.

A fifth of all cases, told by a hash of their id, is kept for looking alone, for ever: the card is honest whenever it
is drawn. What is confidential, secret, diverted or erased is not read at all, nor what people had restricted (VN-4).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from core.cases.model import Case as CaseState
from core.clock import local
from core.service.reading.gathering import Opener
from core.service.reading.lists import content_rows
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.service.triage.book import Sorters
from core.service.triage.making import Decided, Trained, cards_of, facts_of, lessons_of, trained_on
from core.storage import restrictions, triage, upkeep
from core.storage.database import Connection, Database
from core.storage.reports import ReportRow
from core.triage.scoring import Card
from core.triage.usual import labels_of

log = structlog.get_logger()

LOOK_BACK = timedelta(days=365)
MOST_READ = 2_000
ENOUGH_NEW = 20
"""Decisions a model is made anew for."""
KEPT_BACK = 5


@dataclass(frozen=True)
class Score:
    """How good the model in use is on the cases held back. `model`: its hash, empty for known words alone."""

    day: str
    model: str
    categories: Card
    agencies: Card


class School:
    """Learns and looks; both read at most two thousand of the newest cases."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        regulation: Regulation,
        sorters: Sorters,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._opener = Opener(safe)
        self._regulation = regulation
        self._sorters = sorters
        self._now = now

    async def nightly(self) -> int:
        """Once a day: a card; a new model where enough was decided since. Returns how many cards were made."""
        today = local(self._now()).date().isoformat()
        if any(one["day"] == today for one in await self._database.read(triage.cards)):
            return 0
        decided = await self.decided()
        await self.score(decided)
        kept = await self._database.read(triage.model)
        learnt = kept["decided"] if kept else 0
        if abs(len(lessons_of(decided)) - learnt) >= ENOUGH_NEW:
            await self.train(decided)
        return 1

    async def score(self, decided: list[Decided] | None = None) -> Score:
        """Look at the cases held back, and keep the card of this day."""
        found = await self.decided() if decided is None else decided
        sorter, agencies = await self._sorters.categories(), await self._sorters.agencies()
        day = local(self._now()).date().isoformat()
        cards = await asyncio.to_thread(cards_of, sorter, agencies, [one for one in found if one.held_out])
        made = Score(day, self._sorters.hash, *cards)
        await self._database.write(partial(_keep, made=made, now=self._now()))
        log.info("triage_scored", **asdict(made.categories), model=made.model[:12])
        return made

    async def train(self, decided: list[Decided] | None = None) -> Trained:
        """Learn, and use what was learnt unless it is worse than before on the cases held back."""
        found = await self.decided() if decided is None else decided
        sorter = await self._sorters.categories()
        first = not self._sorters.hash
        labels = labels_of(self._regulation.current)
        trained, told = await asyncio.to_thread(partial(trained_on, sorter, labels, found, first=first))
        if trained.used:
            told |= {"made_at": self._now().isoformat(), "regulation": self._regulation.current.ref}
            await self._database.write(partial(triage.put_model, told=told, name=trained.hash))
            await self._sorters.renew()
        log.info("triage_trained", model=trained.hash[:12], decided=trained.decided, used=trained.used)
        return trained

    async def decided(self) -> list[Decided]:
        """What the desk sent on or answered within a year, the newest first."""

        def read(connection: Connection) -> tuple[dict[str, CaseState], dict[str, ReportRow]]:
            since = self._now() - LOOK_BACK
            states = map(CaseState.model_validate, triage.newest_states(connection, since=since, most=MOST_READ))
            standing = {one.id: one for one in states if _stands(one)}
            rows = content_rows(connection, standing.values())
            held = restrictions.held_among(connection, {row.contact_id for row in rows.values()})
            return standing, {key: row for key, row in rows.items() if row.contact_id not in held}

        states, rows = await self._database.read(read)
        return await asyncio.to_thread(self._open, states, rows)

    def _open(self, states: dict[str, CaseState], rows: dict[str, ReportRow]) -> list[Decided]:
        opened = ((case, rows[key], self._opener.report(rows[key])) for key, case in states.items() if key in rows)
        return [_decided(case, row.contact_id, told.content) for case, row, told in opened if told is not None]


def _keep(connection: Connection, *, made: Score, now: datetime) -> None:
    """For the page, and for the alarm."""
    triage.put_card(connection, asdict(made))
    facts = {"seen": made.categories.seen, "right": made.categories.right}
    upkeep.note(connection, upkeep.TRIAGE, at=now, facts=facts)


def _stands(case: CaseState) -> bool:
    """Sent on by somebody, and nothing that is to be read by few."""
    flags = case.flags
    closed = flags.confidential or flags.secret or flags.reputation != "none"
    return bool(case.category and case.dispatches) and not closed and case.diversion is None


def _decided(case: CaseState, writer: str, content: str) -> Decided:
    kept = [one for one in case.dispatches if one.sent_back_to is None and not one.marks.get("send_back")]
    agency = kept[-1].agency_id if kept else ""
    held_out = hashlib.sha256(case.id.encode()).digest()[0] % KEPT_BACK == 0
    return Decided(content, writer, case.category or "", agency, facts_of(case), held_out)
