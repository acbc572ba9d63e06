"""A stop takes as long as it says and leaves everything in order, whatever a provider does."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from sqlalchemy import select

from core.contract.ports import SendResult
from core.contract.schema import Address, OutboundMessage, new_id
from core.storage import outbox
from core.storage.tables import outbox as outbox_table
from gateway.process import LONGEST_STOP
from gateway.workers import crew
from gateway.workers.crew import Crew
from gateway.workers.inbound import InboundWorker
from tests.support.databases import on_both_engines, put
from tests.support.deployments import World
from tests.support.hooked import HookedTestChannel
from tests.support.waiting import until

ROOT = Path(__file__).parent.parent.parent


@dataclass
class SilentChannel(HookedTestChannel):
    """A provider that takes a message and never says so."""

    taken: list[str] = field(default_factory=list)

    async def send(self, message: OutboundMessage) -> SendResult:
        """Wait for ever."""
        self.taken.append(message.id)
        await asyncio.Event().wait()
        raise AssertionError("unreachable: nobody sets it")


def crew_of(world: World, channel: HookedTestChannel) -> Crew:
    """Its loops, with this channel."""
    return Crew(replace(world.deployment, channels={"testchat": channel}), owner="me")


async def post(world: World) -> None:
    """One message that waits to be sent."""
    address = Address(channel="testchat", account="page", value="u1")
    message = OutboundMessage(
        id=new_id(), channel="testchat", account="page", recipient=address, text="Xin chào.", conversation_id=new_id()
    )
    seal = partial(world.deployment.safe.seal, subject_id="c" * 32, place=f"outbox:{message.id}")
    entry = outbox.NewEntry(
        id=message.id,
        dedupe_key="1",
        conversation_id=message.conversation_id,
        case_id=None,
        channel="testchat",
        subject_id="c" * 32,
        payload_sealed=await asyncio.to_thread(seal, message),
        next_at=world.clock(),
        created_at=world.clock(),
    )
    await put(world.deployment.database, outbox.ENTRIES, entry.__dict__)


@on_both_engines
async def test_a_silent_provider_does_not_hold_up_a_stop(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it was handed is `unknown` from then on: nobody sends it again by himself."""
    monkeypatch.setattr(crew, "_ROUND_SECONDS", 0.1)
    channel = SilentChannel()
    await post(world)
    working = crew_of(world, channel)
    await working.start()
    await until(lambda: channel.taken, "handing over")

    async with asyncio.timeout(30):  # half of what a provider is given
        await working.stop()

    rows = await world.deployment.database.read(lambda c: list(c.execute(select(outbox_table.c.state))))
    assert [row.state for row in rows] == ["unknown"]


async def test_a_loop_that_never_ends_is_cut(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a crash would: what it did is taken up again by whoever comes next."""
    monkeypatch.setattr(crew, "_ROUND_SECONDS", 0.1)
    monkeypatch.setattr(crew, "_RECORD_SECONDS", 0.1)
    hanging = asyncio.Event()

    async def hang(_self: InboundWorker) -> int:
        hanging.set()
        await asyncio.Event().wait()
        return 0

    monkeypatch.setattr(InboundWorker, "run_once", hang)
    working = crew_of(world, HookedTestChannel())
    await working.start()
    await hanging.wait()

    async with asyncio.timeout(30):
        await working.stop()

    assert all(task.done() for task in working._tasks)


def test_whoever_supervises_us_waits_longer_than_a_stop_takes() -> None:
    """Or `docker compose stop` would kill what is just writing down its end."""
    services = YAML(typ="safe").load(ROOT / "docker-compose.yml")["services"]

    for name in ("web", "worker"):
        assert int(services[name]["stop_grace_period"].removesuffix("s")) > LONGEST_STOP
