"""What helps the desk to decide: open cases that one may repeat, what its words hint at, whether it sounds urgent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from core.cases.decide.facts import is_emergency
from core.cases.model import Case
from core.contract.schema import Model, Report
from core.identity.codes import format_code
from core.intake.duplicates import LONG_AGO, Likeness, Sketch, find_duplicates
from core.regulations.model import Pack
from core.service.actors import Member
from core.service.reading.casework import ReadsCases
from core.service.reading.curtain import Curtain, excerpt
from core.service.reading.lists import content_rows
from core.service.reading.views import Labelled
from core.service.triage.book import Sorters
from core.storage import cases
from core.storage.database import Connection
from core.storage.reports import ReportRow
from core.triage.sorter import Sorted, Sorter
from core.triage.urgency import alarming

MOST_COMPARED = 200
LEAST_CHANCE = 0.08


class KinView(Model):
    """An open case that may be about the same thing. `score`: 0 to 1; `reason`: why, in a sentence."""

    case_id: str
    code: str
    stage: Labelled
    excerpt: str
    score: float
    reason: str


class HintView(Model):
    """A category that the words of a report hint at, with the words that do. `chance`: 0 to 1."""

    category: Labelled
    words: tuple[str, ...]
    chance: float


class AidsView(Model):
    """
    All of it; none decides anything.

    Args:
        sure: whether the first hint may be suggested; else they are only what comes into question.
        urgent: words that sound like a call for help, where the case is not treated as one yet.
    """

    kin: tuple[KinView, ...] = ()
    hints: tuple[HintView, ...] = ()
    sure: bool = False
    urgent: tuple[str, ...] = ()


class _Near(NamedTuple):
    states: dict[str, Case]
    rows: dict[str, ReportRow]


class ReadsKin(ReadsCases):
    """Aids for whoever receives and distributes."""

    async def aids(self, case_id: str, member: Member, *, sorters: Sorters) -> AidsView:
        """Of one case: what may be the same among the newest open ones that this person may see. NotFound."""
        case = await self.case(case_id, member)

        def read(connection: Connection) -> _Near:
            since = case.received_at - LONG_AGO
            rows = cases.open_cases_since(connection, since, most=MOST_COMPARED)
            states = {row.id: Case.model_validate(row.state) for row in rows if row.id != case.id}
            near = {key: one for key, one in states.items() if self._comparable(case, one, member)}
            return _Near(near, content_rows(connection, [case, *near.values()]))

        found = await self._database.read(read)
        sorter = await sorters.categories(self.pack(case))
        return await asyncio.to_thread(self._aids, case, found, sorter)

    def _comparable(self, case: Case, other: Case, member: Member) -> bool:
        apart = abs(other.received_at - case.received_at)
        return apart <= LONG_AGO + timedelta(days=1) and self.allowed(member, other)

    def _aids(self, case: Case, found: _Near, sorter: Sorter) -> AidsView:
        opened = {key: report for key, row in found.rows.items() if (report := self._opener.report(row)) is not None}
        if case.id not in opened:
            return AidsView()
        states = {**found.states, case.id: case}
        sketches = {key: _sketch(states[key], found.rows[key], told) for key, told in opened.items()}
        own = sketches.pop(case.id)
        likely = find_duplicates(own, sketches.values())
        pack, sorted_ = self.pack(case), sorter.sort(own.content)
        urgent = None if is_emergency(pack, case.urgency) else alarming(own.content)
        return AidsView(
            kin=tuple(self._kin(states[one.report_id], opened[one.report_id], one) for one in likely),
            hints=tuple(hints_of(sorted_, pack)),
            sure=sorted_.sure,
            urgent=urgent.words if urgent else (),
        )

    def _kin(self, other: Case, told: Report, likeness: Likeness) -> KinView:
        return KinView(
            case_id=other.id,
            code=format_code(other.code),
            stage=self.names(self.pack(other)).stage("case", other.stage),
            excerpt=excerpt(told.content, Curtain().about([told.reporter])),
            score=likeness.score,
            reason=likeness.reason,
        )


def _sketch(case: Case, row: ReportRow, told: Report) -> Sketch:
    """A case as it is compared; it goes by its own id, since one report stands for it."""
    return Sketch(
        report_id=case.id,
        reporter=row.contact_id,
        content=told.content,
        place=told.place,
        category=case.category or "",
        received_at=case.received_at,
    )


def hints_of(found: Sorted, pack: Pack) -> Iterator[HintView]:
    """The categories that come into question, each with the words that speak for it."""
    for guess in found.guesses:
        if guess.chance >= LEAST_CHANCE:
            label = pack.intake.categories[guess.label].label
            yield HintView(category=Labelled(id=guess.label, label=label), words=guess.words, chance=guess.chance)
