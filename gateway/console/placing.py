"""`/console/ho-so/{case}/sua-dia-diem`: reception puts right where a case happened; its commune follows the words."""

from __future__ import annotations

from aiohttp import web

from channels.base import clean_text
from core.cases.decide import Actor, Refusal
from core.cases.decide.context import SYSTEM
from core.clock import local
from core.contract.errors import VersionConflict
from core.service.reading.views import CaseView
from gateway.auth import require_staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.casefile import read_view
from gateway.console.moves import LOST, VERSION
from gateway.console.shared import CASES, line_of, member_of, reader_of, show
from gateway.deployment import DEPLOYMENT
from gateway.portal.on_behalf import RECEPTION

LONGEST = 500
EMPTY = "Vui lòng nhập nơi xảy ra."
UNCLEAR = "Lời ghi khớp nhiều xã, phường. Vui lòng chọn một."
COMMUNE = "xa"


@require_staff(RECEPTION)
async def show_place(request: web.Request) -> web.StreamResponse:
    """The form, with the words of the first report."""
    view = await read_view(request)
    told = next((one.place.text for one in view.reports if one.place.text), "")
    return _page(request, view, text=told)


@require_staff(RECEPTION)
async def correct(request: web.Request) -> web.StreamResponse:
    """The case happened there from now on; where the words fit several communes, one is to be chosen."""
    posted, view = await request.post(), await read_view(request)
    text = clean_text(str(posted.get("place", ""))).strip()[:LONGEST]
    version, chosen = line_of(posted.get(VERSION)), line_of(posted.get(COMMUNE))
    communes = await _communes(request, text)
    commune = chosen if chosen in communes else next(iter(communes), None) if len(communes) == 1 else None
    problem = EMPTY if not text else UNCLEAR if len(communes) > 1 and commune is None else ""
    if problem:
        return _page(request, view, text=text, communes=communes, problem=problem, status=422)
    deployment, case = request.app[DEPLOYMENT], await reader_of(request).case(view.id, member_of(request))
    payload = {"place": text, "commune_code": commune, "point": case.point}
    actor = Actor(staff_of(request).id, frozenset({SYSTEM}))  # an internal command: the regulation has no row for it
    expected = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1
    try:
        answer = await deployment.clerk.execute(view.id, "correct_place", payload, actor=actor, version=expected)
    except VersionConflict:
        return _page(request, await read_view(request), text=text, communes=communes, problem=LOST, status=409)
    if isinstance(answer, Refusal):
        return _page(request, view, text=text, communes=communes, problem=answer.text_vi, status=answer.http)
    return see_other(f"{CASES}/{view.id}?xong=dia-diem")


async def _communes(request: web.Request, text: str) -> dict[str, str]:
    """Communes of ours that the words name: code → name."""
    deployment = request.app[DEPLOYMENT]
    await deployment.places.warm()
    ground, day = deployment.places.ground(deployment.regulation.agencies), local(deployment.now()).date()
    return {one.commune.code: one.label for one in ground.hinted_in(text, day)}


def _page(
    request: web.Request,
    view: CaseView,
    *,
    text: str,
    communes: dict[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> web.Response:
    return show(
        request,
        "placing.html",
        status=status,
        view=view,
        text=text,
        communes=list((communes or {}).items()),
        problem=problem,
        longest=LONGEST,
        base=f"{CASES}/{view.id}",
    )
