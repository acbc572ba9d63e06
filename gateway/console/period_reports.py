"""
`/console/bao-cao`: reports that the regulation wants of a period: what is owed, prepared, sent; and explanations.

Whom the regulation names prepares and sends; the centre and administrators read. Agencies see what
they have to explain.
"""

from __future__ import annotations

from functools import partial

from aiohttp import web

from core.contract.errors import NotFound, VersionConflict
from core.regulations.model import Pack
from core.regulations.sections import PeriodReport
from core.service.statistics import PeriodUnknown, usual_periods
from core.service.statistics.explanations import explained, wants_explanations
from core.service.statistics.labels import Labels
from core.service.statistics.reminding import due_words
from core.service.statistics.reporting import AlreadySent, Shelf
from core.storage import staff_lists
from core.storage.period_reports import ReportRow
from gateway.auth import NotAllowed, require_staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.figure_cases import wanted_period, wanted_query
from gateway.console.shared import HOME, day_in, line_of, member_of, now_of, show
from gateway.console.statistics import attachment
from gateway.deployment import DEPLOYMENT
from gateway.roles import role_label
from gateway.statistics.files import FILES
from gateway.statistics.reports import may_prepare, may_read, prepare, reports_of
from gateway.statistics.wording import days_of

PAGE = f"{HOME}/bao-cao"
EXPLAINING = f"{PAGE}/giai-trinh"
_ID = "{report:[0-9a-f]{32}}"
NOT_OVER = "Chưa soạn được báo cáo này: kỳ báo cáo chưa kết thúc, hoặc không có trong quy chế."
CHANGED = "Báo cáo này vừa được người khác soạn lại hoặc gửi. Vui lòng xem lại."
NO_RECIPIENT = "Vui lòng ghi nơi nhận."


@require_staff()
async def show_reports(request: web.Request) -> web.StreamResponse:
    """What is owed by when, what is ready and what was sent."""
    return await _page(request)


@require_staff()
async def prepare_report(request: web.Request) -> web.StreamResponse:
    """Make the files of one report, as of the end of its days."""
    deployment, form = request.app[DEPLOYMENT], await request.post()
    first, last = day_in(line_of(form.get("tu"))), day_in(line_of(form.get("den")))
    name = line_of(form.get("bao-cao"))
    wanted = reports_of(deployment).wanted(name, first, last) if first and last else None
    if wanted is None:
        return await _page(request, status=422, problem=NOT_OVER)
    if not may_prepare(member_of(request), wanted.entry.role):
        raise NotAllowed("for whom the regulation names")
    try:
        await prepare(deployment, wanted, by=staff_of(request).id)
    except (AlreadySent, VersionConflict):
        return await _page(request, status=409, problem=CHANGED)
    return see_other(f"{PAGE}?xong=soan-bao-cao")


@require_staff()
async def send_report(request: web.Request) -> web.StreamResponse:
    """Note that a report left, to whom."""
    reports, form = reports_of(request.app[DEPLOYMENT]), await request.post()
    row = await _found(request)
    pack = request.app[DEPLOYMENT].regulation.current
    if row.report not in pack.reports or not may_prepare(member_of(request), pack.reports[row.report].role):
        raise NotAllowed("for whom the regulation names")
    to, version = line_of(form.get("noi-nhan")), line_of(form.get("ban"))
    if not to:
        return await _page(request, status=422, problem=NO_RECIPIENT)
    try:
        await reports.send(row.id, int(version) if version.isdecimal() else 0, to=to, by=staff_of(request).id)
    except VersionConflict:
        return await _page(request, status=409, problem=CHANGED)
    return see_other(f"{PAGE}?xong=gui-bao-cao")


@require_staff()
async def download(request: web.Request) -> web.StreamResponse:
    """A file as it was made."""
    _require_reader(request)
    row, kind = await _found(request), request.match_info["kind"]
    body = await reports_of(request.app[DEPLOYMENT]).file(row.id, kind)
    return attachment(body, kind, title=f"{row.label} {row.first} {row.last}", plain="bao-cao")


@require_staff()
async def show_explanations(request: web.Request) -> web.StreamResponse:
    """What was late in a period, with what its agency says; everybody sees their own (LS-14.4)."""
    deployment = request.app[DEPLOYMENT]
    offered = usual_periods(now_of(request))
    try:
        period = wanted_period(request, default=offered[0][0])
    except PeriodUnknown as error:
        raise web.HTTPNotFound from error
    rows = await explained(deployment.database, deployment.safe, period)
    names = await deployment.database.read(partial(staff_lists.user_names, ids={row.by for row in rows if row.by}))
    return show(
        request,
        "explanations.html",
        rows=rows,
        names=names,
        labels=Labels(deployment.regulation),
        offered=offered,
        chosen=wanted_query(request, default=offered[0][0]).get("ky", ""),
        days=days_of(period),
        asked=wants_explanations(deployment.regulation.current),
    )


def _require_reader(request: web.Request) -> None:
    deployment, member = request.app[DEPLOYMENT], member_of(request)
    roles = {entry.role for entry in deployment.regulation.current.reports.values()}
    if not (may_read(member, deployment) or member.holds(*roles)):
        raise NotAllowed("for the centre and whom the regulation names")


async def _found(request: web.Request) -> ReportRow:
    try:
        return await reports_of(request.app[DEPLOYMENT]).find(request.match_info["report"])
    except NotFound as error:
        raise web.HTTPNotFound from error


async def _page(request: web.Request, *, status: int = 200, problem: str = "") -> web.Response:
    _require_reader(request)
    deployment, member = request.app[DEPLOYMENT], member_of(request)
    shelf = await reports_of(deployment).shelf()
    pack = deployment.regulation.current
    return show(
        request,
        "period_reports.html",
        status=status,
        problem=problem,
        shelf=shelf,
        now=now_of(request),
        kinds=FILES,
        names=await deployment.database.read(partial(staff_lists.user_names, ids=_people(shelf))),
        due=due_words,
        role=partial(role_label, pack),
        recipients=partial(_recipients, pack),
        mine={name for name, entry in pack.reports.items() if may_prepare(member, entry.role)},
        demanded={name: entry for name, entry in pack.reports.items() if entry.every == "demand"},
        asked=wants_explanations(pack),
    )


def _recipients(pack: Pack, entry: PeriodReport) -> str:
    """Whom the regulation names, to begin with."""
    return ", ".join(role_label(pack, role) for role in entry.to) or entry.subject


def _people(shelf: Shelf) -> set[str]:
    rows = [row for _, row in shelf.owed if row] + list(shelf.others)
    return {who for row in rows for who in (row.prepared_by, row.sent_by) if who}


def mount(router: web.UrlDispatcher) -> None:
    """Its addresses."""
    router.add_get(PAGE, show_reports)
    router.add_post(PAGE, prepare_report)
    router.add_get(EXPLAINING, show_explanations)
    router.add_post(f"{PAGE}/{_ID}/gui", send_report)
    router.add_get(f"{PAGE}/{_ID}/tep.{{kind:{'|'.join(FILES)}}}", download)
