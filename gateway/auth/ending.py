"""
Whoever keeps a connection open for a signed-in page ends it when the session ends, or when its owner may not have that
page any more; at once where that is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from core.storage import people
from core.storage.database import Connection
from gateway.auth import sessions
from gateway.auth.staff import Staff
from gateway.deployment import Deployment
from gateway.events.bells import SESSIONS, bell

May = Callable[[Staff], bool]
LOOK_S = 30.0
"""Sessions end by age and idleness too, of which nobody tells."""


def tell_ended(deployment: Deployment, user_id: str) -> None:
    """A session or a role of this user was ended: whoever serves one of their pages looks."""
    deployment.events.publish(SESSIONS, user_id)


async def session_over(deployment: Deployment, staff: Staff, *, may: May = lambda _: True) -> None:
    """
    Wait until the session behind a page is over: by hand, by age, or with the account.

    `may`: whether whoever has the page may have it with what they hold now.
    """
    with bell(deployment.events, SESSIONS, about=staff.id) as rung:
        while (now := await deployment.database.read(partial(_as_of, staff=staff, now=deployment.now()))) and may(now):
            with suppress(TimeoutError):
                await asyncio.wait_for(rung.wait(), LOOK_S)
            rung.clear()


def _as_of(connection: Connection, *, staff: Staff, now: datetime) -> Staff | None:
    """The same official with what they hold now; None where the session is over. A program's token opens no page."""
    session = staff.session and people.find_session(connection, staff.session.id_hash)
    if session is None or not sessions.is_alive(session, now):
        return None
    grants, borrowed = sessions.held(connection, staff.id, now=now)
    return replace(staff, grants=grants, borrowed=borrowed)
