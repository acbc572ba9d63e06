"""
Events by way of a Redis server (publish/subscribe), which may go and come back at any time.

One connection listens, one tells; a session begins when an echo of our own went out by one and came in by the other,
and ends when either fails or an echo stays out. What cannot be told (no session, or too much at once) leaves only the
name of its topic, on which everybody is told to look as soon as that can be told.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from channels.tasks import ended
from core.contract.schema import new_id
from gateway.events.base import Hear, Listeners

log = structlog.get_logger()

_MOST_WAITING = 1000
_SHORTEST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_ECHO = ""  # no topic


class RedisEvents:
    """
    `Events` between processes. `start` does not wait for the server; `close` ends it.

    `quiet` is after how many seconds without a word we ask for an echo; `patience` is how long any answer may take.
    """

    def __init__(self, url: str, *, namespace: str, quiet: float = 5.0, patience: float = 2.0) -> None:
        self._client = Redis.from_url(
            url, socket_connect_timeout=patience, socket_timeout=patience, retry=Retry(NoBackoff(), 0)
        )
        self._prefix = f"langnghe:{namespace}:"
        self._me = new_id()
        self._quiet, self._patience = quiet, patience
        self._listeners = Listeners()
        self._waiting: deque[tuple[str, str]] = deque()
        self._more = asyncio.Event()
        self._missed: set[str] = set()
        self._connected = False
        self._away_told = False
        self._task: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        """Whether the last echo came back."""
        return self._connected

    def start(self) -> None:
        """Connect, and stay connected, from now on."""
        self._task = asyncio.create_task(self._run(), name="events")

    async def close(self) -> None:
        """Let go of the server."""
        if self._task is not None:
            await ended(self._task)
        self._connected = False
        await self._client.aclose()

    def publish(self, topic: str, body: str = "") -> None:
        """Tell this process now and the others soon."""
        self._listeners.tell(topic, body)
        if not self._connected or len(self._waiting) >= _MOST_WAITING:
            self._missed.add(topic)
        elif body or (topic, body) not in self._waiting:
            self._waiting.append((topic, body))
            self._more.set()

    def subscribe(self, topic: str, hear: Hear) -> Callable[[], None]:
        """Listen until the answer is called."""
        return self._listeners.add(topic, hear)

    async def _run(self) -> None:
        pause = _SHORTEST_PAUSE
        while True:
            try:
                await self._session()
            except Exception as error:  # whatever ails it, work goes on without and we try again
                pause = _SHORTEST_PAUSE if self._connected else min(pause * 2, _LONGEST_PAUSE)
                self._note_away(error)
            await asyncio.sleep(pause)

    async def _session(self) -> None:
        """Ends only by a failure."""
        async with self._client.pubsub(ignore_subscribe_messages=True) as heard:
            await heard.psubscribe(f"{self._prefix}*")
            await self._await_echo(heard)
            self._note_back()
            await _until_one_fails(self._listen(heard), self._tell())

    async def _listen(self, heard: PubSub) -> None:
        while True:
            if not await self._next(heard, within=self._quiet):
                await self._await_echo(heard)

    async def _await_echo(self, heard: PubSub) -> None:
        """Prove that what goes out comes in. Raises TimeoutError."""
        await self._send(_ECHO, self._me)
        async with asyncio.timeout(self._patience):
            while await self._next(heard, within=self._patience) != self._echo:
                pass

    async def _next(self, heard: PubSub, *, within: float) -> tuple[str, str, str] | None:
        """The next (writer, topic, body), passed on unless it is our own; None when there was none in time."""
        message = await heard.get_message(timeout=within)
        if message is None or message["type"] != "pmessage":
            return None
        writer, _, body = message["data"].decode(errors="replace").partition(" ")
        topic = message["channel"].decode(errors="replace").removeprefix(self._prefix)
        if writer != self._me and topic != _ECHO:
            self._listeners.tell(topic, body)
        return writer, topic, body

    @property
    def _echo(self) -> tuple[str, str, str]:
        return self._me, _ECHO, self._me

    async def _tell(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting or self._missed:
                if not self._waiting:
                    self._waiting.extend((topic, "") for topic in self._take_missed())
                await self._send(*self._waiting[0])
                self._waiting.popleft()

    def _take_missed(self) -> list[str]:
        missed, self._missed = sorted(self._missed), set()
        return missed

    async def _send(self, topic: str, body: str) -> None:
        await self._client.publish(f"{self._prefix}{topic}", f"{self._me} {body}")

    def _note_away(self, error: Exception) -> None:
        self._connected = False
        self._missed.update(topic for topic, _ in self._waiting)
        self._waiting.clear()
        if not self._away_told:
            self._away_told = True
            log.warning("events_away", error=type(error).__name__)

    def _note_back(self) -> None:
        self._connected = True
        if self._away_told:
            self._away_told = False
            log.warning("events_back")
        self._more.set()
        self._listeners.tell_all_to_look()


async def _until_one_fails(*endless: Coroutine[Any, Any, None]) -> None:
    """Run side by side; the first failure ends the others and is raised."""
    tasks = [asyncio.create_task(one) for one in endless]
    try:
        await asyncio.gather(*tasks)
    finally:
        with suppress(Exception):  # of several failures the first is told
            await ended(*tasks)
