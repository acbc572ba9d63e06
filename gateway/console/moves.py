"""
`/console/ho-so/{case}/{command}`: the form of one move, and carrying it out.

The form names the version that its reader saw: whoever loses a race is told so and keeps what was typed. What the
regulation refuses comes back beside the form with its sentence, its rules and its status (403, 409, 422).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiohttp import web
from yarl import URL

from core.cases.commands import NAMES, REGISTRY
from core.cases.decide import Refusal
from core.contract.errors import NotFound, VersionConflict
from core.identity.codes import parse_code
from core.regulations.model import Pack
from core.service.actors import actor_for
from core.service.desk import Issued
from core.service.reading.views import CaseView, MoveView
from core.storage import reports
from gateway.auth import require_staff, staff_of
from gateway.console import confirming, fields, uploads
from gateway.console.casefile import ACTING, PART, is_emergency, move_address, part_of, read_view
from gateway.console.composing import COMPOSED
from gateway.console.fields import Posted, Typed
from gateway.console.files import absent_of, kinds_of
from gateway.console.letter_list import PUBLISHING, preview_of
from gateway.console.one_case import DONE as AFTER_LAST
from gateway.console.prefill import prefilled, with_suggestion
from gateway.console.proposing import advice, filled_in
from gateway.console.shared import BUTTON, CASES, HOME, line_of, member_of, reader_of, show
from gateway.deployment import DEPLOYMENT

VERSION = "phien_ban"
LOST = "Hồ sơ vừa được người khác cập nhật. Nội dung đã nhập vẫn còn nguyên; vui lòng xem lại hồ sơ rồi gửi lại."
LOST_AND_GONE = "Hồ sơ vừa được người khác cập nhật và đã sang bước khác. Nội dung đã nhập được giữ ở dưới."
GONE = "Thao tác này hiện không thực hiện được với hồ sơ: hồ sơ đã sang bước khác, hoặc việc này không thuộc anh/chị."
UNKNOWN_CASE = "Không tìm thấy hồ sơ có mã này."


@dataclass(frozen=True)
class Trouble:
    """Why the move was not carried out: a sentence, the rules behind it, and mistakes by field."""

    status: int
    text: str = ""
    rules: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """What a form says besides its fields: the command, what it is about, for whom, and the version it was made of."""

    command: str
    part: str
    acting: str
    version: int


@require_staff()
async def show_move(request: web.Request) -> web.StreamResponse:
    """The form."""
    command, view = _command(request), await read_view(request)
    move = find(view, command, request.query.get(PART, ""))
    if move is None:
        return await move_page(request, view, None, Typed({}), Trouble(409, GONE))
    return await move_page(request, view, move, with_suggestion(prefilled(view, move), move, request.query), None)


@require_staff()
async def take_move(request: web.Request) -> web.StreamResponse:
    """Carry it out, or show the form again with everything that was typed and the reason."""
    posted = await request.post()
    sent = Sent(_command(request), line_of(posted.get(PART)), line_of(posted.get(ACTING)), _version(posted))
    view = await read_view(request, acting=sent.acting)
    move, typed, refused = find(view, sent.command, sent.part), fields.read(sent.command, posted), dict[str, str]()
    if move is not None:
        typed, refused = await uploads.take(request, view.id, move, posted, typed)
    if view.version != sent.version:
        return await _lost(request, sent, typed)
    carried, unknown = await resolve(request, sent.command, typed)
    unmarked = confirming.missing(_pack(request, view), sent.command, typed, posted)
    if errors := {**(fields.problems(move, typed) if move else {}), **refused, **unknown, **unmarked}:
        return await move_page(request, view, move, typed, Trouble(422, errors=errors))
    try:
        answer = await _execute(request, view, sent, carried)
    except VersionConflict:
        return await _lost(request, sent, typed)
    if isinstance(answer, Refusal):
        return await move_page(request, view, move, typed, trouble_of(answer, sent.command))
    raise web.HTTPSeeOther(await _afterwards(request, view.id, sent.command, label=move.label if move else ""))


async def _lost(request: web.Request, sent: Sent, typed: Typed) -> web.Response:
    """Somebody else was first: the case as it is now, and what was typed."""
    view = await read_view(request, acting=sent.acting)
    move = find(view, sent.command, sent.part)
    return await move_page(request, view, move, typed, Trouble(409, LOST if move else LOST_AND_GONE))


def find(view: CaseView, command: str, part: str) -> MoveView | None:
    """The move of this name about this part; about the only one where no part is named."""
    named = [move for move in view.moves if move.command == command]
    return next((move for move in named if part in ("", part_of(move))), None)


def trouble_of(refusal: Refusal, command: str) -> Trouble:
    """A refusal in words; where it names fields of the form, beside them as well."""
    given = refusal.details.get("fields", ())
    known = fields.inputs_of(command)
    if isinstance(given, Mapping):
        errors = {name: _mended(text) for name, text in given.items()}
    else:
        errors = dict.fromkeys(map(str, given), refusal.text_vi)
    found = {name: text for name, text in errors.items() if name in known}
    return Trouble(refusal.http, refusal.text_vi, refusal.rules, found)


def _mended(text: str) -> str:
    """Sentences of ours are kept; the checker's own, in English, are not for staff."""
    own = text.removeprefix("Value error, ")
    return own if own != text or not own.isascii() else "Mục này chưa hợp lệ. Vui lòng kiểm tra lại."


def _pack(request: web.Request, view: CaseView) -> Pack:
    return request.app[DEPLOYMENT].regulation.packs.get(view.regulation)


def _command(request: web.Request) -> str:
    command = request.match_info["command"]
    if command not in NAMES:
        raise NotFound(command)
    return command


def _version(posted: Posted) -> int:
    """The version its reader saw. HTTPBadRequest for a form that is not ours."""
    given = line_of(posted.get(VERSION))
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise web.HTTPBadRequest
    return int(given)


async def resolve(request: web.Request, command: str, typed: Typed) -> tuple[dict[str, Any], dict[str, str]]:
    """The payload, report codes turned into the cases they belong to; and the fields whose code nobody knows."""
    carried, unknown = fields.payload(command, typed), dict[str, str]()
    for name, asked in fields.inputs_of(command).items():
        if asked.kind == "case" and name in carried:
            try:
                carried[name] = await _case_of(request, carried[name])
            except NotFound:
                unknown[name] = UNKNOWN_CASE
    return carried, unknown


async def _case_of(request: web.Request, typed: str) -> str:
    """The case of a report code, where this person may see it. NotFound."""
    code = parse_code(typed)
    if code is None:
        raise NotFound("not a code")
    row = await request.app[DEPLOYMENT].database.read(partial(reports.by_code, code=code))
    await reader_of(request).case(row.case_id, member_of(request))
    return row.case_id


def subject_of(view: CaseView, part: str) -> dict[str, str]:
    if any(item.id == part for item in view.dispatches):
        return {"dispatch_id": part}
    return {"coordination_id": part} if any(item.id == part for item in view.coordinations) else {}


async def _execute(request: web.Request, view: CaseView, sent: Sent, carried: dict[str, Any]) -> Issued | Refusal:
    """Hand it to the clerk, as of the version that was seen. Raises VersionConflict."""
    deployment, member = request.app[DEPLOYMENT], member_of(request)
    case = await reader_of(request).case(view.id, member)
    pack, agencies = deployment.regulation.packs.get(case.regulation), deployment.regulation.agencies
    actor = actor_for(member, case, pack=pack, agencies=agencies, acting=sent.acting, about=sent.part)
    payload = carried | subject_of(view, sent.part)
    return await deployment.clerk.execute(view.id, sent.command, payload, actor=actor, version=sent.version)


async def _afterwards(request: web.Request, case_id: str, command: str, *, label: str) -> str:
    """Back to the case; to the queues where this move has taken it out of this person's sight."""
    done = {"xong": command} | ({BUTTON: label} if label not in ("", REGISTRY[command].label) else {})
    try:
        await reader_of(request).case(case_id, member_of(request))
    except NotFound:
        return str(URL(AFTER_LAST if staff_of(request).one_case else HOME).with_query(done))
    return str(URL(f"{CASES}/{case_id}").with_query(done))


async def move_page(
    request: web.Request, view: CaseView, move: MoveView | None, typed: Typed, trouble: Trouble | None
) -> web.Response:
    """The page of a form, with what was typed and what is wrong with it; without one, what was typed is kept."""
    deployment, command = request.app[DEPLOYMENT], request.match_info["command"]
    errors, advised = trouble.errors if trouble else {}, await advice(request, view, move)
    if move is not None and trouble is None:
        typed = filled_in(typed, move, advised)
    return show(
        request,
        "move.html",
        status=trouble.status if trouble else 200,
        view=view,
        move=move,
        label=move.label if move else REGISTRY[command].label,
        controls=fields.controls(move, typed, errors) if move else [],
        kept=list(fields.words_of(command, typed)) if move is None else [],
        trouble=trouble,
        address=move_address(view, move) if move else "",
        part=part_of(move) if move else "",
        emergency=is_emergency(_pack(request, view), view),
        irreversible=confirming.warning_of(_pack(request, view), move, errors.get(confirming.FIELD, "")),
        labels={file.key: file.label for file in view.files},
        kinds=await kinds_of(deployment, view.files),
        absent=await absent_of(request, view.files),
        base=f"{CASES}/{view.id}",
        advised=advised,
        preview=preview_of(command),
        public=command in PUBLISHING,
        composed=COMPOSED.get(command, ""),
        coverable=[file for file in view.files if command in PUBLISHING],
        pairs=lambda options: [(one.id, one.label) for one in options],
        uploading=move is not None and any(one.kind == "files" for one in move.fields),
    )
