"""A provider no longer takes our token: what we have to tell waits until somebody has connected us again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import ColumnElement, select

from core.contract.errors import ConnectionFailed, NeedsReauth, NotLetIn
from core.service.provider_tokens import SealedTokens
from core.storage.tables import outbox as outbox_table
from gateway.workers.crew import Crew
from tests.gateway.flows.office import LAMP, Chat, issue, only_case
from tests.gateway.flows.test_ways import Ways
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.stage import join


@pytest.fixture
def page(world: World) -> Ways:
    """A provider that refuses whatever the test says."""
    channel = Ways()
    join(world, channel)
    return channel


async def entries(world: World) -> list[tuple[str, str]]:
    """State and reason of each, in order."""
    query = select(outbox_table.c.state, outbox_table.c.reason).order_by(outbox_table.c.seq)
    return await world.deployment.database.read(lambda connection: [tuple(row) for row in connection.execute(query)])


async def connect(world: World) -> None:
    """An administrator is granted a new pair."""
    deployment = world.deployment
    tokens = SealedTokens(deployment.database, safe=deployment.safe, channel="testchat", now=world.clock)
    await tokens.connect("page", access="a", refresh="r", expires=world.clock() + timedelta(days=1))


@on_both_engines
async def test_it_goes_out_in_order_once_we_are_connected_again(world: World, page: Ways) -> None:
    """Meanwhile the provider is asked ever more rarely, and staff read why it waits."""
    chat = Chat(world, page)
    page.problem = NeedsReauth()
    await chat.say("đèn đường bị hỏng")
    await chat.say("trước số 12 Lê Lợi phường Vĩnh Ninh")
    for _ in range(10):
        await world.pass_time(hours=1)
    waiting, tried = await entries(world), page.tried

    page.problem = None
    await connect(world)
    await world.settle()

    assert waiting[0] == ("pending", "needs_reauth")
    assert tried <= 20
    assert len(page.sent) == len(waiting) > 1
    assert {state for state, _ in await entries(world)} == {"sent"}
    assert [one.id for one in page.sent] == await in_order(world)


async def in_order(world: World) -> list[str]:
    """Ids as they were written."""
    query = select(outbox_table.c.id).order_by(outbox_table.c.seq)
    return await world.deployment.database.read(lambda connection: list(connection.scalars(query)))


@on_both_engines
async def test_a_start_tries_again_for_the_settings_may_have_changed(world: World, page: Ways) -> None:
    """A carrier's key stands there."""
    page.problem = NotLetIn()
    await Chat(world, page).say("đèn đường bị hỏng")
    page.problem = None

    crew = Crew(world.deployment, owner="test")
    await crew.start()
    await crew.stop()
    await world.settle()

    assert {state for state, _ in await entries(world)} == {"sent"}


async def test_waiting_uses_up_no_try(world: World, page: Ways) -> None:
    """Who is let in again and then has a hiccup is not given up for it."""
    page.problem = NeedsReauth()
    await Chat(world, page).say("đèn đường bị hỏng")
    for _ in range(12):
        await world.pass_time(hours=1)
    page.problem = ConnectionFailed()
    await connect(world)
    await world.settle()
    page.problem = None
    await world.pass_time(minutes=2)

    assert {state for state, _ in await entries(world)} == {"sent"}


async def test_an_answer_is_given_up_after_a_day_and_news_after_a_week(world: World, page: Ways) -> None:
    """What tells nobody anything any more is before a person then."""
    await Chat(world, page).say(LAMP)
    page.problem = NeedsReauth()
    await issue(world, (await only_case(world)).id, "accept")
    await Chat(world, page, user="u2").say("đèn đường bị hỏng")
    answers, news = [], []
    for days in (1, 3, 4):
        await world.pass_time(days=days, hours=1)
        answers.append((await states(world, outbox_table.c.way == ""))[1])
        news += await states(world, outbox_table.c.way != "")

    assert answers == ["failed"] * 3
    assert news == ["pending", "pending", "failed"]


async def states(world: World, which: ColumnElement[bool]) -> list[str]:
    """Of those that are meant, in order."""
    query = select(outbox_table.c.state).where(which).order_by(outbox_table.c.seq)
    return await world.deployment.database.read(lambda connection: list(connection.scalars(query)))
