"""
Ten thousand notices through the storm, and the books at its end.

    python -m tests.load.worst --notices 10000 --kills 20 --folder DIR [--seed N]

A preloaded parent forks the providers and, again and again, the gateway, which is killed while it sends. At the end the
providers are calm, a last gateway finishes, and the books are compared: no phone shows a notice twice, what is said to
be sent is shown, and what stands as unknown is in a person's list; where a provider can be asked, or echoes what we
say, that is only what never arrived. Prints one JSON object; ends only processes that it forked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pysqlite3.dbapi2 as sqlite3
from sqlalchemy import update

from core.contract.ports import NeedsGrant
from core.storage.tables import outbox
from gateway.deployment import Deployment, open_deployment
from gateway.logs import configure_logs
from gateway.process import run
from gateway.sandbox.connected import connected
from gateway.sandbox.credentials import Credentials
from gateway.settings import Settings
from gateway.settings.model import Logs
from tests.load.crash import fork
from tests.load.worst.grant import grant
from tests.load.worst.providers import CHANNELS, people, provide
from tests.support.backlog import write_backlog
from tests.support.deployments import settings_for
from tests.support.servers import free_port

PATIENCE = 240.0
SETTLED_BY_ITSELF = ("sms", "zalo", "facebook")
"""Where an unknown end is found out: the provider is asked, or shows us our own words."""
_QUIET_SECONDS = 60.0


@contextmanager
def forked(main: Callable[[int], Coroutine[Any, Any, None]]) -> Iterator[tuple[int, str]]:
    """A child that is ready: its pid, and the line it told. Killed in the end."""
    reading, writing = os.pipe()
    pid = fork(lambda: main(writing))
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield pid, told.readline()
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


async def serve(settings: Settings, ready: int) -> None:
    """The whole gateway, until it is killed."""

    async def tell(_deployment: Deployment, address: str) -> None:
        os.write(ready, f"{address}\n".encode())

    await run(settings, ready=tell)


async def fill(settings: Settings, each: int) -> None:
    """Connect what must be granted, and write the notices; each number is one notice of one channel."""
    async with open_deployment(settings) as deployment:
        zalo = deployment.channels["zalo"]
        assert isinstance(zalo, NeedsGrant)
        await grant(zalo)
        for channel in CHANNELS:
            account = _account(settings, channel)
            await write_backlog(deployment, channel, account, [people(channel, number) for number in range(each)])


def _account(settings: Settings, channel: str) -> str:
    accounts = {
        "sms": settings.sms.sender,
        "email": settings.email.address,
        "zalo": settings.zalo.oa_id,
        "facebook": next(iter(settings.facebook.pages)),
        "telegram": settings.telegram.token.get_secret_value().partition(":")[0],
    }
    return accounts[channel]


async def hurry(settings: Settings) -> None:
    """Time passes: whatever waits for another try is due, and whatever nobody knows may be asked about."""
    async with open_deployment(settings) as deployment:
        waiting = update(outbox).where(outbox.c.state.in_(("pending", "unknown"))).values(next_at=deployment.now())
        await deployment.database.write(lambda connection: connection.execute(waiting))


def states(settings: Settings) -> Counter[tuple[str, str]]:
    """How many notices are in which state, by channel, read beside the process that sends."""
    with sqlite3.connect(f"file:{settings.sqlite_path}?mode=ro", uri=True, timeout=10) as database:
        rows = database.execute("SELECT channel, state, count(*) FROM outbox GROUP BY channel, state").fetchall()
    return Counter({(channel, state): count for channel, state, count in rows})


def wait_until_over(settings: Settings) -> None:
    """Nothing is to be sent any more, and for a while nothing changes."""
    deadline, last, since = time.monotonic() + PATIENCE, Counter[tuple[str, str]](), time.monotonic()
    while time.monotonic() < deadline:
        found = states(settings)
        if found != last:
            last, since = found, time.monotonic()
        waits = any(state in {"pending", "claimed"} for _, state in found)
        if not waits and time.monotonic() - since > _QUIET_SECONDS:
            return
        time.sleep(0.5)


def ask(url: str, *, method: str = "GET") -> bytes:
    """One call to the providers' control."""
    with urlopen(Request(url, method=method), timeout=60) as answer:
        return bytes(answer.read())


def compare(shown: dict[str, dict[str, int]], found: Counter[tuple[str, str]]) -> dict[str, Any]:
    """The result: of the first four all must be 0."""
    seen = {name: len(numbers) for name, numbers in shown.items()}
    sent = {name: found[name, "sent"] for name in CHANNELS}
    unknown = {name: found[name, "unknown"] for name in CHANNELS}
    left = sum(count for (_, state), count in found.items() if state in {"pending", "claimed"})
    return {
        "twice": sum(count > 1 for numbers in shown.values() for count in numbers.values()),
        "sent, not shown": sum(max(0, sent[name] - seen[name]) for name in CHANNELS),
        "arrived, not found out": {name: max(0, seen[name] - sent[name]) for name in SETTLED_BY_ITSELF},
        "left over": left,
        "shown": sum(seen.values()),
        "unknown": sum(unknown.values()),
        "failed": sum(found[name, "failed"] for name in CHANNELS),
    }


def main() -> None:
    """Run it, print the comparison."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--notices", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    configure_logs(Logs(level="error"))
    chance, known, port = random.Random(given.seed), Credentials(), free_port()
    gateway, each = f"http://127.0.0.1:{port}", given.notices // len(CHANNELS)
    with forked(partial(provide, gateway, known, each, given.seed)) as (_, line):
        told = json.loads(line)
        plain = settings_for(
            given.folder / "var",
            http={"port": port},
            public_url=gateway,
            roles=("web", "worker"),
            logs={"level": "error"},
        )
        settings = connected(plain, told["addresses"], known)
        asyncio.run(fill(settings, each))
        ask(f"{told['control']}/rage", method="POST")
        for _ in range(given.kills):
            with forked(partial(serve, settings)):
                time.sleep(chance.uniform(0.5, 4))
        asyncio.run(hurry(settings))
        with forked(partial(serve, settings)):
            ask(f"{told['control']}/calm", method="POST")
            wait_until_over(settings)
        print(json.dumps(compare(json.loads(ask(f"{told['control']}/shown")), states(settings))))


if __name__ == "__main__":
    main()
