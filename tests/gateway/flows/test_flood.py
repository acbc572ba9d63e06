"""One sender with more messages than a person writes: nobody else waits, a call for help is heard, nothing is lost."""

from __future__ import annotations

from functools import partial

from sqlalchemy import Connection, select

from core.service.flood import REASON, Flood
from core.storage import inbox_queue
from core.storage.tables import conversation, inbox_item
from gateway.workers.inbound import InboundWorker
from tests.gateway.flows.office import LAMP, Chat, all_cases, spoken
from tests.gateway.flows.remote import remote_chat
from tests.support.databases import on_both_engines
from tests.support.deployments import World

MOST, SENT, HELP = 20, 300, 200


def held_back(connection: Connection) -> list[int]:
    """Items that lie in quarantine as too many."""
    return list(connection.scalars(select(inbox_item.c.id).where(inbox_item.c.reason == REASON)))


async def flood(world: World) -> Chat:
    """Three hundred messages within a minute, one of them a call for help; then somebody else writes."""
    world.deployment.intake.flood = Flood(most=MOST)
    chat = remote_chat(world)
    for number in range(SENT):
        await chat.say("Cứu với, cháy nhà số 12 Lê Lợi!" if number == HELP else f"Câu thứ {number}", pause=0)
    return chat


@on_both_engines
async def test_nobody_waits_behind_a_flood(world: World) -> None:
    """The first round of work already takes up whoever wrote after it."""
    other = Chat(world, (await flood(world)).channel, user="u2")
    await other.say(LAMP, pause=0)
    worker = InboundWorker(world.deployment, world.deployment.intake, owner="one")

    assert await worker.run_once() == 2
    await world.pass_time(seconds=10)
    assert any(spoken(case.code) in text for case in await all_cases(world) for text in other.heard)


async def test_a_call_for_help_is_heard_and_the_rest_waits_for_a_person(world: World) -> None:
    """Twenty are read, then only that; a person is called, and can have the others read."""
    chat, database = await flood(world), world.deployment.database
    await world.settle()
    await world.pass_time(seconds=10)
    waiting = await database.read(held_back)

    assert any("114" in text for text in chat.heard)
    assert len(waiting) == SENT - MOST - 1
    rows = await database.read(lambda connection: list(connection.execute(select(conversation.c.needs_human))))
    assert [row.needs_human for row in rows] == [True]

    await database.write(partial(inbox_queue.replay, item_id=waiting[0]))
    await world.settle()
    assert await database.read(held_back) == waiting[1:]


async def test_the_next_minute_is_a_new_one(world: World) -> None:
    """Who goes on as a person does is answered again."""
    chat = await flood(world)
    await world.settle()
    world.clock.advance(minutes=2)
    said = len(await world.deployment.database.read(held_back))
    await chat.say("Đèn đường trước số 12 Lê Lợi hỏng")

    assert len(await world.deployment.database.read(held_back)) == said
