"""The page: look, see what would change, save, go back to a version. Administrators only."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from channels.call_center.flow.draw import draw
from channels.call_center.flow.load import Source
from channels.call_center.flow.plan import UNCHANGED, Plan, planned, wrong_with
from channels.call_center.prompts.catalogue import Catalogue
from core.contract.errors import VersionConflict
from core.service.actors import ADMIN
from core.storage import staff_lists
from gateway.auth import require_staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.dial_plan.changes import changes
from gateway.console.dial_plan.form import (
    DAYS,
    HOURS,
    PlanUnread,
    clock,
    menu_forms,
    plan_of,
    queue_choices,
    straight_choices,
)
from gateway.console.dial_plan.picture import drawn
from gateway.console.dial_plan.words import named, refusal
from gateway.console.phone.seating import NAMES as QUEUES
from gateway.console.shared import HOME, line_of, now_of, show
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.telephony.plans import Edition, PlanBook

PAGE = f"{HOME}/kich-ban-goi"
PREVIEW, BACK, DRAWING = f"{PAGE}/xem-truoc", f"{PAGE}/tro-lai", f"{PAGE}/so-do.mmd"
OVERTAKEN = "Kịch bản vừa được người khác thay đổi. Vui lòng xem lại trước khi lưu."


@dataclass(frozen=True)
class Written:
    """The flow as it is written, what may be said in it, and every version of the plan, the newest first."""

    source: Source
    slots: Catalogue
    editions: list[Edition]

    @property
    def in_force(self) -> Plan:
        """What calls follow now."""
        return self.editions[0].plan if self.editions else UNCHANGED

    @property
    def number(self) -> int:
        """Of the newest version."""
        return self.editions[0].number if self.editions else 0

    def plan(self, number: int) -> Plan:
        """Of a version; 0: the flow as it is written. Raises: HTTPNotFound."""
        if number == 0:
            return UNCHANGED
        found = next((one.plan for one in self.editions if one.number == number), None)
        if found is None:
            raise web.HTTPNotFound
        return found


@require_staff(ADMIN)
async def show_plan(request: web.Request) -> web.StreamResponse:
    """The plan in force."""
    written = await _written(request.app[DEPLOYMENT])
    return await _page(request, written, written.in_force)


@require_staff(ADMIN)
async def preview(request: web.Request) -> web.StreamResponse:
    """What was chosen, drawn; nothing is written."""
    written = await _written(request.app[DEPLOYMENT])
    try:
        plan = await _chosen(request, written)
    except PlanUnread as error:
        return await _page(request, written, written.in_force, reasons=error.reasons)
    return await _page(request, written, plan, reasons=_objections(written, plan))


@require_staff(ADMIN)
async def save(request: web.Request) -> web.StreamResponse:
    """In force from the next call on."""
    written = await _written(request.app[DEPLOYMENT])
    try:
        plan = await _chosen(request, written)
    except PlanUnread as error:
        return await _page(request, written, written.in_force, reasons=error.reasons)
    return await _write(request, written, plan)


@require_staff(ADMIN)
async def go_back(request: web.Request) -> web.StreamResponse:
    """An older version becomes the newest."""
    written = await _written(request.app[DEPLOYMENT])
    return await _write(request, written, written.plan(_number((await request.post()).get("lan"))))


@require_staff(ADMIN)
async def draw_all(request: web.Request) -> web.StreamResponse:
    """Every step of the flow in force as a diagram (Mermaid), to be kept or drawn elsewhere."""
    written = await _written(request.app[DEPLOYMENT])
    told = draw(planned(written.source.flow, written.in_force))
    headers = {"Content-Disposition": 'attachment; filename="kich-ban-goi.mmd"', "Cache-Control": "no-store"}
    return web.Response(text=told, content_type="text/plain", headers=headers)


def mount(router: web.UrlDispatcher) -> None:
    """The addresses."""
    router.add_get(PAGE, show_plan)
    router.add_post(PAGE, save)
    router.add_post(PREVIEW, preview)
    router.add_post(BACK, go_back)
    router.add_get(DRAWING, draw_all)


async def _written(deployment: Deployment) -> Written:
    def read() -> tuple[Source, Catalogue]:
        # Only here: whoever shows no such page needs none of what answers calls.
        from gateway.telephony.building import flow_of
        from gateway.telephony.sentences import catalogue_of

        slots = catalogue_of(deployment.settings)
        return flow_of(deployment.settings, slots), slots

    return Written(*await asyncio.to_thread(read), await PlanBook(deployment.database).editions())


async def _chosen(request: web.Request, written: Written) -> Plan:
    return plan_of(await request.post(), written.source.flow, _numbers(request))


def _numbers(request: web.Request) -> tuple[str, ...]:
    """Ours, but for those that stand for many."""
    answered = request.app[DEPLOYMENT].settings.call_center.answered
    return tuple(number for number in answered if not number.endswith("*"))


def _objections(written: Written, plan: Plan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(refusal, wrong_with(written.source, plan, written.slots))))


def _number(given: object) -> int:
    typed = line_of(given)
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 0


async def _write(request: web.Request, written: Written, plan: Plan) -> web.StreamResponse:
    if reasons := _objections(written, plan):
        return await _page(request, written, plan, reasons=reasons)
    looked_at = _number((await request.post()).get("phien-ban"))
    try:
        if looked_at != written.number:
            raise VersionConflict("another version was looked at")
        book, by = PlanBook(request.app[DEPLOYMENT].database), staff_of(request).id
        await book.write(plan, after=looked_at, by=by, at=now_of(request))
    except VersionConflict:
        fresh = await _written(request.app[DEPLOYMENT])
        return await _page(request, fresh, plan, problem=OVERTAKEN, status=409)
    return see_other(f"{PAGE}?xong=kich-ban-goi")


async def _page(
    request: web.Request,
    written: Written,
    plan: Plan,
    *,
    reasons: tuple[str, ...] = (),
    problem: str = "",
    status: int = 200,
) -> web.Response:
    flow, numbers, editions = written.source.flow, _numbers(request), written.editions
    befores = [*(one.plan for one in editions[1:]), UNCHANGED]
    read = partial(staff_lists.user_names, ids={one.by for one in editions})
    return show(
        request,
        "dial_plan.html",
        status=422 if reasons else status,
        reasons=reasons,
        problem=problem,
        plan=plan,
        number=written.number,
        menus=menu_forms(flow, plan),
        queues=queue_choices(flow, plan),
        queue_names=[(name, QUEUES.get(name, name)) for name in flow.queues],
        numbers=numbers,
        straight=straight_choices(flow),
        kinds=HOURS,
        days=DAYS,
        named=named,
        clock=clock,
        pending=changes(flow, written.in_force, plan),
        picture=None if reasons else drawn(flow, plan, numbers),
        history=[(one, changes(flow, before, one.plan)) for one, before in zip(editions, befores, strict=False)],
        names=await request.app[DEPLOYMENT].database.read(read),
        storm=await request.app[DEPLOYMENT].intake.calls.storm(),
    )
