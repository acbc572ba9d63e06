"""
`/console/ho-so/{case}/van-ban/{letter}`: a letter before it is sent and afterwards.

The page and its preview are masked; the PDF names its reporter for whoever may know, and the reading is noted (VN-4).
"""

from __future__ import annotations

from aiohttp import web

from channels.base import clean_text
from core.service.letters import Made
from core.service.reading.letters import Draft, StaffLetter
from gateway.auth import require_staff
from gateway.console.casefile import ACTING, read_view
from gateway.console.fields import LONGEST, MOST_CHOSEN, Posted
from gateway.console.shared import line_of, member_of, reader_of
from gateway.deployment import DEPLOYMENT
from gateway.letters import Form, draw

REPORT = "phan-anh"
FOLDER = "van-ban"


@require_staff()
async def show_letter(request: web.Request) -> web.StreamResponse:
    """The letter as a page, masked."""
    name = request.match_info["letter"]
    return await _answer(request, await _letter(request, name), "html")


@require_staff()
async def preview(request: web.Request) -> web.StreamResponse:
    """The letter with what stands in the form, as it would be if it were sent now."""
    made = await drafted(request, request.match_info["letter"], await request.post())
    return (await draw(request.app[DEPLOYMENT].clerk.letters.desk, made, "html")).response()


@require_staff()
async def download(request: web.Request) -> web.StreamResponse:
    """The PDF, with the reporter's name for whoever may know it; noted before it is drawn."""
    posted = await request.post()
    view = await read_view(request, acting=line_of(posted.get(ACTING)))
    letter = await _letter(
        request,
        request.match_info["letter"],
        report_id=line_of(posted.get(REPORT)),
        acting=line_of(posted.get(ACTING)),
        reveal=view.may_reveal,
    )
    return await _answer(request, letter, "pdf")


async def drafted(request: web.Request, name: str, posted: Posted) -> Made:
    """The letter of this name with what stands in a form, masked."""
    draft = Draft(
        text=answer_in(posted, "text") or "…",
        media=tuple(map(line_of, posted.getall("media", [])[:MOST_CHOSEN])),
        agency=line_of(posted.get("agency")),
        reference=line_of(posted.get("reference")),
    )
    return await _made(request, name, await _letter(request, name, draft=draft, acting=line_of(posted.get(ACTING))))


async def _letter(
    request: web.Request,
    name: str,
    *,
    report_id: str | None = None,
    draft: Draft | None = None,
    acting: str | None = None,
    reveal: bool = False,
) -> StaffLetter:
    chosen = request.query.get(ACTING, "") if acting is None else acting
    member = member_of(request)
    return await reader_of(request).letter(
        request.match_info["case"],
        name,
        member,
        report_id=request.query.get(REPORT, "") if report_id is None else report_id,
        draft=draft,
        acting=chosen if chosen in member.agencies else "",
        reveal=reveal,
    )


async def _answer(request: web.Request, letter: StaffLetter, form: Form) -> web.Response:
    made = await _made(request, request.match_info["letter"], letter)
    return (await draw(request.app[DEPLOYMENT].clerk.letters.desk, made, form)).response()


async def _made(request: web.Request, name: str, letter: StaffLetter) -> Made:
    desk = request.app[DEPLOYMENT].clerk.letters.desk
    return await desk.make(letter.pack, letter.told, name=name, draft=letter.draft)


def answer_in(posted: Posted, field: str) -> str:
    """The words of an answer as a form holds them."""
    given = posted.get(field)
    return clean_text(given)[:LONGEST].strip() if isinstance(given, str) else ""
