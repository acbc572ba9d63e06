"""Our side of the ticket benchmark: gateway processes, signed webhooks, and the database watched from outside."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.launch import Child
from bench.processes import cpu_seconds
from bench.tickets.loop import Lap, Load, closed_loop
from bench.tickets.texts import report_form, report_text
from bench.tickets.watch import PostgresWatch, SqliteWatch, Watch
from tests.support.hooked import signed
from tests.support.servers import LOOPBACK, PostgresServer

_LOOK_SECONDS = 0.005
_PATIENCE = 60.0
_REST_PATIENCE = 600.0
_RESTING = 0.15  # CPU seconds in a second: its loops look around, nothing else
_EARLIER = 86_400  # the first message was written a day ago, each of the next a millisecond later


@dataclass(frozen=True)
class Variant:
    """
    How we are run: on which database, in how many processes (web and worker each), with or without answering.

    `form`: citizens fill in fields, as the peer's do, where otherwise they write in their own words.
    """

    name: str
    server: PostgresServer | None = None
    database: str = ""
    processes: int = 1
    sender: bool = True
    form: bool = False
    log_level: str = "info"


@dataclass
class Ours:
    """Running gateway processes, and how many messages they were sent; `patience`: seconds to wait for one case."""

    variant: Variant
    urls: list[str]
    pids: list[int]
    sqlite: Path
    begun: int = field(default_factory=lambda: int(time.time()) - _EARLIER)
    written: int = 0
    patience: float = _PATIENCE

    async def lap(self, load: Load) -> Lap:
        """One lap. RuntimeError unless each message became one report and one case."""
        watch = await self._watch(lag=4 * load.in_flight)
        try:
            before = await watch.counts()
            async with _citizens(self, watch) as people:
                lap = await closed_loop(people.write, meter=self._cpu, load=load)
            lap.behind = await watch.unsent()
            after = await watch.counts()
            await self._settle(watch)
        finally:
            await watch.close()
        wrong = {name: after[name] - before[name] for name in after if after[name] - before[name] != lap.sent}
        if wrong:
            raise RuntimeError(f"{lap.sent} messages became {wrong}")
        return lap

    async def rest(self) -> None:
        """Wait until what fell due while nobody worked is worked off. TimeoutError when there is no end to it."""
        async with asyncio.timeout(_REST_PATIENCE):
            used = cpu_seconds(self.pids)
            while True:
                await asyncio.sleep(1)
                before, used = used, cpu_seconds(self.pids)
                if used - before < _RESTING:
                    return

    async def _watch(self, *, lag: int) -> Watch:
        if self.variant.server is None:
            return SqliteWatch(self.sqlite, lag=lag)
        return await PostgresWatch.open(self.variant.server.dsn(self.variant.database), lag=lag)

    def _cpu(self) -> tuple[float, float]:
        server = self.variant.server
        return cpu_seconds(self.pids), cpu_seconds([server.pid]) if server else 0.0

    async def _settle(self, watch: Watch) -> None:
        """What is left to do is not done at the cost of whoever is measured next."""
        async with asyncio.timeout(self.patience):
            while self.variant.sender and await watch.unsent():
                await asyncio.sleep(0.05)


@contextmanager
def ours(variant: Variant, folder: Path, *, data: Path | None = None) -> Iterator[Ours]:
    """
    Start the gateway processes of a variant; they end with the block. Raises: DidNotStart.

    Args:
        folder: for logs, and for keys and data unless `data` is given.
        data: an existing data folder with its `master.key` in it, for one process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key = (data or folder) / "master.key"
    if not key.exists():
        key.write_text(secrets.token_hex(32))
    url = variant.server.url(variant.database) if variant.server else ""
    children: list[Child] = []
    try:
        running = Ours(variant, [], [], (data or folder / "data-1") / "langnghe.sqlite3")
        for number in range(1, variant.processes + 1):
            arguments = ["--data", str(data or folder / f"data-{number}"), "--key", str(key), "--database-url", url]
            arguments += ["--log-level", variant.log_level, *([] if variant.sender else ["--no-sender"])]
            children.append(Child("bench.tickets.gateway", *arguments, log=folder / f"gateway-{number}.log"))
            running.urls.append(f"http://{LOOPBACK}:{children[-1].read()['port']}/hooks/citizens_app/hue")
            running.pids.append(children[-1].pid)
        yield running
    finally:
        for child in children:
            child.stop()


@dataclass
class _Citizens:
    """Write signed webhooks to the processes in turn and know when the case of each is opened."""

    side: Ours
    session: aiohttp.ClientSession
    watch: Watch
    waiting: dict[int, asyncio.Future[None]] = field(default_factory=dict)

    async def write(self) -> None:
        """One report by a person of their own; returns when its case is opened."""
        self.side.written += 1
        number, begun = self.side.written, self.side.begun
        at = begun + number / 1000
        opened = self.waiting[begun * 1_000_000 + number * 1000] = asyncio.get_running_loop().create_future()
        said = {"text": "", "form": report_form(number)} if self.side.variant.form else {"text": report_text(number)}
        event = {"id": f"m{begun}-{number}", "user": f"citizen-{begun}-{number}", "at": at, **said}
        body = json.dumps({"events": [event]}, ensure_ascii=False).encode()
        url = self.side.urls[number % len(self.side.urls)]
        async with self.session.post(url, data=body, headers=signed(body)) as answer:
            if answer.status != 200:
                raise RuntimeError(f"the webhook answered {answer.status}")
        await asyncio.wait_for(opened, self.side.patience)

    async def look(self) -> None:
        """Look again and again which cases have been opened."""
        while True:
            for at in await self.watch.newly_done():
                opened = self.waiting.pop(at, None)
                if opened is not None and not opened.done():
                    opened.set_result(None)
            await asyncio.sleep(_LOOK_SECONDS)


@asynccontextmanager
async def _citizens(side: Ours, watch: Watch) -> AsyncIterator[_Citizens]:
    """Connections to the gateways, and somebody who looks."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        people = _Citizens(side, session, watch)
        async with asyncio.TaskGroup() as group:
            looking = group.create_task(people.look())
            yield people
            looking.cancel()
