"""The telephony process is told again and again who waits for a callback; whoever takes one has read the number."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial

import structlog
from aiohttp import web

from channels.call_center.agents.owed import Owed, OwedCall
from channels.tasks import ended
from core.identity import phones
from core.service.callbacks import Turn, turns
from core.storage import people
from gateway.console.phone.link import PhoneLink
from gateway.deployment import Deployment

log = structlog.get_logger()
EVERY_S = 3.0


class Turns:
    """One for a web process, as long as it lives; silent while nobody here answers calls."""

    def __init__(self, deployment: Deployment, link: PhoneLink) -> None:
        self._deployment, self._link = deployment, link
        self._whose: Mapping[str, str] = {}
        self._telling: asyncio.Task[None] | None = None

    async def run(self, _app: web.Application) -> None:
        """Signal `on_startup`."""
        self._telling = asyncio.create_task(self._keep_telling())

    async def stop(self, _app: web.Application) -> None:
        """Signal `on_cleanup`."""
        if self._telling is not None:
            await ended(self._telling)

    async def tell(self) -> None:
        """The list as it is now."""
        given = self._deployment
        waiting = await turns(given.database, given.intake.calls, now=given.now, quiet=given.clerk.house.quiet)
        self._whose = {turn.call_id: turn.subject_id for turn in waiting}
        await self._link.send(Owed(calls=tuple(map(_told, waiting))))

    async def taken(self, call: str, *, by: str) -> None:
        """Somebody takes a call that rings; where it is a callback, that they read the number is noted (VN-4)."""
        subject = self._whose.get(call)
        if subject is not None:
            log_it = partial(people.log_access, user_id=by, what="contact", ref=subject, now=self._deployment.now())
            await self._deployment.database.write(log_it)

    async def _keep_telling(self) -> None:
        while True:
            if self._link.attended:
                try:
                    await self.tell()
                except Exception:  # the database is away: the list stays as it was
                    log.warning("callbacks_not_told", exc_info=True)
            await asyncio.sleep(EVERY_S)


TURNS = web.AppKey("phone_turns", Turns)
"""Of this application."""


def _told(turn: Turn) -> OwedCall:
    return OwedCall(
        call=turn.call_id,
        number=turn.number,
        shown=phones.masked(turn.number),
        queue=turn.queue,
        skills=turn.skills,
        since=turn.since,
        kind=turn.kind,
        attempts=turn.attempts,
        not_before=turn.not_before,
    )
