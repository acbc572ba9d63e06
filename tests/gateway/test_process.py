"""What one process does: whoever accepts also ships, and a round is over only when nobody works on."""

from __future__ import annotations

import asyncio
import shutil
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession
from sqlalchemy import select

from core.contract.ports import ItemKey, RawDelivery
from core.storage import inbox_queue
from core.storage.inbox_queue import WaitingItem, inbox_state
from core.storage.tables import inbox_lease
from gateway.deployment import Deployment, open_deployment
from gateway.process import running, thinkers_for
from gateway.workers.inbound import InboundWorker
from tests.support.databases import on_both_engines
from tests.support.deployments import World, settings_for
from tests.support.waiting import until

postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


async def arrive(deployment: Deployment, key: str) -> None:
    """One delivery, of which nobody can make anything."""
    await deployment.inbox.accept(RawDelivery(channel="none", account="", body=b""), [ItemKey(key, key)])


@postgresql
async def test_a_process_that_only_listens_ships_what_it_journalled(database_url: str, tmp_path: Path) -> None:
    """Or one slow moment of the database would leave everything after it in the journal for ever."""
    settings = settings_for(tmp_path, database_url=database_url, roles=("web",))
    async with open_deployment(settings) as deployment, running(deployment):
        deployment.inbox._note_away(TimeoutError())
        await arrive(deployment, "1")
        assert deployment.inbox.counters.journaled == 1

        async with asyncio.timeout(30):
            while (await deployment.database.read(inbox_state)).waiting == 0:
                await asyncio.sleep(0.01)
            while deployment.inbox._away:
                await asyncio.sleep(0.01)
        await arrive(deployment, "2")

        assert deployment.inbox.counters.stored == 1


@on_both_engines
async def test_a_failed_round_ends_when_all_of_it_has_ended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next round must not take up a conversation that the failed one still works on."""
    begun, finish, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def item(_self: InboundWorker, one: WaitingItem, **_given: str) -> None:
        if not begun.is_set():
            begun.set()
            await finish.wait()
            ended.set()
        raise ConnectionResetError(one.channel)

    monkeypatch.setattr(InboundWorker, "_item", item)
    for key in ("1", "2"):
        await arrive(world.deployment, key)
    worker = InboundWorker(world.deployment, world.deployment.intake, owner="me")
    a_round = asyncio.create_task(worker.run_once())
    await begun.wait()
    for _ in range(20):
        await world.deployment.database.read(inbox_state)
    assert not a_round.done()

    finish.set()
    with pytest.raises(ConnectionResetError):
        await a_round
    assert ended.is_set()


@postgresql
async def test_a_lease_that_was_left_behind_runs_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its release was lost with the connection: somebody else takes it up, although its owner works on, on others."""
    deployment, finish = world.deployment, asyncio.Event()
    worker = InboundWorker(deployment, deployment.intake, owner="me")
    await arrive(deployment, "left")
    await deployment.inbox.ship()

    with monkeypatch.context() as patch:
        patch.setattr(InboundWorker, "_item", _breaks)
        patch.setattr(InboundWorker, "_release", _breaks)
        with pytest.raises(ConnectionResetError):
            await worker.run_once()
    (left,) = await leases(deployment)

    async def item(_self: InboundWorker, _one: WaitingItem, **_given: str) -> None:
        await finish.wait()

    monkeypatch.setattr("core.service.keeping._RENEWAL_SECONDS", 0.01)
    monkeypatch.setattr(InboundWorker, "_item", item)
    await arrive(deployment, "worked on")
    await deployment.inbox.ship()
    a_round = asyncio.create_task(worker.run_once())
    for _ in range(2):
        world.clock.advance(seconds=10)
        await until(partial(_is_kept, world, but=left), "renewing")
    taken = await deployment.database.write(partial(inbox_queue.take, owner="other", now=world.clock()))
    finish.set()
    await a_round

    assert list(taken) == [left]


async def _breaks(*_args: object, **_given: object) -> None:
    raise ConnectionResetError


async def leases(deployment: Deployment) -> dict[str, datetime]:
    """Who is leased, and until when."""
    query = select(inbox_lease.c.conversation_key, inbox_lease.c.until)
    return dict(await deployment.database.read(lambda connection: [tuple(row) for row in connection.execute(query)]))


async def _is_kept(world: World, *, but: str) -> bool:
    """Whether all other leases were taken or renewed at this moment."""
    others = [until for key, until in (await leases(world.deployment)).items() if key != but]
    return bool(others) and min(others) == world.clock() + timedelta(seconds=15)


@postgresql
async def test_two_processes_may_listen_on_one_port(database_url: str, tmp_path: Path) -> None:
    """Behind one address; the system spreads connections over them."""
    settings = settings_for(tmp_path / "one", database_url=database_url, roles=("web",))
    settings = settings.model_copy(update={"http": settings.http.model_copy(update={"reuse_port": True})})
    async with open_deployment(settings) as one, running(one) as address:
        again = settings.http.model_copy(update={"port": urlsplit(address).port})
        other = settings.model_copy(update={"data": tmp_path / "two", "http": again})
        other.data.mkdir()
        shutil.copy(settings.data / "master.key", other.data / "master.key")
        async with open_deployment(other) as two, running(two) as same:
            assert same == address
            async with ClientSession() as client, client.get(f"{address}/healthz") as answer:
                assert answer.status == 200


@pytest.mark.parametrize(("processors", "thinkers"), [(1, 0), (2, 0), (3, 1), (4, 2), (64, 2)])
def test_a_process_that_thinks_wants_a_processor_of_its_own(processors: int, thinkers: int) -> None:
    assert thinkers_for(processors) == thinkers
