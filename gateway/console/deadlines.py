"""
`/console/thoi-han`: open work by agency and step, late first; what the regulation sets no time for is said so.

Whoever leads or oversees sees their own agencies, the centre all of them (TG-2.2, TG-P1.II.4b).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from aiohttp import web

from core.regulations.model import Pack
from core.service.actors import reach
from core.service.regulation import Regulation
from core.storage import deadlines
from core.storage.deadlines import SOON, STATES, Step
from gateway.auth import NotAllowed, require_staff
from gateway.console.shared import HOME, line_of, member_of, now_of, show
from gateway.deployment import DEPLOYMENT
from gateway.roles import role_label

PAGE = f"{HOME}/thoi-han"
CASES = f"{PAGE}/ho-so"
MOST = 200
CENTRE = "Trung tâm"
LABELS: Mapping[str, str] = MappingProxyType(
    {"overdue": "Quá hạn", "soon": "Còn dưới 4 giờ", "ok": "Còn hạn", "unset": "Không quy định"}
)


@dataclass(frozen=True)
class Row:
    """One step as it is shown; `counts`: by state."""

    agency: str
    agency_label: str
    role_label: str
    stage: str
    stage_label: str
    step: Step

    def count(self, state: str) -> int:
        """How many pieces of work stand so."""
        return int(getattr(self.step, state))


@require_staff()
async def show_board(request: web.Request) -> web.StreamResponse:
    """Every step with open work that this person may see."""
    deployment, now = request.app[DEPLOYMENT], now_of(request)
    regulation = deployment.regulation
    asked = partial(deadlines.board, now=now, soon=now + SOON, agencies=_reach(request))
    rows = list(_rows(await deployment.database.read(asked), regulation))
    sums = {state: sum(row.count(state) for row in rows) for state in STATES}
    return show(request, "deadlines.html", rows=rows, sums=sums, labels=LABELS, states=STATES)


@require_staff()
async def show_cases(request: web.Request) -> web.StreamResponse:
    """The work behind one number. NotAllowed: of an agency that is not theirs to see."""
    agency, stage, state = (line_of(request.query.get(name)) for name in ("co-quan", "buoc", "muc"))
    allowed = _reach(request)
    if allowed is not None and agency not in allowed:
        raise NotAllowed("another agency's work")
    deployment, now = request.app[DEPLOYMENT], now_of(request)
    asked = partial(deadlines.waiting, agency=agency, stage=stage, state=state, now=now, soon=now + SOON, most=MOST)
    rows = await deployment.database.read(asked)
    categories = deployment.regulation.current.intake.categories
    return show(
        request,
        "deadlines_cases.html",
        rows=[(row, categories[row.category].label if row.category in categories else "") for row in rows],
        agency=_agency_label(agency, deployment.regulation),
        stage=_stage_label(stage, deployment.regulation.packs),
        state=LABELS.get(state, ""),
        most=MOST,
    )


def _reach(request: web.Request) -> frozenset[str] | None:
    regulation = request.app[DEPLOYMENT].regulation
    return reach(member_of(request), packs=regulation.packs, agencies=regulation.agencies)


def _rows(steps: Iterable[Step], regulation: Regulation) -> Iterable[Row]:
    """The late first, then those with the most work."""
    for step in sorted(steps, key=lambda one: (-one.overdue, -one.soon, -one.total, one.agency)):
        yield Row(
            agency=step.agency,
            agency_label=_agency_label(step.agency, regulation),
            role_label=role_label(regulation.current, step.role),
            stage=step.stage,
            stage_label=_stage_label(step.stage, regulation.packs),
            step=step,
        )


def _agency_label(agency: str, regulation: Regulation) -> str:
    return regulation.agencies.name(agency) if agency else CENTRE


def _stage_label(stage: str, packs: Iterable[Pack]) -> str:
    """As the newest regulation that knows the stage words it, of a case, an agency's part, or help."""
    for pack in packs:
        for stages in (pack.stages.case, pack.stages.dispatch, pack.stages.coordination):
            if stage in stages:
                return stages[stage].label
    return stage


def mount(router: web.UrlDispatcher) -> None:
    """Its addresses."""
    router.add_get(PAGE, show_board)
    router.add_get(CASES, show_cases)
