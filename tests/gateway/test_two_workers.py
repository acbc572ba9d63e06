"""Two workers on one PostgreSQL: whoever takes a conversation takes it alone, and the other takes the next."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest_asyncio
from pydantic import BaseModel
from sqlalchemy import Connection, select

from core.contract.ports import RawDelivery
from core.contract.schema import Report, new_id
from core.service.talk import MessageContent
from core.storage import case_search, inbox_queue, outbox, reports
from core.storage.case_search import Search
from core.storage.tables import conversation, message, report
from gateway.deployment import Deployment, open_deployment
from gateway.workers.crew import Crew
from tests.support.deployments import MovingClock, settings_for
from tests.support.hooked import HookedTestChannel, signed
from tests.support.servers import PostgresServer
from tests.support.waiting import until

CONVERSATIONS = 30
EACH = 10

M = TypeVar("M", bound=BaseModel)


async def opened(deployment: Deployment, sealed: bytes, kind: type[M], *, subject_id: str, place: str) -> M:
    """What lies sealed; another worker may have made its key, so the key store may have to be asked."""
    return await asyncio.to_thread(deployment.safe.open_model, sealed, kind, subject_id=subject_id, place=place)


@asynccontextmanager
async def at_work(deployments: list[Deployment]) -> AsyncIterator[None]:
    """All loops of both."""
    async with AsyncExitStack() as stack:
        for number, deployment in enumerate(deployments):
            crew = Crew(deployment, owner=f"worker-{number}")
            await crew.start()
            stack.push_async_callback(crew.stop)
        yield


@pytest_asyncio.fixture
async def workers(migrated_postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[list[Deployment]]:
    """Two deployments with a chat channel, one clock and one database; not yet at work."""
    url = migrated_postgres.create_database(f"workers_{new_id()}", template="langnghe_template")
    settings, clock = settings_for(tmp_path / "var", database_url=url), MovingClock()
    async with AsyncExitStack() as stack:
        opened = []
        for _ in range(2):
            deployment = await stack.enter_async_context(open_deployment(settings, now=clock))
            chat = HookedTestChannel()
            channels = {**deployment.channels, chat.name: chat}
            deployment.intake._channels = channels
            opened.append(replace(deployment, channels=channels))
        yield opened


def chat_of(deployment: Deployment) -> HookedTestChannel:
    """Its end of the test chat."""
    channel = deployment.channels["testchat"]
    assert isinstance(channel, HookedTestChannel)
    return channel


def words(user: int, number: int) -> str:
    """What somebody writes: the first message is the report, the others add to it."""
    if number == 0:
        return f"Đèn đường trước số {user + 1} Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay."
    return f"Đoạn đường này tối quá, tôi đi qua thấy nguy hiểm, lần thứ {number}."


async def write(deployments: list[Deployment], user: int) -> None:
    """Ten messages, one after the other, each handed in twice, as impatient providers do: here and there."""
    for number in range(EACH):
        at = deployments[0].now()
        event = {"id": f"u{user}-{number}", "user": f"u{user}", "at": at.timestamp() + number * 0.01}
        body = json.dumps({"events": [event | {"text": words(user, number)}]}).encode()
        delivery = RawDelivery("testchat", "page", body, signed(body), received_at=at)
        for deployment in deployments:
            await deployment.inbox.accept(delivery, chat_of(deployment).split(delivery))


async def idle(deployment: Deployment) -> bool:
    """Nothing waits to be read or sent."""
    state = await deployment.database.read(inbox_queue.inbox_state)
    unsent = await deployment.database.read(outbox.outbox_state)
    return state.waiting + unsent.pending == 0


def inbound(connection: Connection) -> list[Any]:
    """What came in, sealed, by conversation and in the order in which it was taken up."""
    columns = (message.c.conversation_id, message.c.id, message.c.content_sealed, conversation.c.contact_id)
    query = select(*columns).join(conversation, conversation.c.id == message.c.conversation_id)
    query = query.where(message.c.direction == "in").order_by(message.c.conversation_id, message.c.seq)
    return list(connection.execute(query))


async def test_three_hundred_messages_become_one_case_a_conversation(workers: list[Deployment]) -> None:
    """In order and none twice, although both workers take from all conversations."""
    one = workers[0]
    await asyncio.gather(*(write(workers, user) for user in range(CONVERSATIONS)))
    for deployment in workers:
        await deployment.inbox.ship()  # a busy machine may have put some into the journal
    search = partial(case_search.search, wanted=Search(), most=100)

    async def all_opened() -> bool:
        return len(await one.database.read(search)) >= CONVERSATIONS

    async with at_work(workers):
        await until(partial(idle, one), "reading")
        clock = one.now
        assert isinstance(clock, MovingClock)
        clock.advance(seconds=10)
        await until(all_opened, "opening the cases")
        await until(partial(idle, one), "answering")

    rows = await one.database.read(lambda c: c.execute(select(report.c.id, report.c.conversation_id)).all())
    assert len(await one.database.read(search)) == CONVERSATIONS
    assert len({row.conversation_id for row in rows}) == len(rows) == CONVERSATIONS
    found = await one.database.read(partial(reports.find, report_ids=[row.id for row in rows]))
    for row in found:
        told = await opened(one, row.content_sealed, Report, subject_id=row.contact_id, place=f"report:{row.id}")
        (user,) = [user for user in range(CONVERSATIONS) if told.content_as_sent.startswith(words(user, 0))]
        assert told.content_as_sent.splitlines() == [words(user, number) for number in range(EACH)]
        receipts = [sent for end in workers for sent in chat_of(end).sent if sent.recipient.value == f"u{user}"]
        assert [row.code in sent.text.replace(" ", "") for sent in receipts].count(True) == 1

    said: dict[str, list[str]] = defaultdict(list)
    for row in await one.database.read(inbound):
        place = f"message:{row.id}"
        heard = await opened(one, row.content_sealed, MessageContent, subject_id=row.contact_id, place=place)
        said[row.conversation_id].append(heard.provider_message_id)
    in_order = [[f"u{user}-{number}" for number in range(EACH)] for user in range(CONVERSATIONS)]
    assert sorted(said.values()) == sorted(in_order)
