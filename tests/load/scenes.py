"""What happens to a fleet: events that cross, limits that end together, members that end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from signal import SIGCONT, SIGSTOP

from sqlalchemy import func, select

from core.cases.decide import Actor
from core.service.desk import Issued
from core.storage import outbox
from core.storage.tables import conversation
from gateway.deployment import Deployment
from gateway.events.bells import DUE
from tests.load import books
from tests.load.fleet import Fleet, Member, observing, open_fleet
from tests.load.provider import Provider, Tally
from tests.load.script import reports
from tests.support.servers import PostgresServer, RedisServer
from tests.support.waiting import until

CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))
A_WHILE = 900.0  # a bound, not a wish: short tests end before, by their own
SOON = 30.0
BURST_SECONDS = 10
LEASE_SECONDS = 16
ENDLESS = 10**9


@dataclass
class Scene:
    """A running fleet, what it runs on, and a look into its database; `second_port` is where another one may be."""

    fleet: Fleet
    postgres: PostgresServer
    redis: RedisServer
    seen: Deployment
    second_port: int = 0

    @property
    def now(self) -> float:
        """The fleet's time as a provider writes it."""
        return self.fleet.clock().timestamp()

    @property
    def provider(self) -> Provider:
        """A provider that knows all web processes."""
        return Provider(self.fleet.webs)

    async def read(self) -> None:
        """Wait until everything was read."""
        await until(partial(books.read, self.seen), "reading", within=A_WHILE)

    async def settled(self) -> None:
        """Wait until everything was read, bursts are over, and everything was answered."""
        await self.read()
        self.fleet.advance(seconds=BURST_SECONDS)
        await until(self._nothing_to_do, "answering", within=A_WHILE)

    async def _nothing_to_do(self) -> bool:
        """Looks in the order in which one brings about the next; time passes where an answer is to be tried again."""
        soon = await self.seen.database.read(outbox.next_send)
        if soon is not None and soon > self.fleet.clock():
            self.fleet.advance(seconds=(soon - self.fleet.clock()).total_seconds())
        reads = (books.read, books.no_bursts, books.sent)
        return all([await done(self.seen) for done in reads])

    async def disorder(self) -> tuple[str, ...]:
        """What must be nothing at the end: wrong answers, silence, deadlocks."""
        told = await books.answers(self.seen, self.fleet.sink)
        silence = [f"{count} never answered"] if (count := await books.unanswered(self.seen)) else []
        return (*told.wrong, *silence, *self._deadlocks(), *await self._counted_deadlocks())

    def _deadlocks(self) -> list[str]:
        """Who waited for whom, in the server's own words, of which none come late."""
        _, *found = self.postgres.log.read_text(errors="replace").split("deadlock detected")
        return [detail[:1500] for detail in found]

    async def _counted_deadlocks(self) -> list[str]:
        count = await books.deadlocks(self.seen)
        return [f"{count} deadlocks counted"] if count else []


@asynccontextmanager
async def at_work(folder: Path, *, webs: int, workers: int) -> AsyncIterator[Scene]:
    """
    A fleet of so many processes on a database and a Redis of its own; each has to end well.

    Its database has all the time there is: what goes by a process's journal may be overtaken at another process.
    """
    with PostgresServer.start() as postgres, RedisServer.start() as redis:
        url = postgres.create_database("fleet").replace("+asyncpg", "")
        size = {"webs": webs, "workers": workers}
        async with open_fleet(folder, database_url=url, redis_url=redis.url(), budget=1.5, **size) as fleet:
            await fleet.start()
            async with observing(fleet) as seen:
                yield Scene(fleet, postgres, redis, seen)
            await fleet.stop()
            assert {code for member in fleet.members.values() for code in member.exits} == {0}


async def crossings(scene: Scene, prefix: str, times: int) -> list[float]:
    """Let a worker change something so many times; after how many seconds each was heard of in this process."""
    await until(lambda: scene.seen.events.connected, "connecting")
    heard: list[datetime] = []
    unsubscribe = scene.seen.events.subscribe(DUE, lambda _body: heard.append(scene.fleet.clock()))
    newest = select(func.max(conversation.c.last_message_at))
    crossed = []
    try:
        for one in reports(prefix, times, at=scene.now):
            heard.clear()
            await scene.provider.hand_in([one], connections=1)
            await until(lambda: heard, "hearing of it", within=SOON)
            stored = await scene.seen.database.read(lambda c: c.scalar(newest))
            crossed.append((heard[0] - stored).total_seconds())
    finally:
        unsubscribe()
    return crossed


async def limits_that_end_together(scene: Scene, prefix: str, count: int) -> list[Counter[str]]:
    """So many cases at an agency, whose limits are warned of, and then pass, at the same moment; what each was told."""
    await scene.provider.hand_in(reports(prefix, count, at=scene.now))
    await scene.settled()
    opened = await books.cases_of(scene.seen, prefix)
    agency = next(one.id for one in scene.seen.regulation.agencies.of_kinds(["enterprise"]))
    for case_id in opened:
        for name, payload in (("accept", {}), ("dispatch", {"agencies": [agency]})):
            assert isinstance(await scene.seen.clerk.execute(case_id, name, payload, actor=CENTRE), Issued)
    for _ in ("warning", "breach"):
        limits = await books.next_limits(scene.seen, opened)
        assert len(limits) == count
        scene.fleet.advance(seconds=(max(limits) - scene.fleet.clock()).total_seconds() + 1)
        await until(partial(_fired, scene, opened), "firing", within=A_WHILE)
    told = await books.told_of_limits(scene.seen, opened)
    return [told[case_id] for case_id in opened]


async def _fired(scene: Scene, case_ids: list[str]) -> bool:
    now = scene.fleet.clock()
    return all(limit > now for limit in await books.next_limits(scene.seen, case_ids))


@asynccontextmanager
async def caught_at_work(scene: Scene, prefix: str, count: int) -> AsyncIterator[tuple[Member, Member, Tally]]:
    """
    A worker that was frozen while it had conversations in its hands, another that was before it began, and who wrote.

    Both hold still; whoever lives at the end works on.
    """
    one, other = scene.fleet.workers
    other.signal(SIGSTOP)
    tally = await scene.provider.hand_in(reports(prefix, count, at=scene.now))
    while not await books.leases(scene.seen):
        one.signal(SIGCONT)
        await until(partial(books.leases, scene.seen), "work", within=SOON)
        one.signal(SIGSTOP)
    yield one, other, tally
    for member in (one, other):
        if member.running:
            member.signal(SIGCONT)


async def taken_over(scene: Scene, other: Member) -> None:
    """Let the leases of the one that holds still run out; the other has all of them then."""
    left = await books.leases(scene.seen)
    other.signal(SIGCONT)
    scene.fleet.advance(seconds=LEASE_SECONDS)

    async def none_left() -> bool:
        return not left.items() & (await books.leases(scene.seen)).items()

    await until(none_left, "taking over", within=A_WHILE)


@asynccontextmanager
async def writing(scene: Scene, prefix: str, *, connections: int = 4, pause: float = 0.1) -> AsyncIterator[Provider]:
    """Citizens who write a report each, from before the block to after it; all of them acknowledged at its end."""
    provider = scene.provider
    stream = provider.hand_in(reports(prefix, ENDLESS, at=scene.now), connections=connections, pause=pause)
    running = asyncio.create_task(stream)
    try:
        await more(provider, 10)
        yield provider
        await more(provider, 10)
    finally:
        provider.stopped = True
        await running


async def more(provider: Provider, count: int) -> None:
    """Wait until so many more were acknowledged."""
    enough = len(provider.tally.acknowledged) + count
    await until(lambda: len(provider.tally.acknowledged) >= enough, f"{count} more", within=A_WHILE)


async def lost_or_doubled(scene: Scene, prefix: str, tally: Tally) -> list[str]:
    """Users whose acknowledged report is not there, or is there twice; and reports nobody was told of."""
    found = await books.reporters(scene.seen, prefix)
    acknowledged = {one.rpartition("-")[0] for one in tally.acknowledged}
    doubled = {user for user, count in found.items() if count > 1}
    return sorted((acknowledged ^ found.keys()) | doubled)
