"""`/console`: whose turn it is. A tab for each role the person holds, the nearest due time first."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from core.service.actors import Member, seats
from core.service.reading.views import ConversationLine
from core.storage import inbox_queue, outbox
from core.storage.database import Connection
from gateway.auth import require_staff
from gateway.console.basis import bases
from gateway.console.shared import HOME, member_of, next_page, read_after, reader_of, show
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.roles import role_label

TALKS_SHOWN = 5


@dataclass(frozen=True)
class Tab:
    """One queue: the work of a role, or of all of them (no role)."""

    role: str
    label: str
    count: int
    href: str


@dataclass(frozen=True)
class Trouble:
    """What waits for somebody who keeps the service going."""

    quarantined: int
    failed: int
    unknown: int


@require_staff()
async def show_queues(request: web.Request) -> web.StreamResponse:
    """The work of one role (`?vai-tro=`) or of all roles."""
    deployment, member, reader = request.app[DEPLOYMENT], member_of(request), reader_of(request)
    tabs = _tabs(deployment, member, await reader.waiting(member))
    chosen = next((tab for tab in tabs if tab.role == request.query.get("vai-tro", "")), tabs[0] if tabs else None)
    page = await reader.queue(member, after=read_after(request), role=chosen.role if chosen else "-")
    hears = reader.hears(member)
    talks: tuple[ConversationLine, ...] = ()
    if hears:
        talks = (await reader.conversations(member, most=TALKS_SHOWN + 1)).items
    return show(
        request,
        "home.html",
        tabs=tabs,
        chosen=chosen,
        rows=list(zip(page.items, await bases(deployment, page.items), strict=True)),
        more=next_page(request, page.after),
        hears=hears,
        talks=talks[:TALKS_SHOWN],
        more_talks=len(talks) > TALKS_SHOWN,
        trouble=await deployment.database.read(_trouble) if hears else None,
    )


def _tabs(deployment: Deployment, member: Member, counts: dict[str, int]) -> list[Tab]:
    """Roles in the order of the pack; first all of them together where there are several."""
    pack = deployment.regulation.current
    held = {role for role, _ in seats(member.grants, pack)}
    roles = [role for role in pack.roles if role in held]
    own = [Tab(role, role_label(pack, role), counts.get(role, 0), f"{HOME}?vai-tro={role}") for role in roles]
    return [Tab("", "Tất cả", sum(counts.values()), HOME), *own] if len(own) > 1 else own


def _trouble(connection: Connection) -> Trouble:
    sending = outbox.outbox_state(connection)
    return Trouble(inbox_queue.inbox_state(connection).quarantined, sending.failed, sending.unknown)
