"""The auditor's page: questions to both logs, each of them a line in the log itself; the chain of a case, or of all."""

from __future__ import annotations

import asyncio
from functools import partial

import structlog
from aiohttp import web

from core.cases.model import Case
from core.clock import local
from core.contract.errors import NotFound
from core.service.actors import ADMIN
from core.service.checking import Finding
from core.storage import people, reports
from gateway.admin.services import auditor_of
from gateway.auth import NotAllowed, require_staff
from gateway.auth.targets import see_other
from gateway.console.audit.book import book_of
from gateway.console.audit.rows import EXPORTED, LOOKED, Found, read_lines
from gateway.console.audit.rows import PAGE as LINES
from gateway.console.audit.run import AUDIT_RUN, AuditRun
from gateway.console.audit.wish import ACTS, Wish, read_wish
from gateway.console.shared import After, member_of, next_page, now_of, read_after, reader_of, require_caretaker, show
from gateway.deployment import DEPLOYMENT
from gateway.statistics.spreadsheet import MEDIA_TYPE

PAGE = "/console/nhat-ky"
FILE = f"{PAGE}/xlsx"
CHECK = f"{PAGE}/kiem-tra"
MOST_IN_A_FILE = 20_000
CUT = f"Chỉ gồm {MOST_IN_A_FILE:,} dòng mới nhất; vui lòng chọn ít ngày hơn".replace(",", ".")
UNKNOWN = "Không tìm thấy hồ sơ có mã này."
TITLES = {False: "Nhật ký xem dữ liệu cá nhân", True: "Nhật ký công việc"}

log = structlog.get_logger()


def mount(app: web.Application) -> None:
    """The page, its file, and the proof over everything."""
    app[AUDIT_RUN] = AuditRun(app[DEPLOYMENT])
    app.on_cleanup.append(app[AUDIT_RUN].stop)
    app.router.add_get(PAGE, show_log)
    app.router.add_get(FILE, download)
    app.router.add_post(CHECK, check)


@require_caretaker
async def show_log(request: web.Request) -> web.StreamResponse:
    """The lines that were asked for; of one case also whether its chain holds."""
    wish = _wish(request)
    if wish.problem or not wish.asks:
        return await _page(request, wish, status=422 if wish.problem else 200)
    try:
        case = await _case(request, wish)
    except NotFound:
        return await _page(request, wish, error=UNKNOWN, status=404)
    found = await _lines(request, wish, case, after=read_after(request))
    findings = await auditor_of(request.app[DEPLOYMENT]).verify_case(case.id) if case else []
    await _note(request, LOOKED, wish, case)
    return await _page(request, wish, case=case, found=found, findings=findings)


@require_caretaker
async def download(request: web.Request) -> web.StreamResponse:
    """The same as a workbook, from the first line on; one that is cut says so."""
    wish = _wish(request)
    if wish.problem or not wish.asks:
        raise web.HTTPBadRequest
    case = await _case(request, wish)
    found = await _lines(request, wish, case, most=MOST_IN_A_FILE, after=None)
    await _note(request, EXPORTED, wish, case)
    title = TITLES[wish.log == ACTS]
    question = " · ".join(filter(None, (_question(wish, case), CUT if found.after else "")))
    body = await asyncio.to_thread(book_of, title, question, found.lines)
    headers = {"Content-Disposition": 'attachment; filename="nhat-ky.xlsx"', "Cache-Control": "no-store"}
    return web.Response(body=body, content_type=MEDIA_TYPE, headers=headers)


@require_staff(ADMIN)
async def check(request: web.Request) -> web.StreamResponse:
    """Begin the proof over every case; the page says when it is done."""
    request.app[AUDIT_RUN].begin()
    log.info("audit_begun", user=member_of(request).id)
    return see_other(f"{PAGE}?xong=kiem-tra")


def _wish(request: web.Request) -> Wish:
    """What the address says. Raises NotAllowed: who may not ask about people does."""
    wish = read_wish(request.query, local(now_of(request)).date())
    if wish.asks and wish.beyond_a_case and not member_of(request).holds(ADMIN):
        raise NotAllowed("asking about people is for administrators")
    return wish


async def _case(request: web.Request, wish: Wish) -> Case | None:
    """The case that was asked for, if one was. NotFound."""
    if not wish.code:
        return None
    row = await request.app[DEPLOYMENT].database.read(partial(reports.by_code, code=wish.code))
    return await reader_of(request).case(row.case_id, member_of(request))


async def _lines(
    request: web.Request, wish: Wish, case: Case | None, *, after: After | None, most: int = LINES
) -> Found:
    deployment = request.app[DEPLOYMENT]
    read = partial(read_lines, wish=wish, case=case, regulation=deployment.regulation, most=most)
    return await deployment.database.read(partial(read, after=after))


async def _note(request: web.Request, what: str, wish: Wish, case: Case | None) -> None:
    """Who reads the log stands in it, with whom or what they asked about."""
    await reader_of(request).log(member_of(request), what, case.id if case else wish.about)


def _question(wish: Wish, case: Case | None) -> str:
    days = [f"{day:%d/%m/%Y}" for day in (wish.first, wish.last) if day]
    return " · ".join(part for part in (f"Hồ sơ {case.code}" if case else "", " – ".join(days)) if part)


async def _page(
    request: web.Request,
    wish: Wish,
    *,
    error: str = "",
    case: Case | None = None,
    found: Found | None = None,
    findings: list[Finding] | None = None,
    status: int = 200,
) -> web.Response:
    run, administers = request.app[AUDIT_RUN], member_of(request).holds(ADMIN)
    everybody = await request.app[DEPLOYMENT].database.read(people.all_users) if administers else []
    return show(
        request,
        "audit.html",
        status=status,
        wish=wish,
        error=error or wish.problem,
        case=case,
        found=found,
        findings=findings,
        more=next_page(request, found.after) if found else "",
        file=str(request.rel_url.with_path(FILE).with_query(request.query)),
        administers=administers,
        people=[(one.id, f"{one.display_name} ({one.login})") for one in everybody],
        run=run,
        last=await run.last() if administers else None,
    )
