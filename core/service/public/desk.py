"""
What somebody outside may do and see: get a code, follow a report with code and PIN, read what is published.

Views are built field by field from an allow-list. A code alone opens what everybody may see (A-4); with its PIN, what
its own reporter told us and what we answered. Nothing here says whether a code exists before its PIN was right.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from core.contract.errors import NotFound
from core.identity.codes import parse_code
from core.service.public.following import FollowView, Reading, read_follow
from core.service.public.glance import Glance, glance_at
from core.service.public.listing import Place, Wanted, listed
from core.service.public.locking import CLIENT_PIN, Opened, Refused, Scopes, attempt, wait_of
from core.service.public.promising import Promise, Secrets, derive, is_free_or_own
from core.service.publishing import RESULT, Shown
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.storage import cases, conversations, people, reports
from core.storage.database import Connection, Database

log = structlog.get_logger()

PAGE = 20
_MOST_CODES = 8
_LOOK_SECONDS = 0.3


@dataclass(frozen=True)
class Page:
    """Published cases, the newest first: (case id, what is shown). `more` begins the next page, None at the end."""

    rows: tuple[tuple[str, Shown], ...]
    more: tuple[datetime, str] | None = None


class PublicDesk:
    """Serves citizens without an account."""

    def __init__(
        self, database: Database, *, safe: Safe, regulation: Regulation, secrets: Secrets, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._safe = safe
        self._regulation = regulation
        self._secrets = secrets
        self._now = now
        self._turn = asyncio.Lock()

    @classmethod
    async def open(
        cls, database: Database, *, safe: Safe, regulation: Regulation, now: Callable[[], datetime]
    ) -> PublicDesk:
        """Over a deployment's parts. Its secrets are read once: codes are promised also while the keys are away."""
        secret = safe.keys.system_secret
        codes, pins = await asyncio.gather(asyncio.to_thread(secret, "web-code"), asyncio.to_thread(secret, "pin"))
        return cls(database, safe=safe, regulation=regulation, secrets=Secrets(codes, pins), now=now)

    async def promise(self, submission: str) -> Promise:
        """The code and PIN of a submission, from its secret id; the same whenever it is asked again."""
        for turn in range(_MOST_CODES):
            made = derive(f"{turn}:{submission}", self._secrets)
            if await self._is_free(made):
                return made
        raise RuntimeError("no free report code: the source of chance is broken")

    async def _is_free(self, made: Promise) -> bool:
        """With the database away nobody can look; among 9·10^10 codes it is free."""
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                return await self._database.read(partial(is_free_or_own, promise=made))
        except Exception as error:  # whatever ails the database: the report must be taken all the same
            log.warning("code_not_checked", error=type(error).__name__)
            return True

    async def unlock(self, code: str, pin: str, *, client: str) -> Opened | Refused:
        """Check a code and its PIN as typed; `client` is whoever asks (a network address), for the limits."""
        known = parse_code(code)
        if known is None:  # the check digit tells: a slip, and no attempt at anybody's report
            return Refused()
        scopes, key = Scopes.of(known, client, blind=self._safe.blind), self._secrets.pins
        work = partial(attempt, code=known, pin=pin, scopes=scopes, key=key, now=self._now())
        async with self._turn:  # side by side on PostgreSQL, tries would not see each other's rows
            return await self._database.write(work)

    async def follow(self, code: str) -> FollowView | None:
        """Everything about a report for its own reporter; None where it is not (yet) there. Only after `unlock`."""
        reading = await self._database.read(partial(Reading.of, code=code))
        if reading is None:
            return None
        view = partial(read_follow, reading, safe=self._safe, regulation=self._regulation, now=self._now())
        return await asyncio.to_thread(view)

    async def glance(self, code: str, *, client: str) -> Glance | Refused | None:
        """What a code alone opens, from the pack's allow-list; None for a code that is none of ours."""
        known = parse_code(code)
        if known is None:
            return None
        scope, now = Scopes.of(known, client, blind=self._safe.blind).client, self._now()
        wait = await self._database.read(partial(wait_of, scope=scope, policy=CLIENT_PIN, now=now))
        if wait:
            return Refused(wait)
        found = await self._database.read(partial(glance_at, code=known, regulation=self._regulation))
        if found is None:
            await self._database.write(partial(people.note_attempt, scope=scope, ok=False, now=now))
        return found

    async def pulse(self, code: str) -> tuple[int, int]:
        """A pair that changes whenever something happens to a report: (version of its case, messages)."""
        return await self._database.read(partial(_pulse, code=code))

    async def published(self, wanted: Wanted, *, before: Place | None = None, most: int = PAGE) -> Page:
        """A page of published cases, the newest first; `before`: where an earlier page ended."""
        rows = await self._database.read(partial(listed, wanted=wanted, before=before, most=most + 1))
        last = rows[most - 1] if len(rows) > most else None
        shown = tuple((row.case_id, Shown.model_validate(row.view)) for row in rows[:most])
        return Page(shown, (last.published_at, last.case_id) if last else None)

    async def publication(self, case_id: str) -> Shown:
        """One published result. NotFound."""
        row = await self._database.read(partial(reports.publication_of, case_id=case_id))
        if row is None or row.kind != RESULT:
            raise NotFound("not published")
        return Shown.model_validate(row.view)


def _pulse(connection: Connection, code: str) -> tuple[int, int]:
    report = reports.by_code(connection, code)
    version = cases.load(connection, report.case_id).version
    return version, conversations.next_seq(connection, report.conversation_id)
