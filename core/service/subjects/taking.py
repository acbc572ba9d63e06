"""Taking a request down, wherever it comes up: on a page, at the desk, or within a conversation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

from core.contract.schema import Model, new_id
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.service.subjects.words import Asked
from core.service.work import Work
from core.storage import data_requests
from core.storage.data_requests import Kept, StepRow
from core.storage.database import Database
from core.subjects.request import ProvedBy, Request, State, Via, ask
from core.subjects.rights import Right

log = structlog.get_logger()

REPORTER = "reporter"


@dataclass(frozen=True)
class Entering:
    """
    A new request: whose, for which right, how it came, by what they are known to be the one.

    `code`: of the report it is asked beside. `by`: who of the staff writes it down; empty: the person themselves.
    """

    contact_id: str
    right: Right
    via: Via
    proved_by: ProvedBy
    asked: Asked = field(default_factory=Asked)
    code: str = ""
    by: str = ""


class Taking:
    """`processors`: others process data on our behalf (VN-4 gives such requests more time)."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        regulation: Regulation,
        now: Callable[[], datetime],
        processors: bool = False,
    ) -> None:
        self._database = database
        self._safe = safe
        self._regulation = regulation
        self._now = now
        self._processors = processors

    async def take(self, entering: Entering) -> Request:
        """
        The request, stored; the same right asked for again while it is open is the same request.

        Raises CalendarExhausted: nobody can say by when.
        """
        if (known := await self._open(entering)) is not None:
            return known.request
        kept, step = await self._compose(entering)
        await self._database.write(partial(data_requests.add, kept=kept, step=step))
        log_move(kept.request)
        return kept.request

    async def put(self, work: Work, entering: Entering) -> None:
        """The same within a unit of work, whose person may be stored by it for the first time."""
        if await self._open(entering) is None:
            kept, step = await self._compose(entering)
            work.add(partial(data_requests.add, kept=kept, step=step))

    async def _open(self, entering: Entering) -> Kept | None:
        standing = partial(data_requests.open_of, contact_id=entering.contact_id, right=entering.right)
        return await self._database.read(standing)

    async def _compose(self, entering: Entering) -> tuple[Kept, StepRow]:
        now = self._now()
        request = ask(
            new_id(),
            entering.contact_id,
            entering.right,
            via=entering.via,
            proved_by=entering.proved_by,
            now=now,
            calendar=self._regulation.calendar(now),
            processors=self._processors,
            entered_by=entering.by,
        )
        words = await sealed_for(self._safe, request, entering.asked, f"data_request:{request.id}")
        return Kept(request, entering.code, words), StepRow(now, entering.by or REPORTER, State.ASKED)


async def sealed_for(safe: Safe, request: Request, words: Model, place: str) -> bytes:
    """Words of a request, sealed under the key of its person."""
    await safe.bring(request.contact_id, new=False)
    seal = partial(safe.seal, words, subject_id=request.contact_id, place=place)
    return await safe.aside(seal, request.contact_id)


def log_move(request: Request) -> None:
    """One line for each move, of whom it does not tell."""
    log.info("data_request_moved", request=request.id, right=request.right, state=request.state)
