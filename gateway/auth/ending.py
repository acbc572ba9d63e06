"""Whoever keeps a connection open for a signed-in page ends it when the session ends, at once where that is told."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial

from core.storage import people
from gateway.auth import sessions
from gateway.auth.staff import Staff
from gateway.deployment import Deployment
from gateway.events.bells import SESSIONS, bell

LOOK_S = 30.0
"""Sessions end by age and idleness too, of which nobody tells."""


def tell_ended(deployment: Deployment, user_id: str) -> None:
    """Some session of this user was ended: whoever serves one of theirs looks."""
    deployment.events.publish(SESSIONS, user_id)


async def session_over(deployment: Deployment, staff: Staff) -> None:
    """Wait until the session behind a page is over: by hand, by age, or with the account."""
    session = staff.session
    if session is None:  # a token, which has no session
        await asyncio.Event().wait()
        return
    find = partial(people.find_session, id_hash=session.id_hash)
    with bell(deployment.events, SESSIONS, about=staff.id) as rung:
        while True:
            row = await deployment.database.read(find)
            if row is None or not sessions.is_alive(row, deployment.now()):
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(rung.wait(), LOOK_S)
            rung.clear()
