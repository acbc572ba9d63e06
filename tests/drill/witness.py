"""What is read of a store before it burns down, and again of what came back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy import func, select

from core.contract.schema import Report
from core.storage import cases, reports, tables
from core.storage.backup.archive import archived_tables
from core.storage.cases import CaseRow, EventRow
from core.storage.database import Connection
from core.storage.reports import ReportRow
from gateway.deployment import Deployment

SOME = 20


@dataclass(frozen=True)
class Told:
    """One case as it is stored, and its reports opened: their keys came back as well."""

    case: CaseRow
    events: list[EventRow]
    reports: list[Report | None]


async def counted(deployment: Deployment) -> dict[str, int]:
    """Rows of each table that a backup holds. At length: a large table takes longer than a page may."""
    return await deployment.database.write_at_length(_counted)


def _counted(connection: Connection) -> dict[str, int]:
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in archived_tables()}


async def some_cases(deployment: Deployment) -> list[Told]:
    """Cases that nobody works at any more, the newest first."""
    found = await deployment.database.read(_closed)
    return [
        Told(case, events, [await _opened(deployment, one) for one in its_reports])
        for case, events, its_reports in found
    ]


def _closed(connection: Connection) -> list[tuple[CaseRow, list[EventRow], list[ReportRow]]]:
    case, report = tables.case.c, tables.report.c
    query = select(case.id).where(case.open.is_(False)).order_by(case.received_at.desc(), case.id).limit(SOME)
    found = []
    for case_id in connection.scalars(query).all():
        of_it = connection.scalars(select(report.id).where(report.case_id == case_id)).all()
        events = cases.load_events(connection, case_id)
        found.append((cases.load(connection, case_id), events, reports.find(connection, of_it)))
    return found


async def _opened(deployment: Deployment, row: ReportRow) -> Report | None:
    safe = deployment.safe
    opening = partial(safe.open_or_none, subject_id=row.contact_id, place=f"report:{row.id}")
    return await safe.aside(lambda: opening(row.content_sealed, Report), row.contact_id)
