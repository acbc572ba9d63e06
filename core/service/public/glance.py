"""
What a report code alone opens: how far the case is, in the pack's public words (A-4, A-TG-8).

Built from `core.cases.view.PublicView`, which the pack's allow-list fills; a field it leaves empty is empty here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.cases.model import Case
from core.cases.view import public_view
from core.contract.errors import NotFound
from core.regulations.model import Pack
from core.service.publishing import RESULT
from core.service.regulation import Regulation
from core.storage import cases, reports
from core.storage.database import Connection


@dataclass(frozen=True)
class Step:
    """A public step that was reached, in plain words."""

    label: str
    at: datetime


@dataclass(frozen=True)
class Glance:
    """
    The public view of one case. `published`: its id where its answer stands among the results; `case_id` is for us, not
    for pages.
    """

    code: str
    case_id: str
    stage: str = ""
    received_at: datetime | None = None
    category: str = ""
    agencies: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    published: str = ""


def glance_at(connection: Connection, *, code: str, regulation: Regulation) -> Glance | None:
    """The public view behind a code; None where there is none."""
    try:
        report = reports.by_code(connection, code)
        case = Case.model_validate(cases.load(connection, report.case_id).state)
    except NotFound:
        return None
    view = public_view(case, regulation.packs.get(case.regulation), regulation.agencies)
    row = reports.publication_of(connection, case.id)
    return Glance(
        code=code,
        case_id=case.id,
        stage=view.stage or "",
        received_at=report.received_at if view.received_at else None,
        category=view.category or "",
        agencies=view.agencies or (),
        steps=tuple(Step(step.label, step.at) for step in view.progress or ()),
        published=case.id if row is not None and row.kind == RESULT else "",
    )


def public_steps(case: Case, pack: Pack) -> Iterator[Step]:
    """The stages passed, in public words; steps that look the same from outside are one."""
    last = ""
    for visit in case.trail:
        label = pack.stage("case", visit.stage).public
        if label and label != last:
            last = label
            yield Step(label, visit.at)


def category_label(case: Case, pack: Pack) -> str:
    """The category as the regulation words it; empty while there is none."""
    found = pack.intake.categories.get(case.category or "")
    return found.label if found else ""
