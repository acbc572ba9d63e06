"""A gateway under the shim, citizens who note the time of each answer, and what is found afterwards."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import aiohttp
from sqlalchemy import Connection, select

from core.storage.inbox import unpack_delivery
from core.storage.tables import inbox_raw
from gateway.deployment import open_deployment
from tests.faults.forked import start
from tests.faults.gateway import READY, main
from tests.support.deployments import settings_for
from tests.support.fsync_shim import Sync
from tests.support.hooked import signed
from tests.support.waiting import until

PATIENCE = 60
SIDE_BY_SIDE = 16
OK = 200
BUSY = 503


@dataclass(frozen=True)
class Answer:
    """How one message fared; instants are `time.monotonic_ns()`, status 0 is a broken connection."""

    id: str
    sent: int
    answered: int
    status: int


@dataclass
class Gateway:
    """The gateway's process: where it listens, and its log."""

    process: ForkServerProcess
    log: Path
    url: str = ""

    @classmethod
    @asynccontextmanager
    async def start(cls, data: Path, *options: str, environment: dict[str, str]) -> AsyncIterator[Gateway]:
        """Running and ready; killed in the end if it has not stopped."""
        log = data.parent / f"log-of-{data.name}"
        argv = ["gateway", "--data", str(data), *options]
        gateway = cls(start(main, argv, environment=environment, output=log), log)
        try:
            await until(gateway._is_ready, "a gateway that answers")
            yield gateway
        finally:
            gateway.kill()

    def _is_ready(self) -> bool:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.url = next((line.removeprefix(READY) for line in lines if line.startswith(READY)), "")
        assert self.running, lines[-20:]
        return bool(self.url)

    def kill(self) -> None:
        """At once, as a power cut would."""
        self.process.kill()
        self.process.join()

    async def stop(self) -> int | None:
        """In good order; its exit code."""
        self.process.terminate()
        await asyncio.to_thread(self.process.join, PATIENCE)
        return self.process.exitcode

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self.process.is_alive()

    def said(self, event: str) -> list[dict[str, object]]:
        """Log lines of one kind."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("event") == event]


@dataclass
class Citizens:
    """Write messages, side by side, and remember each answer. `photo` (base64) goes with each of them."""

    gateway: Gateway
    name: str = "m"
    photo: str = ""
    answers: list[Answer] = field(default_factory=list)
    _next: int = 0

    async def write(self, count: int) -> list[Answer]:
        """So many messages, each once, each from a person of its own; returns their answers."""
        before = len(self.answers)
        async with self._session() as session:
            numbers = iter(range(self._next, self._next + count))
            self._next += count
            await asyncio.gather(*(self._work_off(session, numbers) for _ in range(SIDE_BY_SIDE)))
        return self.answers[before:]

    async def write_until(self, enough: Callable[[], bool]) -> list[Answer]:
        """One after the other on each connection, until it is so or the gateway is gone."""
        before = len(self.answers)

        def numbers() -> Iterable[int]:
            while not enough() and self.gateway.running:
                self._next += 1
                yield self._next - 1

        endless = iter(numbers())
        async with self._session() as session:
            await asyncio.gather(*(self._work_off(session, endless) for _ in range(SIDE_BY_SIDE)))
        return self.answers[before:]

    async def write_again(self) -> None:
        """Repeat what was not acknowledged until all of it is, as providers do."""

        async def all_taken() -> bool:
            await self.again({one.id for one in self.answers} - self.acknowledged)
            return {one.id for one in self.answers} == self.acknowledged

        await until(all_taken, "every message being taken")

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))

    async def _work_off(self, session: aiohttp.ClientSession, numbers: Iterable[int]) -> None:
        for number in numbers:
            await self._send(session, f"{self.name}-{number}")

    async def again(self, ids: Iterable[str]) -> list[Answer]:
        """Send these once more, as a provider does that heard 503."""
        before = len(self.answers)
        async with self._session() as session:
            await asyncio.gather(*(self._send(session, one) for one in ids))
        return self.answers[before:]

    async def _send(self, session: aiohttp.ClientSession, message_id: str) -> None:
        body = message(message_id, photo=self.photo)
        sent = time.monotonic_ns()
        try:
            async with session.post(
                f"{self.gateway.url}/hooks/testchat/trang-1", data=body, headers=signed(body)
            ) as response:
                status = response.status
                answered = time.monotonic_ns()  # before the body: the status line has left, and that is the promise
                await response.read()
        except aiohttp.ClientError:
            status, answered = 0, time.monotonic_ns()
        self.answers.append(Answer(message_id, sent, answered, status))

    @property
    def acknowledged(self) -> set[str]:
        """What the gateway has promised to keep."""
        return {one.id for one in self.answers if one.status == OK}


def message(message_id: str, *, photo: str = "") -> bytes:
    """A webhook's body: one message from a person of its own."""
    event = {
        "id": message_id,
        "user": f"u-{message_id}",
        "at": int(datetime.now(UTC).timestamp()),
        "text": "Đèn đường hỏng ở số nhà 12 đường Lê Lợi, phường Vĩnh Ninh.",
    }
    return json.dumps({"events": [event | ({"photo": photo} if photo else {})]}).encode()


def statuses(answers: Iterable[Answer]) -> set[int]:
    """Which answers there were."""
    return {one.status for one in answers}


def premature(answers: Iterable[Answer], syncs: Sequence[Sync], *, places: Sequence[Path | str]) -> list[Answer]:
    """
    Acknowledgements without a completed sync of the database's log or the journal between request and answer.

    Necessary for durability, not enough: which row a sync covers is proved by cutting the power.
    """
    prefixes = tuple(str(place) for place in places)
    good = [one for one in syncs if one.error == 0 and one.path.startswith(prefixes)]
    return [
        answer
        for answer in answers
        if answer.status == OK and not any(answer.sent < one.began and one.ended < answer.answered for one in good)
    ]


async def kept(data: Path, *, key: Path, database_url: str = "") -> Counter[str]:
    """Message ids in the inbox of a deployment that nobody else runs, the journal shipped first; how often each."""
    settings = settings_for(data, database_url=database_url, master_key=f"file:{key}")
    async with open_deployment(settings) as deployment:
        await deployment.inbox.ship()
        rows = await deployment.database.read(_bodies)
        zone = deployment.safe.zone

        def ids() -> Counter[str]:
            packed = (zone.open(wrapped, sealed, binding=raw_id) for raw_id, wrapped, sealed in rows)
            return Counter(event["id"] for one in packed for event in _events(one))

        return await asyncio.to_thread(ids)


def _bodies(connection: Connection) -> list[tuple[str, bytes, bytes]]:
    rows = connection.execute(select(inbox_raw.c.id, inbox_raw.c.wrapped_key, inbox_raw.c.body_sealed))
    return [(row[0], row[1], row[2]) for row in rows]


def _events(packed: bytes) -> list[dict[str, str]]:
    body = unpack_delivery(packed, channel="testchat", account="", received_at=datetime.now(UTC)).body
    return list(json.loads(body)["events"])
