"""`/console/linh-vuc`: administrators keep the fields of competence: who answers for one, which words hint at it."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from channels.base import clean_text
from core.contract.errors import NotFound, VersionConflict
from core.service.actors import ADMIN
from core.service.categories import CategoryDraft, CategoryRefused, PackShelf
from core.storage import staff_lists
from gateway.auth import require_staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.fields import Posted
from gateway.console.shared import line_of, show
from gateway.deployment import DEPLOYMENT

PAGE = "/console/linh-vuc"
NEW = "moi"
LONGEST = 4000
MOST_AGENCIES = 5
OVERTAKEN = "Danh mục vừa được người khác sửa. Vui lòng xem lại trước khi lưu."


def mount(router: web.UrlDispatcher) -> None:
    """List, form of one, keeping it."""
    one = f"{PAGE}/{{category:[a-z][a-z0-9_]{{0,60}}}}"
    router.add_get(PAGE, show_all)
    router.add_get(one, show_one)
    router.add_post(one, keep)


@require_staff(ADMIN)
async def show_all(request: web.Request) -> web.StreamResponse:
    """All of them, those no longer used at the end, and who changed what."""
    deployment, shelf = request.app[DEPLOYMENT], _shelf(request)
    rows = sorted(shelf.library.current.intake.categories.items(), key=lambda pair: not pair[1].active)
    read = partial(staff_lists.user_names, ids={one.by for one in shelf.history})
    names = await deployment.database.read(read)
    tree = deployment.regulation.agencies
    return show(request, "categories.html", rows=rows, tree=tree, history=shelf.history[:50], names=names)


@require_staff(ADMIN)
async def show_one(request: web.Request) -> web.StreamResponse:
    """The form; that of a new one is empty."""
    return _form(request, _found(request))


@require_staff(ADMIN)
async def keep(request: web.Request) -> web.StreamResponse:
    """In force for reports that come from now on."""
    deployment, form = request.app[DEPLOYMENT], await request.post()
    _found(request)
    draft, key = _typed(form), request.match_info["category"]
    try:
        await _shelf(request).change(
            deployment.database,
            "" if key == NEW else key,
            draft=draft,
            by=staff_of(request).id,
            note=line_of(form.get("note")),
            now=deployment.now(),
            agencies=deployment.regulation.agencies,
        )
    except CategoryRefused as refused:
        return _form(request, draft, problem=refused.vi, status=422)
    except VersionConflict:
        return _form(request, draft, problem=OVERTAKEN, status=409)
    return see_other(f"{PAGE}?xong=linh-vuc")


def _shelf(request: web.Request) -> PackShelf:
    return request.app[DEPLOYMENT].regulation.shelf


def _found(request: web.Request) -> CategoryDraft:
    """What the address names. NotFound."""
    key = request.match_info["category"]
    if key == NEW:
        return CategoryDraft("")
    one = _shelf(request).library.current.intake.categories.get(key)
    if one is None:
        raise NotFound(key)
    return CategoryDraft(one.label, one.agencies, one.keywords, one.active)


def _typed(form: Posted) -> CategoryDraft:
    """What the form holds; words one a line or behind commas, agencies in order, each once."""
    given = form.get("keywords")
    lines = clean_text(given)[:LONGEST].replace(",", "\n").splitlines() if isinstance(given, str) else []
    words = (" ".join(line.split()).lower() for line in lines)
    agencies = (line_of(one) for one in form.getall("agencies", [])[:MOST_AGENCIES])
    return CategoryDraft(
        line_of(form.get("label")),
        tuple(dict.fromkeys(one for one in agencies if one)),
        tuple(dict.fromkeys(word for word in words if word)),
        active=bool(form.get("active")),
    )


def _form(request: web.Request, draft: CategoryDraft, *, problem: str = "", status: int = 200) -> web.Response:
    deployment, key = request.app[DEPLOYMENT], request.match_info["category"]
    tree = deployment.regulation.agencies
    choices = [(one.id, one.name) for one in sorted(tree, key=lambda one: one.name) if tree.is_active(one.id)]
    gone = [(name, f"{tree.name(name)} (đã kết thúc)") for name in draft.agencies if not tree.is_active(name)]
    return show(
        request,
        "category.html",
        status=status,
        key=key,
        new=key == NEW,
        draft=draft,
        seats=[*draft.agencies, ""][:MOST_AGENCIES],
        agencies=gone + choices,
        problem=problem,
    )
