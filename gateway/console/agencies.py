"""`/console/co-quan`: the tree of agencies on any day, its changes, who speaks for an agency, and its open work."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import structlog
from aiohttp import web
from multidict import MultiDictProxy
from yarl import URL

from core.agencies import FIELDS, AgencyRefused, Entry, add, amend, close, kinds_in, typed_fields
from core.cases.agencies import Agency
from core.clock import local
from core.contract.errors import NotFound
from core.service import offices as office
from core.service.actors import ADMIN
from core.service.agencies import Change
from core.service.offices import HandedOver, OfficeRefused
from core.storage import agencies, offices, people
from core.storage.database import Connection
from core.storage.offices import PARTS
from gateway.admin.services import successions_of
from gateway.auth import require_staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.handing_over import give
from gateway.console.shared import day_in, line_of, show
from gateway.deployment import DEPLOYMENT, Deployment

PAGE = "/console/co-quan"
_BLANK = MappingProxyType(
    dict.fromkeys((*FIELDS, *PARTS, "id", "since", "last_day", "children_to", "note", "document", "to", "reason"), "")
)
_NO_DAY = "Ngày chưa đúng."

log = structlog.get_logger()


def mount(router: web.UrlDispatcher) -> None:
    """Every address of these pages."""
    one = f"{PAGE}/{{agency:[a-z0-9][a-z0-9_]*}}"
    router.add_get(PAGE, show_agencies)
    router.add_get(f"{PAGE}/moi", show_new)
    router.add_post(f"{PAGE}/moi", add_agency)
    router.add_get(one, show_agency)
    router.add_post(f"{one}/thay-doi", change_agency)
    router.add_post(f"{one}/dong", close_agency)
    router.add_post(f"{one}/dau-moi", set_focal_point)
    router.add_post(f"{one}/ban-giao", hand_over)


@require_staff(ADMIN)
async def show_agencies(request: web.Request) -> web.StreamResponse:
    """The tree of a day, searched by any name; and what is missing (TG-15.1)."""
    deployment, query = request.app[DEPLOYMENT], request.query
    today = local(deployment.now()).date()
    day, words, gone = day_in(query.get("ngay")) or today, line_of(query.get("q")), bool(query.get("ca-da-dong"))
    tree = deployment.regulation.book.at(day)
    kind = line_of(query.get("loai"))
    rows = [item for item in tree.search(words, gone=gone) if kind in ("", item.kind)]
    return show(
        request,
        "agencies.html",
        rows=rows,
        tree=tree,
        day=day,
        today=today,
        words=words,
        kind=kind,
        gone=gone,
        gaps=await deployment.database.read(partial(office.read_gaps, regulation=deployment.regulation)),
        kinds=kinds_in(deployment.regulation.book.history),
        editions=await deployment.database.read(partial(agencies.editions, most=5)),
    )


@require_staff(ADMIN)
async def show_new(request: web.Request) -> web.StreamResponse:
    """The form of a new agency."""
    return _new_page(request, {}, "", 200)


@require_staff(ADMIN)
async def add_agency(request: web.Request) -> web.StreamResponse:
    """A new agency from a day on."""
    deployment, typed = request.app[DEPLOYMENT], _typed(await request.post())
    since = day_in(typed.get("since"))
    if since is None:
        return _new_page(request, typed, _NO_DAY, 422)
    new = Entry(agency_id=typed["id"], since=since, **typed_fields(typed))
    try:
        await _write(request, partial(add, new=new), note=typed["note"])
    except AgencyRefused as refused:
        return _new_page(request, typed, refused.vi, 422)
    log.info("agency_added", agency=new.agency_id, edition=deployment.regulation.book.history.edition)
    return _back(new.agency_id, "them-co-quan")


@require_staff(ADMIN)
async def show_agency(request: web.Request) -> web.StreamResponse:
    """One agency: what it is, was and will be."""
    return await _page(request)


@require_staff(ADMIN)
async def change_agency(request: web.Request) -> web.StreamResponse:
    """Another name, parent or code from a day on."""
    typed = _typed(await request.post())
    since = day_in(typed.get("since"))
    if since is None:
        return await _page(request, problem=_NO_DAY, typed=typed)
    change = partial(amend, agency_id=_id(request), since=since, **typed_fields(typed))
    return await _changed(request, change, typed, done="doi-co-quan")


@require_staff(ADMIN)
async def close_agency(request: web.Request) -> web.StreamResponse:
    """Its last day, its successors, and where the agencies below it go."""
    form = await request.post()
    typed = _typed(form)
    last = day_in(typed.get("last_day"))
    if last is None:
        return await _page(request, problem=_NO_DAY, typed=typed)
    heirs = tuple(value for value in map(line_of, form.getall("replaced_by", [])) if value)
    below = typed.get("children_to") or None
    change = partial(close, agency_id=_id(request), last_day=last, replaced_by=heirs, children_to=below)
    return await _changed(request, change, typed, done="dong-co-quan")


@require_staff(ADMIN)
async def set_focal_point(request: web.Request) -> web.StreamResponse:
    """Register the leader and the officer who speak for it (TG-15.1); an empty choice leaves it as it is."""
    deployment, typed, agency = request.app[DEPLOYMENT], _typed(await request.post()), _id(request)
    appoint = partial(
        office.appoint_all,
        tree=deployment.regulation.agencies,
        agency_id=agency,
        named={part: typed[part] for part in PARTS if typed.get(part)},
        document=typed.get("document", ""),
        now=deployment.now(),
    )
    try:
        await deployment.database.write(appoint)
    except OfficeRefused as refused:
        return await _page(request, problem=refused.vi, typed=typed)
    log.info("focal_point_set", agency=agency, by=staff_of(request).id)
    return _back(agency, "dau-moi")


@require_staff(ADMIN)
async def hand_over(request: web.Request) -> web.StreamResponse:
    """All open work of this agency goes to another one, with a reason in every case."""
    typed, agency = _typed(await request.post()), _id(request)
    work = await successions_of(request.app[DEPLOYMENT]).of_agency(agency)
    whom = {"from_agency": agency, "to_agency": typed.get("to", "")}
    try:
        done = await give(request, work, reason=typed.get("reason", ""), **whom)
    except OfficeRefused as refused:
        return await _page(request, problem=refused.vi, typed=typed)
    return await _page(request, handed=done, status=200) if done.refused else _back(agency, "ban-giao")


async def _changed(request: web.Request, change: Change, typed: dict[str, str], *, done: str) -> web.StreamResponse:
    try:
        await _write(request, change, note=typed.get("note", ""))
    except AgencyRefused as refused:
        return await _page(request, problem=refused.vi, typed=typed)
    return _back(_id(request), done)


async def _write(request: web.Request, change: Change, *, note: str) -> None:
    deployment = request.app[DEPLOYMENT]
    await deployment.regulation.book.write(deployment.database, change, by=staff_of(request).id, note=note)


async def _page(
    request: web.Request,
    *,
    problem: str = "",
    typed: Mapping[str, str] | None = None,
    handed: HandedOver | None = None,
    status: int | None = None,
) -> web.Response:
    deployment, agency_id = request.app[DEPLOYMENT], _id(request)
    book, today = deployment.regulation.book, local(deployment.now()).date()
    terms, tree = book.history.terms(agency_id), book.today
    if not terms:
        raise NotFound(agency_id)
    agency = tree.get(agency_id)
    points, seats = await deployment.database.read(lambda one: (offices.focal_points(one), _people(one, agency_id)))
    return show(
        request,
        "agency.html",
        status=status or (422 if problem else 200),
        problem=problem,
        typed=dict(_BLANK) | dict(typed or {}),
        agency=agency,
        shown=agency or _to_come(terms),
        terms=terms,
        tree=tree,
        active=tree.is_active(agency_id),
        above=list(tree.ancestors(agency_id)),
        below=[item for item in tree if item.parent == agency_id and tree.is_active(item.id)],
        heirs=[item for item in tree.successors(agency_id) if item.id != agency_id],
        points={one.part: one for one in points if one.agency_id == agency_id},
        seats=seats,
        work=await successions_of(deployment).of_agency(agency_id),
        handed=handed,
        today=today,
        kinds=kinds_in(deployment.regulation.book.history),
        choices=_choices(deployment, but=agency_id),
        base=f"{PAGE}/{agency_id}",
    )


def _people(connection: Connection, agency_id: str) -> list[tuple[str, str]]:
    """(user id, name) of the active people of an agency."""
    names = {row.id: row.display_name for row in people.all_users(connection)}
    return [(user, names[user]) for agency, user, _ in offices.seats(connection) if agency == agency_id]


def _to_come(terms: tuple[Entry, ...]) -> Agency:
    """An agency whose time has not come yet, as it will be."""
    first = terms[0]
    return Agency(id=first.agency_id, name=first.name, kind=first.kind, since=first.since)


def _new_page(request: web.Request, typed: Mapping[str, str], problem: str, status: int) -> web.Response:
    deployment = request.app[DEPLOYMENT]
    return show(
        request,
        "agency_new.html",
        status=status,
        typed=dict(_BLANK) | dict(typed),
        known=_BLANK,
        problem=problem,
        today=local(deployment.now()).date(),
        kinds=kinds_in(deployment.regulation.book.history),
        choices=_choices(deployment),
    )


def _choices(deployment: Deployment, *, but: str = "") -> list[tuple[str, str]]:
    """Agencies at work, as (id, name)."""
    return [(one.id, one.name) for one in deployment.regulation.agencies.search("", gone=False) if one.id != but]


def _typed(form: MultiDictProxy[Any]) -> dict[str, str]:
    return {name: line_of(form.get(name)) for name in _BLANK}


def _id(request: web.Request) -> str:
    return request.match_info["agency"]


def _back(agency_id: str, done: str) -> web.Response:
    return see_other(str(URL(f"{PAGE}/{agency_id}").with_query({"xong": done})))
