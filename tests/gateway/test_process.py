"""What one process does: whoever accepts also ships, and a round is over only when nobody works on."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from core.contract.ports import ItemKey, RawDelivery
from core.storage.inbox_queue import WaitingItem, inbox_state
from gateway.deployment import Deployment, open_deployment
from gateway.process import running, thinkers_for
from gateway.workers.inbound import InboundWorker
from tests.support.databases import on_both_engines
from tests.support.deployments import World, settings_for

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
