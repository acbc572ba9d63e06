"""`/console/du-lieu-ca-nhan`: the desk for what people ask about their data, each with its own times (VN-4)."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from types import MappingProxyType

from aiohttp import web

from channels.base import clean_text
from core.clock import CalendarExhausted
from core.contract.errors import CaseError, NotFound
from core.identity.codes import parse_code
from core.service.subjects.desk import SubjectDesk
from core.service.subjects.taking import Entering
from core.service.subjects.words import CORRECTABLE, Asked, Dossier
from core.storage import consents, conversations, people, reports, staff_lists
from core.storage.data_requests import LONGEST_PAGE, Kept
from core.storage.types import to_microseconds
from core.subjects.request import ProvedBy, Request, State, Via
from core.subjects.rights import Right, load_rights
from gateway.admin.services import subject_desk_of
from gateway.auth import NotAllowed, require_staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.shared import HOME, Handler, line_of, member_of, next_page, now_of, read_after, show
from gateway.deployment import DEPLOYMENT
from gateway.letters import draw

PAGE = f"{HOME}/du-lieu-ca-nhan"
LONGEST_TEXT = 4000
READ = "data_request"
VIAS = MappingProxyType(
    {
        Via.PORTAL: "Cổng thông tin",
        Via.PHONE: "Điện thoại",
        Via.OFFICE: "Trực tiếp tại cơ quan",
        Via.LETTER: "Văn bản, bưu chính",
        Via.MESSAGE: "Tin nhắn",
    }
)
PROOFS = MappingProxyType(
    {
        ProvedBy.NOTHING: "Chưa xác minh",
        ProvedBy.CODE: "Mã PIN hoặc mã xác nhận",
        ProvedBy.CALL_BACK: "Đã gọi lại số trong hồ sơ",
        ProvedBy.CHANNEL: "Tài khoản nhắn tin do nhà cung cấp xác nhận",
        ProvedBy.PAPERS: "Đã xem giấy tờ (không lưu bản chụp)",
    }
)
STATES = MappingProxyType(
    {
        State.ASKED: ("Chờ trả lời", "warn"),
        State.ANSWERED: ("Đang thực hiện", "info"),
        State.FINISHED: ("Đã thực hiện", "ok"),
        State.REFUSED: ("Đã từ chối", "neutral"),
        State.TAKEN_BACK: ("Người yêu cầu đã rút", "neutral"),
    }
)
MOVES = MappingProxyType(
    {
        "asked": "nhận yêu cầu",
        "proved": "xác minh người yêu cầu",
        "answered": "trả lời đã nhận và thời hạn",
        "extended": "gia hạn",
        "finished": "thực hiện xong",
        "refused": "từ chối",
        "taken_back": "rút yêu cầu",
        "lifted": "bỏ hạn chế",
    }
)
UNKNOWN = "Không tìm thấy phản ánh có mã này. Vui lòng kiểm tra lại 12 chữ số."
NO_RIGHT = "Vui lòng chọn quyền được yêu cầu."
NO_REASON = "Vui lòng ghi rõ lý do hoặc cách xác minh."
NO_CALENDAR = "Lịch làm việc chưa có những ngày này nên chưa tính được thời hạn. Vui lòng cập nhật lịch."


def require_desk(handler: Handler) -> Handler:
    """Guard: those of the centre, and nobody who only administers. Raises NotSignedIn, NotAllowed."""

    @require_staff()
    @wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        if not member_of(request).is_centre(request.app[DEPLOYMENT].regulation.current):
            raise NotAllowed("for the centre")
        return await handler(request)

    return guarded


@require_desk
async def show_requests(request: web.Request) -> web.StreamResponse:
    """What waits, what is over, and the ledger of consents."""
    typed = {"hoi-thoai": line_of(request.query.get("hoi-thoai")), "ma": line_of(request.query.get("ma"))}
    return await _list(request, typed, {})


@require_desk
async def enter(request: web.Request) -> web.StreamResponse:
    """A request that somebody spoke or wrote to us."""
    posted = await request.post()
    fields = ("hoi-thoai", "ma", "quyen", "den-bang", "xac-minh", *CORRECTABLE)
    typed = {name: line_of(posted.get(name)) for name in fields}
    typed["noi-dung"] = _text(posted.get("noi-dung"))
    try:
        contact = await _contact(request, typed)
        entering = _entering(request, contact, typed)
        made = await request.app[DEPLOYMENT].clerk.requests.take(entering)
    except NotFound:
        return await _list(request, typed, {"ma": UNKNOWN}, status=404)
    except ValueError:
        return await _list(request, typed, {"quyen": NO_RIGHT}, status=422)
    except CalendarExhausted:
        return await _list(request, typed, {"": NO_CALENDAR}, status=422)
    return see_other(f"{PAGE}/{made.id}?xong=yeu-cau-du-lieu")


async def _contact(request: web.Request, typed: dict[str, str]) -> str:
    """Whose data it is about: the person of a conversation, or behind a code. NotFound."""
    database = request.app[DEPLOYMENT].database
    if typed["hoi-thoai"]:
        talk = await database.read(partial(conversations.load, conversation_id=typed["hoi-thoai"]))
        return talk.contact_id
    row = await database.read(partial(reports.by_code, code=parse_code(typed["ma"]) or ""))
    return row.contact_id


def _entering(request: web.Request, contact: str, typed: dict[str, str]) -> Entering:
    """Raises ValueError where something was not chosen."""
    corrections = {name: typed[name] for name in CORRECTABLE if typed[name]}
    return Entering(
        contact,
        Right(typed["quyen"]),
        Via(typed["den-bang"]),
        ProvedBy(typed["xac-minh"]),
        Asked(text=typed["noi-dung"], corrections=corrections),
        code="" if typed["hoi-thoai"] else parse_code(typed["ma"]) or "",
        by=staff_of(request).id,
    )


@require_desk
async def show_request(request: web.Request) -> web.StreamResponse:
    """One request with its words; that they were read is noted."""
    dossier = await _found(request)
    await _note_reading(request, dossier)
    return await _one(request, dossier)


@require_desk
async def move(request: web.Request) -> web.StreamResponse:
    """One move of the request as it was looked at, or why it cannot be made."""
    posted = await request.post()
    name, text, version = request.match_info["move"], _text(posted.get("loi")), line_of(posted.get("ban"))
    seen = int(version) if version.isdecimal() and len(version) < 9 else 0
    act = _acts(request, text, choice=line_of(posted.get("chon")))[name]
    if name in _REASONED and not text:
        return await _one(request, await _found(request), error=NO_REASON, status=422)
    try:
        await act(request.match_info["asked"], seen)
    except NotFound as error:
        raise web.HTTPNotFound from error
    except (CaseError, CalendarExhausted, ValueError) as error:
        told = error.vi if isinstance(error, CaseError) else NO_CALENDAR if name == "gia-han" else NO_RIGHT
        return await _one(request, await _found(request), error=told, status=409)
    return see_other(f"{PAGE}/{request.match_info['asked']}?xong=du-lieu-{name}")


_REASONED = frozenset({"xac-minh", "gia-han", "bo-han-che"})
Act = Callable[[str, int], Awaitable[object]]


def _acts(request: web.Request, text: str, *, choice: str) -> dict[str, Act]:
    """What the page's buttons do, by the last word of their address."""
    desk, actor = _desk(request), staff_of(request).id

    async def prove(asked: str, version: int) -> Request:
        return await desk.prove(asked, version, ProvedBy(choice), actor=actor, note=text)

    async def lift(asked: str, _version: int) -> None:
        await desk.lift(asked, actor=actor, reason=text)

    return {
        "xac-minh": prove,
        "tra-loi": partial(desk.answer, actor=actor, text=text),
        "gia-han": partial(desk.lengthen, actor=actor, reason=text),
        "thuc-hien": partial(desk.carry_out, actor=actor, text=text),
        "tu-choi": partial(desk.refuse, ground=choice, actor=actor, text=text),
        "rut": partial(desk.take_back, actor=actor),
        "bo-han-che": lift,
    }


@require_desk
async def load_copy(request: web.Request) -> web.StreamResponse:
    """The copy that was granted, for whoever comes to fetch it; noted in the log of readings."""
    deployment, asked = request.app[DEPLOYMENT], request.match_info["asked"]
    with tempfile.TemporaryFile(dir=deployment.settings.data) as file:  # nameless: a crash leaves none
        try:
            await _desk(request).copy(asked, file, actor=staff_of(request).id)
        except NotFound as error:
            raise web.HTTPNotFound from error
        file.seek(0)
        body = await asyncio.to_thread(file.read)
    headers = {"Content-Disposition": f'attachment; filename="du-lieu-{asked[:8]}.zip"', "Cache-Control": "no-store"}
    return web.Response(body=body, content_type="application/zip", headers=headers)


@require_desk
async def load_letter(request: web.Request) -> web.StreamResponse:
    """The last answer on paper, for whoever asked in writing or at the counter; noted in the log of readings."""
    dossier, deployment = await _found(request), request.app[DEPLOYMENT]
    try:
        made = await _desk(request).letter(dossier.request.id)
    except NotFound as error:
        raise web.HTTPNotFound from error
    await _note_reading(request, dossier)
    return (await draw(deployment.clerk.letters.desk, made, "pdf")).response()


async def _note_reading(request: web.Request, dossier: Dossier) -> None:
    contact, reader = dossier.request.contact_id, staff_of(request).id
    note = partial(people.log_access, user_id=reader, what=READ, ref=contact, now=now_of(request))
    await request.app[DEPLOYMENT].database.write(note)


async def _list(
    request: web.Request, typed: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> web.StreamResponse:
    desk, rights = _desk(request), load_rights()
    ended = await desk.ended(before=read_after(request))
    more = next_page(request, _place(ended[-1])) if len(ended) == LONGEST_PAGE else ""
    return show(
        request,
        "data_requests.html",
        status=status,
        typed=typed,
        errors=errors,
        waiting=await desk.waiting(),
        ended=ended,
        more=more,
        rights=rights.rights,
        choices=[(right, terms.label) for right, terms in rights.rights.items()],
        wordings=await request.app[DEPLOYMENT].database.read(consents.wordings),
        **_words(),
    )


async def _one(request: web.Request, dossier: Dossier, *, error: str = "", status: int = 200) -> web.StreamResponse:
    rights, asked = load_rights(), dossier.request
    actors = {step.actor for step in dossier.steps}
    names = await request.app[DEPLOYMENT].database.read(partial(staff_lists.user_names, ids=actors))
    names |= {"reporter": "Người yêu cầu", "system": "Hệ thống"}
    return show(
        request,
        "data_request.html",
        status=status,
        dossier=dossier,
        asked=asked,
        right=rights.rights[asked.right],
        basis=rights.basis,
        ground=rights.grounds.get(asked.ground),
        grounds=[(code, f"{one.label} ({one.basis})") for code, one in rights.grounds_for(asked.right).items()],
        names=names,
        error=error,
        late=asked.is_late(now_of(request)),
        held=dossier.held is not None and dossier.held.lifted_at is None,
        correctable=CORRECTABLE,
        **_words(),
    )


def _words() -> dict[str, object]:
    return {"vias": VIAS, "proofs": PROOFS, "states": STATES, "moves": MOVES}


async def _found(request: web.Request) -> Dossier:
    try:
        return await _desk(request).dossier(request.match_info["asked"])
    except NotFound as error:
        raise web.HTTPNotFound from error


def _desk(request: web.Request) -> SubjectDesk:
    return subject_desk_of(request.app[DEPLOYMENT])


def _text(given: object) -> str:
    return clean_text(given).strip()[:LONGEST_TEXT] if isinstance(given, str) else ""


def _place(kept: Kept) -> tuple[int, str]:
    return to_microseconds(kept.request.received_at), kept.request.id


def mount(router: web.UrlDispatcher) -> None:
    """Their addresses."""
    one = f"{PAGE}/{{asked:[0-9a-f]{{32}}}}"
    router.add_get(PAGE, show_requests)
    router.add_post(PAGE, enter)
    router.add_get(one, show_request)
    router.add_get(f"{one}/ban-sao.zip", load_copy)
    router.add_get(f"{one}/van-ban.pdf", load_letter)
    router.add_post(f"{one}/{{move:xac-minh|tra-loi|gia-han|thuc-hien|tu-choi|rut|bo-han-che}}", move)
