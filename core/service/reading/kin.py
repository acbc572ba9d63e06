"""What helps the desk to decide: open cases that one may repeat, and the category that its words hint at."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from core.cases.model import Case
from core.contract.schema import Model, Report
from core.identity.codes import format_code
from core.intake.category import read_categories
from core.intake.duplicates import LONG_AGO, Likeness, Sketch, find_duplicates
from core.intake.fold import fold
from core.intake.rules import CategoryRule
from core.intake.words import Text
from core.regulations.model import Pack
from core.service.actors import Member
from core.service.reading.casework import ReadsCases
from core.service.reading.curtain import Curtain, excerpt
from core.service.reading.lists import content_rows
from core.service.reading.views import Labelled
from core.storage import cases
from core.storage.database import Connection
from core.storage.reports import ReportRow

MOST_COMPARED = 200
MOST_HINTS = 3
_WORDS = re.compile(r"\w+")


class KinView(Model):
    """An open case that may be about the same thing. `score`: 0 to 1; `reason`: why, in a sentence."""

    case_id: str
    code: str
    stage: Labelled
    excerpt: str
    score: float
    reason: str


class HintView(Model):
    """A category that the words of a report hint at, with the words that do."""

    category: Labelled
    words: tuple[str, ...]


class AidsView(Model):
    """Both; neither decides anything."""

    kin: tuple[KinView, ...] = ()
    hints: tuple[HintView, ...] = ()


class _Near(NamedTuple):
    states: dict[str, Case]
    rows: dict[str, ReportRow]


class ReadsKin(ReadsCases):
    """Aids for whoever receives and distributes."""

    async def aids(self, case_id: str, member: Member) -> AidsView:
        """Of one case: what may be the same among the newest open ones that this person may see. NotFound."""
        case = await self.case(case_id, member)

        def read(connection: Connection) -> _Near:
            since = case.received_at - LONG_AGO
            rows = cases.open_cases_since(connection, since, most=MOST_COMPARED)
            states = {row.id: Case.model_validate(row.state) for row in rows if row.id != case.id}
            near = {key: one for key, one in states.items() if self._comparable(case, one, member)}
            return _Near(near, content_rows(connection, [case, *near.values()]))

        found = await self._database.read(read)
        return await asyncio.to_thread(self._aids, case, found)

    def _comparable(self, case: Case, other: Case, member: Member) -> bool:
        apart = abs(other.received_at - case.received_at)
        return apart <= LONG_AGO + timedelta(days=1) and self.allowed(member, other)

    def _aids(self, case: Case, found: _Near) -> AidsView:
        opened = {key: report for key, row in found.rows.items() if (report := self._opener.report(row)) is not None}
        if case.id not in opened:
            return AidsView()
        states = {**found.states, case.id: case}
        sketches = {key: _sketch(states[key], found.rows[key], told) for key, told in opened.items()}
        own = sketches.pop(case.id)
        likely = find_duplicates(own, sketches.values())
        return AidsView(
            kin=tuple(self._kin(states[one.report_id], opened[one.report_id], one) for one in likely),
            hints=tuple(hints_of(own.content, self.pack(case))),
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


def hints_of(content: str, pack: Pack) -> Iterable[HintView]:
    """The strongest categories for these words, each with the keywords that were found. Pure."""
    known = {key: one for key, one in pack.intake.categories.items() if one.active}
    rules = tuple(CategoryRule(id=key, label=one.label, keywords=one.keywords) for key, one in known.items())
    for name, _ in read_categories(Text.of(content), rules)[:MOST_HINTS]:
        words = tuple(word for word in known[name].keywords if _bare(word) in _bare(content))
        yield HintView(category=Labelled(id=name, label=known[name].label), words=words)


def _bare(text: str) -> str:
    """Folded words with a space around each, so that only whole words are found."""
    return f" {' '.join(_WORDS.findall(fold(text)))} "
