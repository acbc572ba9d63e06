"""
What somebody outside may do and see: get a code, follow a report with code and PIN, read what is published.

Views are built field by field from an allow-list. A code alone opens what everybody may see (A-4); with its PIN, what
its own reporter told us and what we answered. Nothing here says whether a code exists before its PIN was right.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from core.contract.errors import NotFound
from core.identity.codes import check_pin, hash_pin, new_code, new_pin, parse_code
from core.identity.lockout import REPORT_PIN, Attempt, LockoutPolicy, wait_for
from core.intake.fold import fold
from core.service.public.following import FollowView, Reading, read_follow
from core.service.public.glance import Glance, glance_at
from core.service.publishing import RESULT, Shown
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.storage import cases, conversations, people, reports
from core.storage.database import Connection, Database

log = structlog.get_logger()

PAGE = 20
_MOST_CODES = 8
_LOOK_SECONDS = 0.3

# A ward office or a mobile carrier may share one address: many may err before it has to wait.
CLIENT_PIN = LockoutPolicy(
    free=40, first_wait=timedelta(seconds=30), longest_wait=timedelta(minutes=10), forget_after=timedelta(hours=1)
)


@dataclass(frozen=True)
class Promise:
    """A code and PIN that may be told to a citizen before the report exists; only the hash is ever stored."""

    code: str
    pin: str
    pin_hash: str


@dataclass(frozen=True)
class Secrets:
    """Lasting secrets of the deployment: what codes are drawn from, what PINs are hashed under."""

    codes: bytes = field(repr=False)
    pins: bytes = field(repr=False)


@dataclass(frozen=True)
class Opened:
    """Code and PIN were right."""

    code: str


@dataclass(frozen=True)
class Refused:
    """They were not, or nobody looked because of earlier mistakes: `wait` is then how long."""

    wait: timedelta = timedelta(0)


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
        """
        The code and PIN of a submission, made from its secret id: asking twice gives the same answer.

        So a form sent twice by a double click shows the code of the one report that comes of it.
        """
        for turn in range(_MOST_CODES):
            made = self._derive(f"{turn}:{submission}")
            if await self._is_free(made):
                return made
        raise RuntimeError("no free report code: the source of chance is broken")

    async def _is_free(self, made: Promise) -> bool:
        """With the database away nobody can look; among 9·10^10 codes it is free."""
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                return await self._database.read(partial(_free_or_own, promise=made))
        except Exception as error:  # whatever ails the database: the report must be taken all the same
            log.warning("code_not_checked", error=type(error).__name__)
            return True

    def _derive(self, seed: str) -> Promise:
        chance = _Chance(self._secrets.codes, seed)
        code, pin = new_code(chance), new_pin(chance)
        return Promise(code, pin, hash_pin(pin, code=code, key=self._secrets.pins))

    async def unlock(self, code: str, pin: str, *, client: str) -> Opened | Refused:
        """
        Check a code and its PIN as typed. Unknown code, wrong PIN and a report without PIN give the same answer.

        Args:
            client: whoever asks (a network address), for the limit on guessing many codes.
        """
        known = parse_code(code)
        if known is None:  # the check digit tells: a slip, and no attempt at anybody's report
            return Refused()
        scopes = self._scopes(known, client)

        def attempt(connection: Connection) -> Opened | Refused:
            now = self._now()
            wait = max(_wait(connection, scopes[0], REPORT_PIN, now), _wait(connection, scopes[1], CLIENT_PIN, now))
            if wait:
                return Refused(wait)
            stored = _stored_hash(connection, known)
            right = check_pin(pin, stored, code=known, key=self._secrets.pins)
            people.note_attempt(connection, scopes[0], ok=right, now=now)
            if not right:
                people.note_attempt(connection, scopes[1], ok=False, now=now)
            return Opened(known) if right else Refused()

        async with self._turn:  # side by side on PostgreSQL, tries would not see each other's rows
            return await self._database.write(attempt)

    def _scopes(self, code: str, client: str) -> tuple[str, str]:
        """Whom mistakes are counted against, hashed: neither a code nor an address stands in the table."""
        blind = self._safe.blind.other
        return f"pin:{blind('attempt', 'code', code)}", f"pin:{blind('attempt', 'client', client)}"

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
        _, scope = self._scopes(known, client)
        now = self._now()
        wait = await self._database.read(partial(_wait, scope=scope, policy=CLIENT_PIN, now=now))
        if wait:
            return Refused(wait)
        found = await self._database.read(partial(glance_at, code=known, regulation=self._regulation))
        if found is None:
            await self._database.write(partial(people.note_attempt, scope=scope, ok=False, now=now))
        return found

    async def pulse(self, code: str) -> tuple[int, int]:
        """A pair that changes whenever something happens to a report: (version of its case, messages)."""
        return await self._database.read(partial(_pulse, code=code))

    async def published(
        self, *, kind: str, search: str = "", before: tuple[datetime, str] | None = None, most: int = PAGE
    ) -> Page:
        """Published results (`result`) or refusals (`declined`); `search` in any spelling, with or without marks."""
        query = partial(reports.published, kind=kind, text=fold(search), before=before, most=most + 1)
        rows = await self._database.read(query)
        last = rows[most - 1] if len(rows) > most else None
        shown = tuple((row.case_id, Shown.model_validate(row.view)) for row in rows[:most])
        return Page(shown, (last.published_at, last.case_id) if last else None)

    async def publication(self, case_id: str) -> Shown:
        """One published result. NotFound."""
        row = await self._database.read(partial(reports.publication_of, case_id=case_id))
        if row is None or row.kind != RESULT:
            raise NotFound("not published")
        return Shown.model_validate(row.view)


class _Chance:
    """An endless row of numbers made from a key and a seed (HMAC-SHA256 in counter mode)."""

    def __init__(self, key: bytes, seed: str) -> None:
        self._key, self._seed, self._count = key, seed.encode(), 0

    def __call__(self, above: int) -> int:
        """A number from 0 to one below `above`; 128 bits a number, so that no remainder shows."""
        self._count += 1
        block = hmac.new(self._key, self._count.to_bytes(4, "big") + self._seed, hashlib.sha256).digest()
        return int.from_bytes(block[:16], "big") % above


def _free_or_own(connection: Connection, promise: Promise) -> bool:
    """A code nobody holds, or the report that this very submission became already."""
    stored = _stored_hash(connection, promise.code, unknown="free")
    return stored == "free" or hmac.compare_digest(stored.encode(), promise.pin_hash.encode())


def _stored_hash(connection: Connection, code: str, *, unknown: str = "") -> str:
    try:
        return reports.by_code(connection, code).pin_hash
    except NotFound:
        return unknown


def _pulse(connection: Connection, code: str) -> tuple[int, int]:
    report = reports.by_code(connection, code)
    version = cases.load(connection, report.case_id).version
    return version, conversations.next_seq(connection, report.conversation_id)


def _wait(connection: Connection, scope: str, policy: LockoutPolicy, now: datetime) -> timedelta:
    failed = people.failures_since(connection, scope, now - policy.forget_after)
    return wait_for((Attempt(at, ok=False) for at in failed), policy, now)
