"""`/console/cuoc-goi`: who is owed a call, by when, what they said; all calls; and storm mode."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web

from core.contract.errors import VersionConflict
from core.contract.schema import CallOutcome
from core.identity import phones
from core.service.absent import absent_files
from core.service.calls import GIVEN_UP, NOT_REACHED, REACHED, RESULTS, CallBook, HeldCall
from gateway.auth import staff_of
from gateway.auth.targets import see_other
from gateway.call_notes import NOTES, wrap_up_codes
from gateway.console.shared import HOME, line_of, next_page, read_after, require_caretaker, show
from gateway.deployment import DEPLOYMENT

PAGE = f"{HOME}/cuoc-goi"
STORM = f"{PAGE}/cao-diem"
CHANGED = "Cuộc gọi này vừa có người khác gọi lại. Vui lòng xem lại danh sách."
WITHHELD = "Số bị ẩn"
OUTCOMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        CallOutcome.SERVED: ("Đã phục vụ", "ok"),
        CallOutcome.REPORTED: ("Có phản ánh", "info"),
        CallOutcome.MISSED: ("Gọi nhỡ", "warn"),
        CallOutcome.CALLBACK: ("Hẹn gọi lại", "warn"),
        CallOutcome.EMERGENCY: ("Khẩn cấp", "danger"),
        CallOutcome.NOT_REACHED: ("Không liên lạc được", "warn"),
        CallOutcome.NOT_TRIED: ("Chưa gọi được", "neutral"),
    }
)
ANSWERS: Mapping[str, str] = MappingProxyType(
    {REACHED: "Đã gọi lại", NOT_REACHED: "Không liên lạc được", GIVEN_UP: "Không cần gọi"}
)


@require_caretaker
async def show_calls(request: web.Request) -> web.StreamResponse:
    """Those owed a call, the most urgent first; below them all calls, the newest first."""
    return await show_page(request)


@require_caretaker
async def call_back(request: web.Request) -> web.StreamResponse:
    """What came of calling somebody back."""
    form = await request.post()
    result, attempts = line_of(form.get("ket_qua")), line_of(form.get("lan"))
    if result not in RESULTS or not attempts.isdecimal():
        raise web.HTTPBadRequest
    by = staff_of(request).id
    try:
        await book_of(request).called(request.match_info["call"], result, by=by, attempts=int(attempts))
    except VersionConflict:
        return await show_page(request, status=409, problem=CHANGED)
    return see_other(f"{PAGE}?xong=goi-lai")


@require_caretaker
async def switch_storm(request: web.Request) -> web.StreamResponse:
    """Storm mode on or off, from the next call on."""
    on = line_of((await request.post()).get("bat")) == "1"
    await book_of(request).set_storm(on, by=staff_of(request).id)
    return see_other(f"{PAGE}?xong={'bat' if on else 'tat'}-cao-diem")


async def show_page(request: web.Request, *, status: int = 200, problem: str = "") -> web.StreamResponse:
    """The page. `problem`: what could not be done just now."""
    book, after = book_of(request), read_after(request)
    owed, calls = () if after else await book.owed(), await book.newest(after=after)
    keys = [key for call in (*owed, *calls.items) for key in call.labels]
    deployment, ids = request.app[DEPLOYMENT], [call.row.id for call in (*owed, *calls.items)]
    notes = request.app.get(NOTES)
    return show(
        request,
        "calls.html",
        notes=await notes.of_calls(ids) if notes else {},
        written=await notes.reports_of(ids) if notes else {},
        codes=wrap_up_codes(deployment.settings),
        status=status,
        problem=problem,
        owed=owed,
        calls=calls.items,
        more=next_page(request, calls.after),
        storm=await book.storm(),
        outcomes=OUTCOMES,
        answers=ANSWERS,
        number=number_of,
        dials=request.app[DEPLOYMENT].settings.takes_calls,
        kinds=dict.fromkeys(keys, "audio"),
        absent=await absent_files(deployment.database, deployment.regulation, keys),
    )


def number_of(call: HeldCall) -> str:
    """Only its last digits: the whole number stands in the conversation, where its reading is logged."""
    facts = call.facts
    return phones.masked(facts.call_back_to) if facts and facts.call_back_to else WITHHELD


def book_of(request: web.Request) -> CallBook:
    """The calls of this deployment."""
    return request.app[DEPLOYMENT].intake.calls
