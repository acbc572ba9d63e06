"""
When a request for missing data left for its reporter, and when it reached them: their time may count from it (A-LS-2).

Only under a regulation that listens to it is anything looked up; everywhere else a message sent is a message sent.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Protocol

import structlog

from core.cases.decide import Actor, Refusal
from core.regulations.model import Pack
from core.service.regulation import Regulation
from core.storage import cases, outbox
from core.storage.database import Database
from core.storage.outbox import Caused

log = structlog.get_logger()

_REQUEST = "request_supplement"
_HEARD = frozenset({"request_sent", "request_delivered"})


class Executes(Protocol):
    """Carries out a command on a case, as a unit of its own."""

    async def __call__(self, case_id: str, name: str, payload: dict[str, Any], *, actor: Actor) -> object:
        """The events, or a refusal. NotFound · VersionConflict."""


class Arrivals:
    """Tells cases what became of their requests on the way."""

    def __init__(self, database: Database, *, regulation: Regulation, execute: Executes) -> None:
        self._database = database
        self._regulation = regulation
        self._execute = execute
        self._heard = any(_listens(pack) for pack in regulation.packs)

    async def sent(self, entry_id: str) -> None:
        """A message has left; never fails, since it has left whatever becomes of this."""
        if self._heard:
            await self._note(partial(outbox.cause_of, entry_id=entry_id), reached=False)

    async def delivered(self, provider_message_id: str) -> None:
        """A provider's receipt says that a message has reached its reader."""
        if self._heard:
            await self._note(partial(outbox.cause_of, provider_message_id=provider_message_id), reached=True)

    async def _note(self, find: partial[Caused | None], *, reached: bool) -> None:
        try:
            found = await self._database.read(find)
            if found is None or not await self._is_request(found):
                return
            answer = await self._execute(found.case_id, "note_request", {"reached": reached}, actor=Actor.system())
        except Exception:  # the time then counts from the request itself
            log.exception("arrival_not_noted")
            return
        if isinstance(answer, Refusal):
            log.info("arrival_without_effect", case=found.case_id, reason=answer.code)

    async def _is_request(self, found: Caused) -> bool:
        """Does the notice that caused it tell of a request, under the regulation of its case?"""
        row = await self._database.read(partial(cases.load, case_id=found.case_id))
        pack = self._regulation.packs.get(row.regulation)
        notice = pack.notifications.get(found.notification)
        return notice is not None and _REQUEST in notice.on


def _listens(pack: Pack) -> bool:
    return any(_HEARD.intersection((*clock.start, *clock.restart)) for clock in pack.clocks.values())
