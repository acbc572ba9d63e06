"""What helps the desk to decide: open cases that one may repeat, what its words hint at, whether it sounds urgent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from core.cases.decide.facts import is_emergency
from core.cases.model import Case
from core.contract.schema import AttachmentKind, Model, Report
from core.identity.codes import format_code
from core.intake.duplicates import LIKELY, LONG_AGO, PICTURED, Likeness, Sketch, find_duplicates
from core.regulations.model import Pack
from core.service.actors import Member
from core.service.reading.casework import ReadsCases
from core.service.reading.curtain import Curtain, excerpt
from core.service.reading.lists import content_rows
from core.service.reading.looks import Looks
from core.service.reading.views import Labelled
from core.service.triage.book import Sorters
from core.storage import cases
from core.storage.cases import CaseRow
from core.storage.database import Connection
from core.storage.reports import ReportRow
from core.triage.sorter import Sorted, Sorter
from core.triage.urgency import alarming

MOST_READ = 1_000
MOST_COMPARED = 300
MOST_LOOKED_AT = 12
FAR_THOUSANDTHS = 12
"""Of a degree, more than a kilometre: what lies farther away is about something else."""
LEAST_CHANCE = 0.08


class KinView(Model):
    """
    An open case that may be about the same thing. `score`: 0 to 1; `reason`: why, in a sentence; `point`: where it
    happened, degrees north and east, to a thousandth.
    """

    case_id: str
    code: str
    stage: Labelled
    excerpt: str
    score: float
    reason: str
    point: tuple[float, float] | None = None


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

    async def aids(self, case_id: str, member: Member, *, sorters: Sorters, looks: Looks) -> AidsView:
        """Of one case: what may be the same among the newest open ones that this person may see. NotFound."""
        case = await self.case(case_id, member)

        def read(connection: Connection) -> _Near:
            since = case.received_at - LONG_AGO
            rows = cases.open_cases_since(connection, since, most=MOST_READ)
            told = [row for row in rows if row.id != case.id and _may_be_near(case, row)][:MOST_COMPARED]
            states = {row.id: Case.model_validate(row.state) for row in told}
            near = {key: one for key, one in states.items() if self._comparable(case, one, member)}
            return _Near({**near, case.id: case}, content_rows(connection, [case, *near.values()]))

        near = await self._database.read(read)
        opened = await asyncio.to_thread(self._open, near)
        if case.id not in opened:
            return AidsView()
        likely = await _likely(case.id, near, opened, looks)
        sorter = await sorters.categories(self.pack(case))
        return await asyncio.to_thread(self._view, case, near, opened, likely=likely, sorter=sorter)

    def _comparable(self, case: Case, other: Case, member: Member) -> bool:
        apart = abs(other.received_at - case.received_at)
        return apart <= LONG_AGO + timedelta(days=1) and self.allowed(member, other)

    def _open(self, near: _Near) -> dict[str, Report]:
        told = ((key, self._opener.report(row)) for key, row in near.rows.items())
        return {key: report for key, report in told if report is not None}

    def _view(
        self, case: Case, near: _Near, opened: dict[str, Report], *, likely: Iterable[Likeness], sorter: Sorter
    ) -> AidsView:
        content, pack = opened[case.id].content, self.pack(case)
        hints = sorter.sort(content)
        urgent = None if is_emergency(pack, case.urgency) else alarming(content)
        return AidsView(
            kin=tuple(self._kin(near.states[one.report_id], opened[one.report_id], one) for one in likely),
            hints=tuple(hints_of(hints, pack)),
            sure=hints.sure,
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
            point=(other.point[0] / 1000, other.point[1] / 1000) if other.point else None,
        )


async def _likely(case_id: str, near: _Near, opened: dict[str, Report], looks: Looks) -> tuple[Likeness, ...]:
    """What may be the same; photos are looked at only of those that one could make likely enough."""
    sketches = {key: _sketch(near.states[key], near.rows[key], told) for key, told in opened.items()}
    own = sketches.pop(case_id)
    compared = partial(find_duplicates, at_least=LIKELY - PICTURED, most=MOST_LOOKED_AT)
    first = await asyncio.to_thread(compared, own, sketches.values())
    photos = {key: _photos(opened[key]) for key in (case_id, *(one.report_id for one in first))}
    seen = await looks.of(photo for key in photos for photo in photos[key]) if photos[case_id] else {}
    pictured = {key: tuple(seen[one] for one in ones if one in seen) for key, ones in photos.items()}
    again = [replace(sketches[one.report_id], looks=pictured[one.report_id]) for one in first]
    return find_duplicates(replace(own, looks=pictured[case_id]), again)


def _may_be_near(case: Case, row: CaseRow) -> bool:
    """Whether it could be the same place, as far as the case itself tells; what tells nothing may be anywhere."""
    here, there = case.point, row.state.get("point")
    if here and there:
        return max(abs(here[n] - int(there[n])) for n in (0, 1)) <= FAR_THOUSANDTHS
    communes = {case.commune_code, row.state.get("commune_code")} - {None, ""}
    return len(communes) < 2


def _photos(told: Report) -> tuple[str, ...]:
    return tuple(one.stored_key for one in told.attachments if one.kind is AttachmentKind.IMAGE and one.stored_key)


def _sketch(case: Case, row: ReportRow, told: Report) -> Sketch:
    """A case as it is compared; it goes by its own id, since one report stands for it."""
    return Sketch(
        report_id=case.id,
        reporter=row.contact_id,
        content=told.content,
        place=told.place,
        category=case.category or "",
        received_at=case.received_at,
        reached_at=frozenset((*told.reporter.phones, *told.reporter.emails)),
    )


def hints_of(found: Sorted, pack: Pack) -> Iterator[HintView]:
    """The categories that come into question, each with the words that speak for it."""
    for guess in found.guesses:
        if guess.chance >= LEAST_CHANCE:
            label = pack.intake.categories[guess.label].label
            yield HintView(category=Labelled(id=guess.label, label=label), words=guess.words, chance=guess.chance)
