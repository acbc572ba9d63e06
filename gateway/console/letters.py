"""
`/console/ho-so/{case}/van-ban/{letter}`: a letter before it is sent and afterwards.

The page and its preview are masked; the PDF names its reporter for whoever may know, and the reading is noted (VN-4).
"""

from __future__ import annotations

from aiohttp import web

from channels.base import clean_text
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
    return await _answer(request, await _letter(request), "html")


@require_staff()
async def preview(request: web.Request) -> web.StreamResponse:
    """The letter with what stands in the form, as it would be if it were sent now."""
    posted = await request.post()
    draft = Draft(
        text=_text(posted) or "…",
        media=tuple(map(line_of, posted.getall("media", [])[:MOST_CHOSEN])),
        agency=line_of(posted.get("agency")),
        reference=line_of(posted.get("reference")),
    )
    return await _answer(request, await _letter(request, draft=draft, acting=line_of(posted.get(ACTING))), "html")


@require_staff()
async def download(request: web.Request) -> web.StreamResponse:
    """The PDF, with the reporter's name for whoever may know it; noted before it is drawn."""
    posted = await request.post()
    view = await read_view(request, acting=line_of(posted.get(ACTING)))
    letter = await _letter(
        request, report_id=line_of(posted.get(REPORT)), acting=line_of(posted.get(ACTING)), reveal=view.may_reveal
    )
    return await _answer(request, letter, "pdf")


async def _letter(
    request: web.Request,
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
        request.match_info["letter"],
        member,
        report_id=request.query.get(REPORT, "") if report_id is None else report_id,
        draft=draft,
        acting=chosen if chosen in member.agencies else "",
        reveal=reveal,
    )


async def _answer(request: web.Request, letter: StaffLetter, form: Form) -> web.Response:
    desk = request.app[DEPLOYMENT].clerk.letters.desk
    made = await desk.make(letter.pack, letter.told, name=request.match_info["letter"], draft=letter.draft)
    return (await draw(desk, made, form)).response()


def _text(posted: Posted) -> str:
    given = posted.get("text")
    return clean_text(given)[:LONGEST].strip() if isinstance(given, str) else ""
