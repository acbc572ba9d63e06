"""`/console/ho-so/{case}`: one case as one person may see it, and the reporter in clear for whoever asks."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from yarl import URL

from core.contract.errors import NotFound
from core.identity.codes import parse_code
from core.regulations.model import Move, Pack
from core.service.actors import Member
from core.service.calls import HeldCall
from core.service.reading import RevealRefused
from core.service.reading.base import Restricted
from core.service.reading.names import FIELDS
from core.service.reading.views import CaseView, Labelled, MoveView
from gateway.auth import require_staff, staff_of
from gateway.call_notes import NOTES
from gateway.console.calls import book_of
from gateway.console.files import absent_of, kinds_of, taken_of
from gateway.console.inbox.unread import note_seen
from gateway.console.letter_list import letters_of
from gateway.console.partners import partners_of
from gateway.console.shared import CASES, member_of, reader_of, show
from gateway.deployment import DEPLOYMENT
from gateway.portal.form_page import with_map
from gateway.portal.on_behalf import RECEPTION
from gateway.portal.shared import PORTAL

ACTING, PART = "co-quan", "phan"
REVEAL_REFUSED = "Người phản ánh yêu cầu giữ bí mật, hoặc anh/chị không có phần việc trong hồ sơ này."


@require_staff()
async def show_case(request: web.Request) -> web.StreamResponse:
    """The case, masked; whoever opens it has seen it as it stands."""
    view = await read_view(request)
    await note_seen(request, view)
    return await case_page(request, view)


@require_staff()
async def reveal(request: web.Request) -> web.StreamResponse:
    """The case with names and numbers in clear, for this one answer; who looked is noted before (VN-4)."""
    acting = str((await request.post()).get(ACTING, ""))
    try:
        return await case_page(request, await read_view(request, acting=acting, reveal=True))
    except RevealRefused as refused:
        told = refused.vi if isinstance(refused, Restricted) else REVEAL_REFUSED
        return await case_page(request, await read_view(request), status=403, problem=told)


async def read_view(request: web.Request, *, acting: str | None = None, reveal: bool = False) -> CaseView:
    """The case of this address, acting for the agency named. NotFound, also for an agency that is not theirs."""
    chosen, member = request.query.get(ACTING, "") if acting is None else acting, member_of(request)
    if chosen and chosen not in member.agencies:
        raise NotFound(f"no role of agency {chosen}")
    return await reader_of(request).case_page(request.match_info["case"], member, acting=chosen, reveal=reveal)


async def case_page(
    request: web.Request, view: CaseView, *, status: int = 200, problem: str = ""
) -> web.StreamResponse:
    """The page. `problem`: what could not be done just now."""
    deployment = request.app[DEPLOYMENT]
    pack = deployment.regulation.packs.get(view.regulation)
    hears = reader_of(request).hears(member_of(request))
    kinds = await kinds_of(deployment, view.files)
    portal = request.app[PORTAL]
    page = show(
        request,
        "case.html",
        status=status,
        view=view,
        problem=problem,
        title=pack.meta.title,
        emergency=is_emergency(pack, view),
        acting=acting_choices(member_of(request), view),
        address=lambda move: move_address(view, move),
        fields=FIELDS,
        labels={file.key: file.label for file in view.files},
        kinds=kinds,
        pictures=[key for key, kind in kinds.items() if kind == "image"],
        absent=await absent_of(request, view.files, *view.conversations),
        base=f"{CASES}/{view.id}",
        letters=letters_of(view),
        partners=await partners_of(deployment, view),
        deliveries=await reader_of(request).deliveries(view.id, member_of(request)),
        steps=[move for move in view.moves if is_step(pack, move)],
        others=[move for move in view.moves if not is_step(pack, move)],
        hears=hears,
        places=view.open and staff_of(request).may(RECEPTION) and not staff_of(request).one_case,
        dials=hears and view.may_reveal and deployment.settings.takes_calls,
        taken=await taken_of(deployment, view.reports) if hears else {},
        calls=await calls_of(request, view) if hears else (),
        tiles=portal.tiles,
        credit=portal.credit,
    )
    return with_map(request, page)


async def calls_of(request: web.Request, view: CaseView) -> Sequence[HeldCall]:
    """The calls in which its reports were written; their recordings stand in the conversation of each."""
    notes = request.app.get(NOTES)
    codes = [parse_code(report.code) or "" for report in view.reports]
    return await book_of(request).some(await notes.calls_of(codes)) if notes else ()


def is_emergency(pack: Pack, view: CaseView) -> bool:
    """Whether the case stands in a tier that cannot wait."""
    tier = pack.intake.urgencies.get(view.urgency.id)
    return tier is not None and tier.emergency


def is_step(pack: Pack, move: MoveView) -> bool:
    """Whether a move takes the work on to its next step, or a limit that ran out asks for it; the rest are asides."""
    rows = [row for row in pack.moves.values() if row.command == move.command and _level(move) == row.at]
    return move.offered or any(leads_on(pack, row) for row in rows)


def leads_on(pack: Pack, row: Move) -> bool:
    """Whether a row of the table ends in a stage where work goes on or has its answer."""
    stage = getattr(pack.stages, row.at).get(row.to)
    return stage is not None and stage.kind in ("open", "done")


def _level(move: MoveView) -> str:
    return "dispatch" if move.dispatch_id else "coordination" if move.coordination_id else "case"


def acting_choices(member: Member, view: CaseView) -> Sequence[Labelled]:
    """The agencies for which this person could work on this case; nothing where there is nothing to choose."""
    involved = [
        one
        for part in view.dispatches
        for one in (part.agency, part.unit)
        if one is not None and one.id in member.agencies
    ]
    involved += [part.agency for part in view.coordinations if part.agency.id in member.agencies]
    found = {one.id: one for one in involved}
    return tuple(found.values()) if len(found) > 1 else ()


def move_address(view: CaseView, move: MoveView) -> str:
    """Where the form of a move is, and where it is sent."""
    wanted = {PART: part_of(move), ACTING: view.acting_for.id if view.acting_for else ""}
    query = {name: value for name, value in wanted.items() if value}
    return str(URL(f"{CASES}/{view.id}/{move.command}").with_query(query))


def part_of(move: MoveView) -> str:
    """The dispatch or request for help that a move is about; empty: the case itself."""
    return move.dispatch_id or move.coordination_id or ""
