"""Turns of several processes: one server gives them out, and together they are never more than the rate."""

from __future__ import annotations

import asyncio
import time

from structlog.testing import capture_logs

from core.contract.schema import new_id
from core.service.turns import HORIZON, Turns
from gateway.turns import open_turns
from tests.support.servers import RedisServer

RATE = 40.0


async def asked(turns: Turns, *, times: int) -> list[float]:
    """Every turn that one process is given, in seconds from when it asked."""
    found = list[float]()
    for _ in range(times):
        found += await turns.take("sms", per_second=RATE, most=3)
        await asyncio.sleep(0)
    return found


async def test_two_processes_share_one_rate(redis_server: RedisServer) -> None:
    """Neither knows of the other; each asks as fast as it can, and together they get what time allows."""
    namespace, begun = new_id(), time.monotonic()
    url = redis_server.url()
    async with open_turns(url, namespace=namespace) as one, open_turns(url, namespace=namespace) as other:
        found = await asyncio.gather(asked(one, times=50), asked(other, times=50))
    passed = time.monotonic() - begun

    assert min(len(some) for some in found) > 0
    assert HORIZON * RATE <= sum(map(len, found)) <= (passed + HORIZON) * RATE + 1


async def test_deployments_on_one_server_do_not_share(redis_server: RedisServer) -> None:
    url = redis_server.url()
    async with open_turns(url, namespace=new_id()) as one, open_turns(url, namespace=new_id()) as other:
        assert len(await one.take("sms", per_second=1, most=5)) == 1
        assert len(await other.take("sms", per_second=1, most=5)) == 1
        assert await other.take("sms", per_second=1, most=5) == []


async def test_without_the_server_sending_goes_on_slower() -> None:
    """Said once."""
    async with open_turns("redis://127.0.0.1:1/0", namespace=new_id()) as turns:
        with capture_logs() as logs:
            given = [len(await turns.take("sms", per_second=40, most=64)) for _ in range(3)]
    assert given == [6, 0, 0]
    assert [one["event"] for one in logs] == ["turns_away"]
