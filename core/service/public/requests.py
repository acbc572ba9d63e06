"""
Cases as everybody may see them in a list: open and done, in the order of receipt (A-4, TG-11.2).

Every row is the allow-list of its case and nothing else. A case for which a narrower list holds (secret, confidential,
withheld) is not among them, and neither is what was refused or taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.cases.model import Case
from core.cases.view import PublicView, public_fields, public_view
from core.contract.errors import NotFound
from core.service.public.listing import Place
from core.service.publishing import RESULT, Shown
from core.service.regulation import Regulation
from core.storage import cases, reports
from core.storage.cases import CaseRow
from core.storage.database import Connection

MOST_LOOKS = 8
"""How often the next stretch of cases is read for one page."""


@dataclass(frozen=True)
class Asked:
    """
    Args:
        since, until: aware; received in [since, until). categories: ids; empty: any. is_open: None: any.
    """

    since: datetime
    until: datetime
    categories: tuple[str, ...] = ()
    is_open: bool | None = None


@dataclass(frozen=True)
class PublicRequest:
    """One case. `view` is its allow-list; `answer` and `files` stand where its answer is published."""

    case_id: str
    code: str
    category_id: str
    is_open: bool
    view: PublicView
    answer: str = ""
    files: int = 0

    @property
    def changed_at(self) -> datetime | None:
        """When the last public step was reached."""
        steps = [step.at for step in self.view.progress or ()]
        known = [*steps, *filter(None, [self.view.answered_at, self.view.received_at])]
        return max(known, default=None)


@dataclass(frozen=True)
class RequestPage:
    """The newest first; `more` begins the next page, None at the end."""

    rows: tuple[PublicRequest, ...]
    more: Place | None = None


def requests_of(
    connection: Connection, asked: Asked, *, regulation: Regulation, before: Place | None = None, most: int
) -> RequestPage:
    """One page; what may not be shown is passed over, a bounded number of times."""
    found: list[PublicRequest] = []
    for _ in range(MOST_LOOKS):
        rows = cases.received(
            connection,
            since=asked.since,
            until=asked.until,
            before=before,
            categories=asked.categories,
            is_open=asked.is_open,
            most=most,
        )
        for row in rows:
            before = row.received_at, row.id
            found += _listed(connection, row, regulation)
            if len(found) == most:
                return RequestPage(tuple(found), before)
        if len(rows) < most:
            return RequestPage(tuple(found))
    return RequestPage(tuple(found), before)


def request_of(connection: Connection, code: str, *, regulation: Regulation) -> PublicRequest | None:
    """What the code of a report opens; None where there is no such case (yet)."""
    try:
        row = cases.load(connection, reports.by_code(connection, code).case_id)
    except NotFound:
        return None
    case = Case.model_validate(row.state)
    return _shown(connection, row, _view(case, regulation), code)


def _listed(connection: Connection, row: CaseRow, regulation: Regulation) -> Iterator[PublicRequest]:
    case = Case.model_validate(row.state)
    came_to_nothing = case.merged_into or not (row.open or case.publications)  # refused, taken back, junk
    pack, view = regulation.packs.get(case.regulation), _view(case, regulation)
    is_narrow = public_fields(case, pack) != pack.publication.public_fields
    if view.code and view.received_at and view.stage and not (came_to_nothing or is_narrow):
        yield _shown(connection, row, view, view.code)


def _view(case: Case, regulation: Regulation) -> PublicView:
    return public_view(case, regulation.packs.get(case.regulation), regulation.agencies)


def _shown(connection: Connection, row: CaseRow, view: PublicView, code: str) -> PublicRequest:
    published = reports.publication_of(connection, row.id) if view.answer else None
    told = Shown.model_validate(published.view) if published is not None and published.kind == RESULT else Shown()
    return PublicRequest(
        case_id=row.id,
        code=code,
        category_id=row.category if view.category else "",
        is_open=row.open,
        view=view,
        answer=told.answer,
        files=len(told.media),
    )
