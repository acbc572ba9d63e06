"""Our side of the ticket benchmark: gateway processes, signed webhooks, and the database watched from outside."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bench.tickets_cpu import cpu_seconds, tree_of
from bench.tickets_loop import Lap, closed_loop
from bench.tickets_texts import report_text
from bench.tickets_watch import PostgresWatch, SqliteWatch, Watch
from tests.support.hooked import signed
from tests.support.servers import PostgresServer

_ROOT = Path(__file__).parent.parent
_LOOK_SECONDS = 0.002
_STOP_SECONDS = 30
_PATIENCE = 60.0


@dataclass(frozen=True)
class Load:
    """How much is asked of it: citizens at once, seconds before the measuring begins, seconds measured."""

    in_flight: int = 16
    warm_up: float = 2.0
    seconds: float = 6.0
    processes: int = 1
    sender: bool = True
    log_level: str = "info"
    profile: Path | None = None

    @property
    def lag(self) -> int:
        """How far apart the rows may be on which is worked at the same time."""
        return 4 * self.in_flight


@dataclass(frozen=True)
class Books:
    """What lies in the database afterwards, counted there, beside what the loop saw."""

    lap: Lap
    counts: dict[str, int]
    added: dict[str, int]

    def prove(self) -> None:
        """Every message became one report and one case. RuntimeError when not."""
        wrong = {
            name: self.added[name] for name in ("inbox_item", "report", "case") if self.added[name] != self.lap.sent
        }
        if wrong:
            raise RuntimeError(f"{self.lap.sent} messages became {wrong}")


@dataclass(frozen=True)
class Gateway:
    """One running gateway process."""

    process: subprocess.Popen[bytes]
    address: str

    @property
    def pid(self) -> int:
        """Of the process."""
        return self.process.pid


@contextmanager
def gateway(folder: Path, *, database_url: str, load: Load) -> Iterator[Gateway]:
    """Start a gateway over a folder and a database; ends it in good order. RuntimeError shows why it did not start."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "bench.tickets_gateway", "--data", str(folder), "--log-level", load.log_level]
    command += ["--database-url", database_url] if database_url else []
    command += [] if load.sender else ["--no-sender"]
    log = folder / f"gateway-{time.monotonic_ns()}.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, stderr=errors)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"the gateway did not start:\n{log.read_text()[-3000:]}")
        yield Gateway(process, json.loads(line)["address"])
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@dataclass
class Citizens:
    """Writes signed webhooks to gateways in turn and knows when the case of each is opened."""

    session: aiohttp.ClientSession
    urls: tuple[str, ...]
    watch: Watch
    begun: int = field(default_factory=lambda: int(time.time()) - 86400)
    waiting: dict[int, asyncio.Future[None]] = field(default_factory=dict)

    async def write(self, number: int) -> None:
        """One report by a person of their own; returns when its case is opened."""
        at = self.begun + number / 1000
        done = self.waiting[round(at * 1_000_000)] = asyncio.get_running_loop().create_future()
        event = {"id": f"m{number}-{self.begun}", "user": f"citizen-{self.begun}-{number}", "at": at}
        body = json.dumps({"events": [event | {"text": report_text(number)}]}, ensure_ascii=False).encode()
        url = self.urls[number % len(self.urls)]
        async with self.session.post(url, data=body, headers=signed(body)) as answer:
            if answer.status != 200:
                raise RuntimeError(f"the webhook answered {answer.status}")
        await asyncio.wait_for(done, _PATIENCE)

    async def look(self) -> None:
        """Look again and again which cases have been opened."""
        while True:
            for at in await self.watch.newly_done():
                if (waiting := self.waiting.pop(at, None)) is not None and not waiting.done():
                    waiting.set_result(None)
            await asyncio.sleep(_LOOK_SECONDS)


@asynccontextmanager
async def citizens(addresses: list[str], watch: Watch) -> AsyncIterator[Citizens]:
    """Connections to the gateways, and somebody who looks."""
    urls = tuple(f"{address}/hooks/app/hue" for address in addresses)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        people = Citizens(session, urls, watch)
        looking = asyncio.create_task(people.look())
        try:
            yield people
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)


async def measure_postgres(server: PostgresServer, database: str, folder: Path, load: Load) -> Books:
    """From webhook to case on a database of this server; it is migrated by the gateway."""
    with ExitStack() as stack:
        url = server.url(database)
        running = [stack.enter_context(gateway(folder, database_url=url, load=load)) for _ in range(load.processes)]
        return await _measure(running, await PostgresWatch.open(server.dsn(database), lag=load.lag), load, server.pid)


async def measure_sqlite(folder: Path, load: Load) -> Books:
    """From webhook to case on SQLite, where one process does it all."""
    with gateway(folder, database_url="", load=load) as running:
        return await _measure([running], SqliteWatch(folder / "var" / "langnghe.sqlite3", lag=load.lag), load, None)


async def _measure(running: list[Gateway], watch: Watch, load: Load, database_pid: int | None) -> Books:
    ours = [one.pid for one in running]

    def meter() -> tuple[float, float]:
        return cpu_seconds(ours), cpu_seconds(tree_of(database_pid)) if database_pid else 0.0

    try:
        before = await watch.counts()
        async with citizens([one.address for one in running], watch) as people, profiled(ours[0], load):
            lap = await closed_loop(
                people.write, meter=meter, in_flight=load.in_flight, warm_up=load.warm_up, seconds=load.seconds
            )
        after = await watch.counts()
    finally:
        await watch.close()
    books = Books(lap, after, {name: after[name] - before[name] for name in after})
    books.prove()
    return books


@asynccontextmanager
async def profiled(pid: int, load: Load) -> AsyncIterator[None]:
    """py-spy beside it, if a profile is wanted: folded stacks of the measured seconds, with idle threads left out."""
    if load.profile is None:
        yield
        return
    recording = asyncio.create_task(_record(pid, load, load.profile))
    yield
    await recording


async def _record(pid: int, load: Load, profile: Path) -> None:
    from bench.tickets_peer import peer_program

    await asyncio.sleep(load.warm_up)
    py_spy = str(peer_program("py-spy"))
    options = ("--format", "raw", "--rate", "250", "--nonblocking", "--duration", str(max(1, int(load.seconds) - 1)))
    process = await asyncio.create_subprocess_exec(
        py_spy, "record", "--pid", str(pid), *options, "--output", str(profile), stdout=asyncio.subprocess.DEVNULL
    )
    await process.wait()
