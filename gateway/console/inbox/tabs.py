"""The queues somebody may choose from, with how much waits in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from core.service.actors import Member, seats
from core.storage import calls, inbox_queue, outbox, staff_lists
from core.storage.database import Connection
from gateway.console.inbox.wish import CALLS, TALKS, Wish
from gateway.console.shared import HOME
from gateway.deployment import Deployment
from gateway.roles import role_label


@dataclass(frozen=True)
class Tab:
    """One queue: all work, that of a role, or of a sort."""

    label: str
    count: int
    href: str
    current: bool


@dataclass(frozen=True)
class Counts:
    """What waits for the centre beside cases, and what waits for somebody who keeps the service going."""

    talks: int = 0
    calls: int = 0
    quarantined: int = 0
    failed: int = 0
    unknown: int = 0


async def count(deployment: Deployment) -> Counts:
    """What waits now."""
    return await deployment.database.read(_count)


def _count(connection: Connection) -> Counts:
    sending = outbox.outbox_state(connection)
    return Counts(
        talks=staff_lists.count_attended(connection),
        calls=calls.count_owed(connection),
        quarantined=inbox_queue.inbox_state(connection).quarantined,
        failed=sending.failed,
        unknown=sending.unknown,
    )


def tabs_of(
    deployment: Deployment, member: Member, wish: Wish, *, waiting: Mapping[str, int], counts: Counts | None
) -> list[Tab]:
    """
    First all of it, then the roles in the order of the pack, then conversations and calls; one alone is no choice.

    `waiting`: tasks by role. `counts`: None for who does not read conversations.
    """
    pack = deployment.regulation.current
    held = {role for role, _ in seats(member.grants, pack)}
    rows = [(role_label(pack, role), waiting.get(role, 0), {"vai-tro": role}) for role in pack.roles if role in held]
    if counts is not None:
        rows += [("Các hội thoại", counts.talks, {"loai": TALKS}), ("Cuộc gọi", counts.calls, {"loai": CALLS})]
    everything = ("Tất cả", sum(count for _, count, _ in rows), dict[str, str]())
    shown = [everything, *rows] if len(rows) > 1 else rows
    current = {name: value for name, value in wish.query.items() if name in ("vai-tro", "loai")}
    return [
        Tab(label, count, address(HOME, {**queue, **wish.filters}), queue == current or len(shown) == 1)
        for label, count, queue in shown
    ]


def address(page: str, query: dict[str, str]) -> str:
    """A page with what stands behind its question mark; empty values stay out."""
    kept = {name: value for name, value in query.items() if value}
    return f"{page}?{urlencode(kept)}" if kept else page
