"""What the three paths tell an operator, over a running process's web side."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families

from gateway.app import create_app
from gateway.settings.model import Alarms
from gateway.watch.alarms import ALARMS
from gateway.watch.figures import FIGURES
from gateway.watch.rules import expression
from gateway.watch.watch import Watch
from gateway.workers.loop import Loop
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import write_mail
from tests.support.waiting import until

LAMP = "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua."
HOTLINE = {
    "telephony_up",
    "calls_up",
    "calls_waiting",
    "calls_waiting_seconds",
    "calls_unkept",
    "calls_cut",
    "call_sound_late_ms",
}
NOT_HERE = HOTLINE | {"redis_up", "certificate_days_left", "token_days_left", "scanner_up", "files_infected"}


@asynccontextmanager
async def served(world: World, watch: Watch | None = None) -> AsyncIterator[TestClient]:
    """The web side."""
    async with TestClient(TestServer(create_app(world.deployment, watch))) as client:
        yield client


@on_both_engines
async def test_every_figure_is_exported_and_every_rule_finds_its_own(world: World) -> None:
    """In the shape that Prometheus reads; a rule over a name that is not there never rings."""
    await write_mail(world, LAMP)
    watch = Watch(world.deployment)
    await watch.run_once()
    async with served(world, watch) as client:
        text = await (await client.get("/metrics")).text()

    families = {one.name: one for one in text_string_to_metric_families(text)}
    assert FIGURES.keys() - NOT_HERE - families.keys() == set()
    for alarm in ALARMS.values():
        assert expression(alarm, Alarms()).split()[0] in families.keys() | NOT_HERE
    assert "langnghe" not in {family.name for family in families.values()}
    for name in ("database_commit_seconds", "inbox_commit_seconds", "inbox_batch_rows", "webhook_to_case_seconds"):
        assert count_of(families[name]) > 0, name
    assert "an@hopthu" not in text


def count_of(family: Metric) -> float:
    """How many values a histogram has seen."""
    return sum(sample.value for sample in family.samples if sample.name.endswith("_count"))


async def test_the_alarms_are_named_with_their_pages(world: World) -> None:
    """Alive all the same: an alarm is no reason to kill the process."""
    watch = Watch(world.deployment)
    await watch.run_once()
    async with served(world, watch) as client:
        answer = await client.get("/healthz")
        told = await answer.json()

    assert (answer.status, told["ok"], told["looked_at"]) == (200, True, world.clock().isoformat())
    calendar = next(alarm for alarm in told["alarms"] if alarm["name"] == "calendar_ends")
    assert (calendar["value"], calendar["limit"]) == (38, 90)
    assert calendar["page"] == "docs/operations/runbook/calendar_ends.md"


@on_both_engines
async def test_a_process_in_order_is_ready(world: World) -> None:
    """Database, journal, loops."""
    async with served(world) as client:
        answer = await client.get("/readyz")

        assert (answer.status, await answer.json()) == (
            200,
            {"ready": True, "checks": {"database": True, "journal": True, "loops": True}},
        )


async def test_a_journal_that_cannot_be_written_is_told(world: World) -> None:
    """While it is gone, an outage of the database would lose messages."""
    folder = world.deployment.settings.data / "journal"
    await asyncio.to_thread(shutil.rmtree, folder)
    async with served(world) as client:
        answer = await client.get("/readyz")

        assert (answer.status, (await answer.json())["checks"]["journal"]) == (503, False)


@pytest.mark.parametrize("how", ["ended", "hangs", "fails"])
async def test_a_dead_loop_is_told_by_name(world: World, how: str) -> None:
    """Whether it has ended, waits for ever inside a round, or fails every time."""
    asleep = asyncio.Event()

    async def work() -> int:
        if how == "fails":
            raise ValueError("as always")
        await (asleep.wait() if how == "hangs" else asyncio.sleep(0))
        return 0

    settings = world.deployment.settings
    short = settings.model_copy(update={"alarms": settings.alarms.model_copy(update={"loop_seconds": 0.05})})
    loop = Loop("outbox", work, interval=0.01)
    task = asyncio.create_task(loop.run())
    watch = Watch(replace(world.deployment, settings=short), loops=lambda: [loop])
    await until(lambda: loop.running, "the start")
    if how == "ended":
        task.cancel()
    await until(lambda: watch.dead_loops == ["outbox"], "its death")
    async with served(world, watch) as client:
        answer = await client.get("/readyz")
        told = await answer.json()
    asleep.set()
    loop.stop()
    await asyncio.gather(task, return_exceptions=True)

    assert (answer.status, told["checks"]["loops"], told["dead_loops"]) == (503, False, ["outbox"])


async def test_labels_are_words_and_never_ids(world: World) -> None:
    """A series per person or case would kill Prometheus, and tell it who they are."""
    await write_mail(world, LAMP)
    async with served(world) as client:
        text = await (await client.get("/metrics")).text()

    values = set(re.findall(r'="([^"]*)"', text))
    assert {value for value in values if re.fullmatch(r"[0-9a-f]{16,}|\d{3}-\d{3}-\d{3}|.*@.*", value)} == set()
