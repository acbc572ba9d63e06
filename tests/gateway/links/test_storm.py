"""One outside system that calls without end: refused clearly, nothing changed, and nobody else waits for it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress

import pytest
from aiohttp import ServerDisconnectedError
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from core.storage.tables import case_event, idempotency
from gateway.app import create_app
from tests.gateway.links.conftest import HERE, linked
from tests.gateway.links.test_agency_systems import OFFICER, Software, dispatched
from tests.support.deployments import World

ALLOWED = HERE["links"]["most_a_minute"]
SIDE_BY_SIDE = 16
MOST_MS = 10
"""Of one refusal, on average, caller and gateway in one process."""


async def rows(world: World) -> tuple[int, ...]:
    """How much is kept of what happened to cases, and of calls that came."""
    counts = [select(func.count()).select_from(table) for table in (case_event, idempotency)]
    return tuple([await world.deployment.database.read(lambda one, it=count: one.scalar(it)) for count in counts])


async def call(software: Software, path: str, *, times: int) -> Counter[tuple[int, str]]:
    """Ask for the same move again and again, each time signed anew; what was answered."""
    answers: Counter[tuple[int, str]] = Counter()
    while answers.total() < times:
        headers = software.signed("POST", path, b"{}") | {"Content-Type": "application/json"}
        with suppress(ServerDisconnectedError):  # a connection that rested too long was just being closed
            async with software.client.post(f"/api/v1{path}", data=b"{}", headers=headers) as answer:
                said = await answer.json()
                answers[answer.status, str(said.get("code"))] += 1
                assert answer.status < 400 or int(answer.headers["Retry-After"]) > 0
    return answers


@pytest.mark.parametrize("calls", [1_600, pytest.param(100_000, marks=(pytest.mark.chaos, pytest.mark.timeout(1200)))])
async def test_a_storm_of_calls_is_refused_and_changes_nothing(world: World, calls: int) -> None:
    """By one link within a minute; another link is answered in the middle of it, and this one again afterwards."""
    secret, other = await linked(world, "dien-luc", **OFFICER), await linked(world, "chieu-sang", **OFFICER)
    case_id = await dispatched(world)
    async with TestClient(TestServer(create_app(world.deployment))) as client:
        storming, calm = Software(world, client, secret), Software(world, client, other, name="chieu-sang")
        assert {(await storming("GET", "/queue"))[0] for _ in range(ALLOWED)} == {200}
        before, begun = await rows(world), time.monotonic()
        path = f"/cases/{case_id}/commands/accept_dispatch"
        storm = [asyncio.create_task(call(storming, path, times=calls // SIDE_BY_SIDE)) for _ in range(SIDE_BY_SIDE)]
        await asyncio.sleep(0.2)
        in_between = await calm("GET", "/queue")
        heard = sum(await asyncio.gather(*storm), Counter[tuple[int, str]]())
        elapsed_ms = (time.monotonic() - begun) * 1000

        assert heard == {(429, "too_many_calls"): calls}
        assert await rows(world) == before
        assert in_between[0] == 200
        assert elapsed_ms < MOST_MS * calls
        world.clock.advance(minutes=1, seconds=1)
        assert (await storming("GET", "/queue"))[0] == 200
