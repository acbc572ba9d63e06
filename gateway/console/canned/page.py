"""`/console/cau-mau`: administrators change the canned answers; no file is touched."""

from __future__ import annotations

from aiohttp import web
from pydantic import ValidationError

from channels.base import clean_text
from core.contract.errors import NotFound
from core.contract.schema import new_id
from core.service.actors import ADMIN
from gateway.auth import require_staff
from gateway.auth.targets import see_other
from gateway.console.canned.book import LONGEST_TEXT, LONGEST_TITLE, Canned, CannedBook
from gateway.console.canned.filling import PLACES, unknown
from gateway.console.shared import HOME, line_of, show
from gateway.deployment import DEPLOYMENT

PAGE = f"{HOME}/cau-mau"
NEW = "moi"
NO_CASE = "-"
"""How "there is no case" is written in the form: an empty value would be no choice."""
EMPTY = "Vui lòng nhập tên và nội dung câu trả lời."
TOO_LONG = f"Tên dài nhất {LONGEST_TITLE} ký tự, nội dung dài nhất {LONGEST_TEXT} ký tự."
NO_SUCH_PLACE = "Không có chỗ điền tên này: {}. Xem danh sách ở cuối trang."


def mount(router: web.UrlDispatcher) -> None:
    """List, form of one, and throwing one away."""
    router.add_get(PAGE, show_all)
    router.add_get(f"{PAGE}/{{answer:[0-9a-z_]{{1,40}}}}", show_one)
    router.add_post(f"{PAGE}/{{answer:[0-9a-z_]{{1,40}}}}", keep)
    router.add_post(f"{PAGE}/{{answer:[0-9a-z_]{{1,40}}}}/bo", throw_away)


@require_staff(ADMIN)
async def show_all(request: web.Request) -> web.StreamResponse:
    """All of them, with the steps in which each is offered."""
    return show(request, "canned.html", answers=await book_of(request).all(), stages=_stages(request))


@require_staff(ADMIN)
async def show_one(request: web.Request) -> web.StreamResponse:
    """The form; that of a new one is empty."""
    return _form(request, await _found(request))


@require_staff(ADMIN)
async def keep(request: web.Request) -> web.StreamResponse:
    """Add or change one, unless something is wrong with it."""
    key, posted = request.match_info["answer"], await request.post()
    steps = {str(one).removeprefix(NO_CASE) for one in posted.getall("steps", ())} & set(_stages(request))
    title, text = line_of(posted.get("title")), clean_text(str(posted.get("text", ""))).strip()
    problem = EMPTY if not (title and text) else ""
    if not problem and (wrong := unknown(text)):
        problem = NO_SUCH_PLACE.format(", ".join(f"{{{one}}}" for one in wrong))
    try:
        answer = Canned(title=title, text=text, steps=tuple(sorted(steps)))
    except ValidationError:
        answer, problem = Canned(title=title[:LONGEST_TITLE], text=text[:LONGEST_TEXT]), TOO_LONG
    if problem:
        return _form(request, answer, problem=problem, status=422)
    await book_of(request).keep(new_id() if key == NEW else key, answer)
    return see_other(f"{PAGE}?xong=cau-mau")


@require_staff(ADMIN)
async def throw_away(request: web.Request) -> web.StreamResponse:
    """It is offered no more."""
    answer = await _found(request)
    await book_of(request).keep(request.match_info["answer"], answer.model_copy(update={"off": True}))
    return see_other(f"{PAGE}?xong=bo-cau-mau")


def book_of(request: web.Request) -> CannedBook:
    """The answers of this deployment."""
    return CannedBook(request.app[DEPLOYMENT].database)


async def _found(request: web.Request) -> Canned:
    key = request.match_info["answer"]
    if key == NEW:
        return Canned(title="", text="")
    answers = await book_of(request).all()
    if key not in answers:
        raise NotFound(key)
    return answers[key]


def _form(request: web.Request, answer: Canned, *, problem: str = "", status: int = 200) -> web.Response:
    return show(
        request,
        "canned_one.html",
        status=status,
        answer=answer,
        key=request.match_info["answer"],
        stages=_stages(request),
        places=PLACES,
        problem=problem,
    )


def _stages(request: web.Request) -> dict[str, str]:
    """Where an answer may be offered: without a case, or in a stage of the regulation in force."""
    stages = request.app[DEPLOYMENT].regulation.current.stages.case
    return {"": "Chưa có hồ sơ"} | {name: stage.label for name, stage in stages.items()}
