"""What is filled into a canned answer: of whoever answers, of the deployment, of the newest case of a conversation."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from core.cases.tasks import open_tasks
from core.contract.errors import NotFound
from core.identity.codes import format_code
from core.service.reading.names import Names
from core.service.reading.views import ConversationView
from gateway.auth import staff_of
from gateway.console.canned.book import CannedBook
from gateway.console.canned.filling import fill
from gateway.console.shared import member_of, reader_of
from gateway.deployment import DEPLOYMENT
from gateway.pages.formats import local_time


@dataclass(frozen=True)
class Offered:
    """One answer, ready to be sent."""

    id: str
    title: str
    text: str


async def offered(request: web.Request, view: ConversationView) -> list[Offered]:
    """The answers that fit a conversation, filled in."""
    facts = await _facts(request, view)
    steps = {facts["stage"]} - {""}
    answers = await CannedBook(request.app[DEPLOYMENT].database).all()
    return [Offered(key, one.title, fill(one.text, facts)) for key, one in answers.items() if one.fits(steps)]


async def _facts(request: web.Request, view: ConversationView) -> dict[str, str]:
    house = request.app[DEPLOYMENT].clerk.house
    known = {
        "office": house.office,
        "hotline": house.hotline,
        "follow": house.follow_url,
        "staff": staff_of(request).display_name,
        "stage": "",
    }
    return known | (await _of_case(request, list(view.cases.values())[-1]) if view.cases else {})


async def _of_case(request: web.Request, case_id: str) -> dict[str, str]:
    """Of one case; nothing where this person may not see it."""
    try:
        case = await reader_of(request).case(case_id, member_of(request))
    except NotFound:
        return {}
    regulation = request.app[DEPLOYMENT].regulation
    pack = regulation.packs.get(case.regulation)
    names, due = Names(pack, regulation.agencies), [one.due_at for one in open_tasks(pack, case) if one.due_at]
    return {
        "stage": case.stage,
        "code": format_code(case.code),
        "step": names.stage("case", case.stage).label,
        "due": local_time(min(due)) if due else "không quy định",
        "category": names.category(case.category).label if case.category else "",
    }
