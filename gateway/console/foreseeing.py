"""
Before anything is made public: what everybody would read, drawn by the portal's own page, and a text without names.

`…/{command}/xem-cong-khai` carries the command out in the hand and throws it away; `…/{command}/che-ten` gives the form
back with the reporters' personal data starred out of its text.
"""

from __future__ import annotations

from aiohttp import web

from core.cases.decide import Refusal
from core.contract.errors import NotFound
from core.service.actors import actor_for
from core.service.clerk import Foreseen
from core.service.publishing import RESULT
from gateway.auth import require_staff
from gateway.console import fields
from gateway.console.casefile import ACTING, PART, read_view
from gateway.console.covering import AS_PUBLIC
from gateway.console.fields import Typed
from gateway.console.files import kinds_of
from gateway.console.letter_list import PUBLISHING
from gateway.console.moves import find, move_page, resolve, subject_of
from gateway.console.shared import CASES, line_of, member_of, reader_of, show
from gateway.deployment import DEPLOYMENT
from gateway.pages import render

TEXT = "text"
AS_SEEN = "Bản xem trước, chưa công khai: người dân sẽ thấy đúng như dưới đây."
PERSONAL = "Nội dung còn thông tin của người phản ánh. Hãy bấm “Che tên, số” ở biểu mẫu trước khi công khai."


@require_staff()
async def foresee(request: web.Request) -> web.StreamResponse:
    """The page of the portal as it would be; or what the few may see who have the code; or why it is refused."""
    command, posted = request.match_info["command"], await request.post()
    if command not in PUBLISHING:
        raise NotFound(command)
    view = await read_view(request, acting=line_of(posted.get(ACTING)))
    typed = fields.read(command, posted)
    found = await _foreseen(request, typed, part=line_of(posted.get(PART)), acting=line_of(posted.get(ACTING)))
    if isinstance(found, Refusal):
        return show(request, "foreseen.html", status=found.http, view=view, refusal=found, base=f"{CASES}/{view.id}")
    if found.kind != RESULT:
        return show(request, "foreseen.html", view=view, found=found, base=f"{CASES}/{view.id}")
    told = await reader_of(request).redacted(view.id, member_of(request), found.shown.answer)
    kinds = await kinds_of(request.app[DEPLOYMENT], [file for file in view.files if file.key in found.shown.media])
    return render(
        request,
        "portal/result.html",
        shown=found.shown,
        files=[(key, f"{kinds.get(key, 'file')}/") for key in found.shown.media],
        here=f"{CASES}/{view.id}/{AS_PUBLIC}",
        preview=AS_SEEN if told == found.shown.answer else f"{AS_SEEN} {PERSONAL}",
    )


@require_staff()
async def redact(request: web.Request) -> web.StreamResponse:
    """The form as it was typed, its text without the personal data of who reported."""
    command, posted = request.match_info["command"], await request.post()
    view = await read_view(request, acting=line_of(posted.get(ACTING)))
    move, typed = find(view, command, line_of(posted.get(PART))), fields.read(command, posted)
    if move is None or not typed.has(TEXT):
        return await move_page(request, view, move, typed, None)
    told = await reader_of(request).redacted(view.id, member_of(request), typed.one(TEXT))
    return await move_page(request, view, move, Typed({**typed.values, TEXT: (told,)}, typed.files), None)


async def _foreseen(request: web.Request, typed: Typed, *, part: str, acting: str) -> Foreseen | Refusal:
    deployment, member, command = request.app[DEPLOYMENT], member_of(request), request.match_info["command"]
    case = await reader_of(request).case(request.match_info["case"], member)
    view = await read_view(request, acting=acting)
    carried, _ = await resolve(request, command, typed)
    pack, agencies = deployment.regulation.packs.get(case.regulation), deployment.regulation.agencies
    actor = actor_for(member, case, pack=pack, agencies=agencies, acting=acting, about=part)
    return await deployment.clerk.foresee(case.id, command, carried | subject_of(view, part), actor=actor)
