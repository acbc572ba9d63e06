"""`/console/cung-cap`: records for a state body that asks for them, and the book of what was given (TG-11.1)."""

from __future__ import annotations

import asyncio
import io
import tempfile
from dataclasses import dataclass
from functools import partial
from io import BufferedRandom

import structlog
from aiohttp import web

from channels.base import clean_text
from core.clock.zone import local
from core.contract.errors import CaseError
from core.service.handing_out import HandingOut, Wish
from core.storage import staff_lists
from core.storage.handouts import HandoutRow
from gateway.auth.targets import see_other
from gateway.console.shared import day_in, line_of, member_of, now_of, reader_of, require_caretaker, show
from gateway.deployment import DEPLOYMENT

PAGE = "/console/cung-cap"
LONGEST_REASON = 500
log = structlog.get_logger()

_CHUNK = 1 << 16
_LINES = ("noi-nhan", "so-van-ban", "can-cu", "tu-ngay", "den-ngay", "kem-nguoi-gui")
_NO_DOCUMENT = "Vui lòng nhập số, ngày văn bản yêu cầu."
_NO_GROUND = "Vui lòng nhập căn cứ pháp lý của cơ quan yêu cầu."
_NO_RECIPIENT = "Vui lòng nhập cơ quan nhận hồ sơ."
_NO_REASON = "Vui lòng nhập lý do."
_NO_PERIOD = "Vui lòng chọn ngày bắt đầu và ngày kết thúc; ngày bắt đầu không sau ngày kết thúc."


@dataclass(frozen=True)
class Line:
    """A line of the book, with the names of whoever asked for it and of whoever decided."""

    row: HandoutRow
    by: str
    decided_by: str


@require_caretaker
async def show_page(request: web.Request) -> web.StreamResponse:
    """The form and the book."""
    return await _page(request, {}, {})


@require_caretaker
async def ask(request: web.Request) -> web.StreamResponse:
    """Into the book, for a colleague to look at; or the form again with what is missing."""
    form = await request.post()
    typed = {name: line_of(form.get(name)) for name in _LINES}
    reason = form.get("ly-do")
    typed["ly-do"] = clean_text(reason).strip()[:LONGEST_REASON] if isinstance(reason, str) else ""
    wish, errors = _read(typed)
    if wish is None:
        return await _page(request, typed, errors, status=422)
    try:
        await _service(request).ask(wish, member_of(request))
    except CaseError as error:
        return await _page(request, typed, {"": error.vi}, status=422)
    return see_other(f"{PAGE}?xong=de-nghi-cung-cap")


@require_caretaker
async def give(request: web.Request) -> web.StreamResponse:
    """The file, for whoever looked at what a colleague asked for."""
    with tempfile.TemporaryFile(dir=request.app[DEPLOYMENT].settings.data) as file:  # nameless: a crash leaves none
        try:
            row = await _service(request).give(request.match_info["handout"], member_of(request), into=file)
        except CaseError as error:
            return await _page(request, {}, {"": error.vi}, status=409)
        return await _send(request, file, row)


@require_caretaker
async def refuse(request: web.Request) -> web.StreamResponse:
    """It does not leave."""
    try:
        await _service(request).refuse(request.match_info["handout"], member_of(request))
    except CaseError as error:
        return await _page(request, {}, {"": error.vi}, status=409)
    return see_other(f"{PAGE}?xong=tu-choi-cung-cap")


@require_caretaker
async def list_cases(request: web.Request) -> web.StreamResponse:
    """Which cases went out with one of the book, as a table for whoever looks after it."""
    handout = request.match_info["handout"]
    text = await _service(request).cases(handout)
    log.info("handout_cases_listed", user=member_of(request).id, handout=handout)
    headers = {"Content-Disposition": 'attachment; filename="ho-so-da-cung-cap.csv"', "Cache-Control": "no-store"}
    return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)


def _read(typed: dict[str, str]) -> tuple[Wish | None, dict[str, str]]:
    """What is wished, or what is wrong with it, field by field."""
    since, until = day_in(typed["tu-ngay"]), day_in(typed["den-ngay"])
    wrong = {
        "noi-nhan": "" if typed["noi-nhan"] else _NO_RECIPIENT,
        "so-van-ban": "" if typed["so-van-ban"] else _NO_DOCUMENT,
        "can-cu": "" if typed["can-cu"] else _NO_GROUND,
        "ly-do": "" if typed["ly-do"] else _NO_REASON,
        "tu-ngay": "" if since and until and since <= until else _NO_PERIOD,
    }
    errors = {name: sentence for name, sentence in wrong.items() if sentence}
    if errors or since is None or until is None:
        return None, errors
    named = {"document": typed["so-van-ban"][:120], "ground": typed["can-cu"]}
    return Wish(typed["noi-nhan"], typed["ly-do"], since, until, bool(typed["kem-nguoi-gui"]), **named), {}


def _service(request: web.Request) -> HandingOut:
    deployment = request.app[DEPLOYMENT]
    return HandingOut(deployment.database, reader_of(request), packs=deployment.regulation.packs, now=deployment.now)


async def _send(request: web.Request, file: BufferedRandom, row: HandoutRow) -> web.StreamResponse:
    name = f"ho-so-{row.received_from.isoformat()}-{row.received_until.isoformat()}.zip"
    response = web.StreamResponse(
        headers={
            "Content-Type": "application/zip",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        }
    )
    response.content_length = file.seek(0, io.SEEK_END)
    file.seek(0)
    await response.prepare(request)
    while piece := await asyncio.to_thread(file.read, _CHUNK):
        await response.write(piece)
    await response.write_eof()
    return response


async def _page(
    request: web.Request, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.StreamResponse:
    rows = await _service(request).book()
    users = {user for row in rows for user in (row.user_id, row.decided_by) if user}
    names = await request.app[DEPLOYMENT].database.read(partial(staff_lists.user_names, ids=users))
    return show(
        request,
        "handing_out.html",
        status=status,
        typed=typed,
        errors=errors,
        problem=errors.get(""),
        today=local(now_of(request)).date().isoformat(),
        lines=[Line(row, names.get(row.user_id, row.user_id), names.get(row.decided_by or "", "")) for row in rows],
        me=member_of(request).id,
    )


def mount(router: web.UrlDispatcher) -> None:
    """Their addresses."""
    one = f"{PAGE}/{{handout:[0-9a-f]{{32}}}}"
    router.add_get(PAGE, show_page)
    router.add_post(PAGE, ask)
    router.add_get(f"{one}/danh-sach", list_cases)
    router.add_post(f"{one}/duyet", give)
    router.add_post(f"{one}/tu-choi", refuse)
