"""`/console/goi-y`: how good suggestions were, day by day, on cases that nothing is learnt from."""

from __future__ import annotations

from aiohttp import web

from core.service.actors import ADMIN
from core.storage import triage
from core.triage.scoring import Card
from gateway.auth import NotAllowed, require_staff
from gateway.console.shared import HOME, member_of, show
from gateway.deployment import DEPLOYMENT

PAGE = f"{HOME}/goi-y"


@require_staff()
async def show_scores(request: web.Request) -> web.StreamResponse:
    """The cards of the last year, the newest first; for the centre and administrators."""
    deployment, member = request.app[DEPLOYMENT], member_of(request)
    if not (member.is_centre(deployment.regulation.current) or member.holds(ADMIN)):
        raise NotAllowed
    kept = await deployment.database.read(triage.cards)
    model = await deployment.database.read(triage.model)
    days = [{**one, "categories": Card(**one["categories"]), "agencies": Card(**one["agencies"])} for one in kept]
    return show(request, "suggestions.html", days=days, model=model)


def mount(router: web.UrlDispatcher) -> None:
    """Its address."""
    router.add_get(PAGE, show_scores)
