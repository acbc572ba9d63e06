"""
Reading a hosted mailbox: told by the server (IDLE), or asking every minute, one reader for one mailbox.

A mail is marked as read or moved, and our progress noted, only once `accept` has stored it. What is read twice for all
that bears the same key, and the inbox keeps one. What the server pushes is only a reason to look: what is new is what
lies above the last UID.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from channels.email.imap_session import ImapSession, LogInRefused
from channels.email.oauth import AccessTokens
from channels.email.settings import ImapSettings
from channels.listening import Lease, Trouble, leave_quietly
from core.contract.errors import PayloadInvalid

CHANNEL = "email"
HOLD_SECONDS = 20.0
LOOK_SECONDS = 0.5
RESCAN = timedelta(days=2)

log = structlog.get_logger()


@dataclass(frozen=True)
class Mark:
    """How far a folder was read: everything up to `uid` while its UIDVALIDITY is `validity`; `at`: when, aware."""

    validity: int
    uid: int
    at: datetime


class Progress(Protocol):
    """Where the mark of a folder is kept, for all processes."""

    async def load(self, folder: str) -> Mark | None:
        """The mark; None where this folder was never read."""

    async def save(self, folder: str, mark: Mark) -> None:
        """Keep it from now on."""


class Memory:
    """Progress of one process, lost with it: what was taken is known by its key all the same."""

    def __init__(self) -> None:
        self._marks: dict[str, Mark] = {}

    async def load(self, folder: str) -> Mark | None:
        """The mark."""
        return self._marks.get(folder)

    async def save(self, folder: str, mark: Mark) -> None:
        """Keep it."""
        self._marks[folder] = mark


TakeMail = Callable[[bytes], Awaitable[None]]
"""Stores one mail durably; raises PayloadInvalid where there is nothing in it, anything else to be asked again."""


@dataclass(frozen=True)
class Desk:
    """What a reader works with; `tokens` where the log-in is by access token."""

    take: TakeMail
    tokens: AccessTokens | None
    progress: Progress
    lease: Lease
    clock: Callable[[], datetime]
    max_bytes: int


class MailboxReader:
    """Reads, stores, settles; from `start` to `stop`."""

    def __init__(self, settings: ImapSettings, desk: Desk) -> None:
        self._settings = settings
        self._desk = desk
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._held_at = float("-inf")
        self.trouble = Trouble(CHANNEL, first_pause=settings.first_pause, longest_pause=settings.longest_pause)

    def start(self) -> None:
        """Begin to read."""
        self._task = asyncio.create_task(self._run(), name="email-imap")

    async def stop(self) -> None:
        """Read no more; a mail in the hand is stored first."""
        self._stopping.set()
        if self._task is not None:
            await self._task
        await leave_quietly(self._desk.lease, CHANNEL)

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if await self._holds(now=True):
                    await self._visit()
                else:
                    await self._rest(self._settings.longest_pause / 12)
            except Exception as error:  # whatever it is: the next try may work, and nothing was settled
                await self._rest(self.trouble.note(error))

    async def _visit(self) -> None:
        """One session: read what is there, then whenever there is news; until the lease or the line is lost."""
        session = await self._opened()
        try:
            while not self._stopping.is_set() and await self._holds(now=True):
                await self._read(session)
                self.trouble.over()
                if not session.news():
                    await self._wait(session)
        finally:
            await asyncio.to_thread(session.close)

    async def _opened(self) -> ImapSession:
        """Logged in; a token that is refused is replaced once."""
        tokens = self._desk.tokens
        shown = await tokens.access() if tokens is not None else ""
        try:
            return await asyncio.to_thread(ImapSession, self._settings, token=shown)
        except LogInRefused:
            if tokens is None:
                raise
        return await asyncio.to_thread(ImapSession, self._settings, token=await tokens.access(refused=shown))

    async def _read(self, session: ImapSession) -> None:
        """Everything new, in order. A first look or a rescan counts once it is through; else each mail counts."""
        mark = await self._desk.progress.load(self._settings.folder)
        known = mark is not None and mark.validity == session.validity
        last, uids = await asyncio.to_thread(_new, session, mark)
        for uid in uids:
            if self._stopping.is_set() or not await self._holds():
                return
            await self._take(session, uid)
            if known:
                await self._note(session, uid)
        if not known:
            await self._note(session, last)

    async def _note(self, session: ImapSession, uid: int) -> None:
        await self._desk.progress.save(self._settings.folder, Mark(session.validity, uid, self._desk.clock()))

    async def _take(self, session: ImapSession, uid: int) -> None:
        size = await asyncio.to_thread(session.size, uid)
        if size is None:
            return
        body = await asyncio.to_thread(session.raw, uid) if size <= self._desk.max_bytes else None
        try:
            if body is None:
                raise PayloadInvalid("too large")
            await self._desk.take(body)
        except PayloadInvalid:
            log.error("mail_left_in_mailbox", channel=CHANNEL, bytes=size)
            await asyncio.to_thread(session.point_out, uid)
            return
        await asyncio.to_thread(session.settle, uid)
        log.info("mail_received", channel=CHANNEL, protocol="imap", outcome="taken", bytes=size)

    async def _wait(self, session: ImapSession) -> None:
        """Until the server has news, or it is time to ask anyway."""
        if not session.pushes:
            await self._rest_in_session(self._settings.poll_seconds)
            return
        await asyncio.to_thread(session.begin_listening)
        over = _loop_time() + self._settings.idle_seconds
        while not self._stopping.is_set() and _loop_time() < over and await self._holds():
            if await asyncio.to_thread(session.heard, LOOK_SECONDS):
                break
        await asyncio.to_thread(session.end_listening)

    async def _rest_in_session(self, seconds: float) -> None:
        over = _loop_time() + seconds
        while not self._stopping.is_set() and _loop_time() < over and await self._holds():
            await self._rest(min(HOLD_SECONDS, over - _loop_time()))

    async def _holds(self, *, now: bool = False) -> bool:
        """Whether we are the one reader; asked anew only every so often."""
        if not now and _loop_time() - self._held_at < HOLD_SECONDS:
            return True
        holds = await self._desk.lease.hold()
        self._held_at = _loop_time() if holds else float("-inf")
        return holds

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), max(seconds, 0))


def _new(session: ImapSession, mark: Mark | None) -> tuple[int, list[int]]:
    """
    (last UID there is, UIDs to read): above the mark; the first time what nobody has read; where UIDs have lost their
    meaning everything since shortly before the mark, which the inbox knows by its keys.
    """
    session.news()  # whatever was told until now is looked for now
    last = session.last()
    if mark is None:
        found = session.unseen()
    elif mark.validity != session.validity:
        found = session.since((mark.at - RESCAN).astimezone(UTC).date())
    else:
        found = session.waiting(after=mark.uid)
    return last, [uid for uid in found if uid <= last]


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
