"""Periodic reports of a deployment: what is put together for one, and who may do so."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from core.cases.model import Case
from core.clock.zone import end_of, midnight
from core.service.actors import ADMIN, Member
from core.service.statistics import Figures
from core.service.statistics.explanations import explained, explainers, wants_explanations
from core.service.statistics.labels import Labels
from core.service.statistics.reporting import PeriodReports, Wanted
from core.service.statistics.sections import (
    Reputation,
    explanations,
    overdue,
    ranking,
    reputations,
    stuck,
    technical,
)
from core.service.statistics.sheets import Sheet, sheets
from core.storage import cases, period_reports, staff_lists, statistics, uptime
from core.storage.database import Connection
from core.storage.statistics import Asked, Period
from gateway.deployment import Deployment
from gateway.statistics.asking import figures_of
from gateway.statistics.files import FILES, file_of
from gateway.statistics.wording import as_of

MOST = 2000


def reports_of(deployment: Deployment) -> PeriodReports:
    """The reports of this deployment."""
    return PeriodReports(
        deployment.database, safe=deployment.safe, regulation=deployment.regulation, now=deployment.now
    )


def may_prepare(member: Member, role: str) -> bool:
    """Whoever the regulation has make the report."""
    return member.holds(role)


def may_read(member: Member, deployment: Deployment) -> bool:
    """The centre, the owner, those they report to, and administrators."""
    return member.holds(ADMIN) or member.is_centre(deployment.regulation.current)


async def prepare(deployment: Deployment, wanted: Wanted, *, by: str) -> str:
    """Put the report together as of the end of its days, and keep it. AlreadySent, VersionConflict."""
    until = end_of(wanted.last)
    period = Period(midnight(wanted.first), until, until)
    figures, tables = await tables_of(deployment, wanted.entry.about, period)
    title = f"{wanted.entry.label} từ {wanted.first:%d/%m/%Y} đến {wanted.last:%d/%m/%Y}"
    subtitle = f"{deployment.settings.office}. {as_of(period)}."
    making = partial(file_of, deployment, title=title, subtitle=subtitle, tables=tables, figures=figures)
    files = await asyncio.gather(*map(making, FILES))
    return await reports_of(deployment).prepare(wanted, dict(zip(FILES, files, strict=True)), until=until, by=by)


async def tables_of(deployment: Deployment, about: str, period: Period) -> tuple[Figures, list[Sheet]]:
    """What stands in a report about everything, or about reputations only (DL-II.2.3a.u), and its figures."""
    if about == "reputation":
        figures = await figures_of(deployment, period)
        harmed = await deployment.database.read(partial(_harmed, period=period))
        return figures, _filled([reputations(harmed, Labels(deployment.regulation))])
    counting = figures_of(deployment, period), _lists(deployment, period), _service(deployment, period)
    figures, lists, service = await asyncio.gather(*counting)
    places = ranking(figures.agencies, await heads_of(deployment, figures))
    return figures, _filled([*sheets(figures), *lists, places, service])


async def _lists(deployment: Deployment, period: Period) -> list[Sheet]:
    """Cases that are late, stuck, or were explained; looked for side by side, since each look takes a while."""
    read, labels = deployment.database.read, Labels(deployment.regulation)
    days = deployment.settings.statistics.stuck_days
    running, silent = Asked("limit", open=True, late=True), period.until - timedelta(days=days)
    late, unmoved = await asyncio.gather(
        read(partial(statistics.behind, period=period, asked=running, most=MOST)),
        read(partial(statistics.still, period=period, since=silent, most=MOST)),
    )
    made = [overdue(late, labels, until=period.until), stuck(unmoved, labels, days=days)]
    if wants_explanations(deployment.regulation.current):
        made.append(explanations(await explained(deployment.database, deployment.safe, period), labels))
    return made


def _filled(tables: Sequence[Sheet]) -> list[Sheet]:
    return [one for one in tables if one.rows]


async def _service(deployment: Deployment, period: Period) -> Sheet:
    read, until = deployment.database.read, min(period.end, period.until)
    there = await read(partial(uptime.between, first=period.first, until=until))
    came = await read(partial(uptime.arrivals, first=period.first, until=until))
    return technical(there, came, Labels(deployment.regulation))


async def heads_of(deployment: Deployment, figures: Figures) -> Mapping[str, str]:
    """Agency → who leads it today: whoever approves its answers (LS-12 ranks agencies and their heads)."""
    pack = deployment.regulation.current
    leading = {role for move in pack.moves_for("approve") for role in move.by if pack.roles[role].level == "agency"}
    roles = tuple(leading) or explainers(pack)
    ids = [one.id for one in figures.agencies]
    found = await deployment.database.read(partial(staff_lists.colleagues, agency_ids=ids))
    names: dict[str, list[str]] = {}
    for one in found:
        if one.role in roles:
            names.setdefault(one.agency_id, []).append(one.name)
    return {agency: ", ".join(sorted(set(some))) for agency, some in names.items()}


def _harmed(connection: Connection, period: Period) -> list[Reputation]:
    """Cases whose harm to a reputation was confirmed within the period."""
    found = []
    for case_id, at in period_reports.confirmed(connection, first=period.first, until=min(period.end, period.until)):
        case = Case.model_validate(cases.load(connection, case_id).state)
        answered = tuple(dict.fromkeys(one.kind for one in case.publications if one.at < period.until))
        found.append(Reputation(case.code, case.category or "", case.lead_agency or "", at, answered))
    return found
