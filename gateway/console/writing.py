"""`/console/nhap-phan-anh`: reception writes down what somebody tells, during a call or at the desk."""

from __future__ import annotations

import hashlib

from aiohttp import web

from core.contract.errors import IntakeUnavailable
from core.contract.schema import new_id
from gateway.auth import require_staff, staff_of
from gateway.call_notes import NOTES
from gateway.console.phone.notes import note_call, note_of, with_tray
from gateway.console.shared import line_of, show
from gateway.deployment import DEPLOYMENT
from gateway.portal.checks import Problem
from gateway.portal.fields import MAY_LACK, Filled, read_fields, told_agreement
from gateway.portal.form_page import form_values
from gateway.portal.handing_in import digest_of
from gateway.portal.on_behalf import GROUNDS, RECEPTION, Elsewhere, write_down

PAGE = "/console/nhap-phan-anh"
BEGIN = f"{PAGE}/moi"


@require_staff(RECEPTION)
async def show_form(request: web.Request) -> web.StreamResponse:
    """An empty form."""
    return _form(request, Filled({}), sheet=new_id())


@require_staff(RECEPTION)
async def begin(request: web.Request) -> web.StreamResponse:
    """
    The same for a caller: their number stands in it, which is why it is in no address.

    One call has one first sheet, so that a page loaded again goes on with it.
    """
    posted = await request.post()
    sheet = line_of(posted.get("cuoc-goi")) or new_id()
    await note_call(request, sheet)
    return _form(request, Filled({"phone": line_of(posted.get("so"))}), sheet=sheet)


@require_staff(RECEPTION)
async def take(request: web.Request) -> web.StreamResponse:
    """
    Take it, or show what is missing; pressed twice, it is one report, and other words are another one.

    What a caller tells beyond the first report of their call is a report like any that is told at the desk.
    """
    posted = await request.post()
    filled, sheet = read_fields(posted, lackable=MAY_LACK), line_of(posted.get("to"))
    submission_id = hashlib.sha256(f"{staff_of(request).id}\0{sheet}\0{digest_of(filled)}".encode()).hexdigest()
    note = await note_of(request, sheet)
    first = None if note and note.report else note
    filled = await with_tray(request, first, filled) if first else filled
    try:
        ground = line_of(posted.get("ground"))
        taken = await write_down(request, filled, submission_id=submission_id, ground=ground)
    except IntakeUnavailable as error:
        return _form(request, filled, sheet=sheet, found=[Problem("", error.vi)], status=503)
    if isinstance(taken, list):
        return _form(request, filled, sheet=sheet, found=taken, status=422)
    if isinstance(taken, Elsewhere):
        if first:
            await request.app[NOTES].belongs_elsewhere(first)
        return _form(request, filled, sheet=sheet, elsewhere=taken.text, status=422)
    if note:
        await request.app[NOTES].written(note, taken.code)
    return show(request, "written.html", code=taken.code, pin=taken.pin, sheet=sheet)


def _form(
    request: web.Request,
    filled: Filled,
    *,
    sheet: str,
    found: list[Problem] | None = None,
    elsewhere: str = "",
    status: int = 200,
) -> web.Response:
    """
    What is wrong stands above it; `elsewhere`: where the citizen goes with a khiếu nại or a tố cáo, unless it is none.

    htmx shows a page only where it was answered with 200.
    """
    values = form_values(request, filled, found or [])
    values["agreement"] = told_agreement(request.app[DEPLOYMENT].settings.office)
    shown = 200 if "HX-Request" in request.headers else status
    grounds = GROUNDS if elsewhere else {}
    return show(request, "writing.html", status=shown, sheet=sheet, elsewhere=elsewhere, grounds=grounds, **values)
