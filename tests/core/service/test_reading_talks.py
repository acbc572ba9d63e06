"""Conversations and contacts: who may read them, and how a person answers in one."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from core.contract.errors import NotFound
from core.service.answering import AddressUnknown, Answering
from core.service.reading import CaseReader, RevealRefused
from core.storage import people
from tests.gateway.api.staffing import agency, centre, hire, report
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import received, write_mail


@pytest.fixture
def reader(world: World) -> CaseReader:
    """A reader over the test's deployment."""
    one = world.deployment
    return CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)


@pytest.fixture
def answering(world: World) -> Answering:
    """What officials do in conversations."""
    return Answering(world.deployment.clerk)


@on_both_engines
async def test_somebody_asks_for_a_person_and_one_answers(
    world: World, reader: CaseReader, answering: Answering
) -> None:
    """Waiting, taken over by the reply, handed back; the reply goes out in the thread and its delivery is shown."""
    ioc = await centre(world)
    await write_mail(world, "Cho tôi gặp nhân viên.", subject="Cần gặp người")
    (line,) = (await reader.conversations(ioc)).items
    assert line.needs_human
    assert line.name == "N*** V** A*"
    assert line.address == "a***@h***.vn"

    await answering.reply(line.id, "Chào anh, tôi có thể giúp gì?", author=ioc.id, cause="1")
    await world.settle()

    talk = await reader.conversation(line.id, ioc)
    assert talk.mode == "person"
    said = talk.messages[-1]
    assert (said.direction, said.author, said.text) == ("out", "Trần Thị Bình", "Chào anh, tôi có thể giúp gì?")
    assert said.delivery is not None
    assert said.delivery.state == "sent"
    assert "tôi có thể giúp gì" in received(world)[-1]
    assert [one.id for one in (await reader.conversations(ioc)).items] == [line.id]

    await answering.hand_back(line.id)
    assert (await reader.conversations(ioc)).items == ()
    assert (await reader.conversation(line.id, ioc)).mode == "bot"


async def test_taking_over_twice_is_once(world: World, reader: CaseReader, answering: Answering) -> None:
    """The dialogue keeps silent from the first time on."""
    ioc = await centre(world)
    await write_mail(world, "Cho tôi gặp nhân viên.")
    (line,) = (await reader.conversations(ioc)).items
    await answering.take_over(line.id, by=ioc.id)
    await answering.take_over(line.id, by=ioc.id)
    before = len(received(world))
    await write_mail(world, "Tôi chờ đây.", message_id="<second@hopthu.example.vn>")
    talk = await reader.conversation(line.id, ioc)
    assert talk.mode == "person"
    assert len([one for one in received(world)[before:] if "Tôi chờ" in one]) == 0


async def test_conversations_belong_to_the_centre(world: World, reader: CaseReader) -> None:
    """An agency finds none; an administrator reads masked."""
    ioc, case_id, lights = await centre(world), await report(world), await agency(world)
    talk_id = (await reader.case_page(case_id, ioc)).conversations[0].id
    admin = await hire(world, "Quản trị", ("admin", ""))
    with pytest.raises(NotFound):
        await reader.conversation(talk_id, lights)
    with pytest.raises(NotFound):
        await reader.conversations(lights)
    assert "0900 000 001" not in (await reader.conversation(talk_id, admin)).model_dump_json()
    with pytest.raises(RevealRefused):
        await reader.conversation(talk_id, admin, reveal=True)
    with pytest.raises(NotFound):
        await reader.conversation("unknown", ioc)


async def test_a_contact_is_masked_until_revealed_and_logged(world: World, reader: CaseReader) -> None:
    """With the ways they are known by, their reports and conversations."""
    ioc, case_id = await centre(world), await report(world)
    contact_id = (await reader.case_page(case_id, ioc)).reports[0].reporter.contact_id

    masked = await reader.contact(contact_id, ioc)
    clear = await reader.contact(contact_id, ioc, reveal=True)

    assert masked.reporter.name == "N*** V** A*"
    assert clear.reporter.name == "Nguyễn Văn An"
    assert clear.reporter.phones == ("+84900000001",)
    assert {one.kind for one in clear.identities} == {"email", "phone"}
    assert [one.id for one in clear.reports] == [case_id]
    logged = await world.deployment.database.read(partial(people.accesses, ref=contact_id))
    assert [(who, what) for _, who, what in logged] == [(ioc.id, "contact")]
    with pytest.raises(NotFound):
        await reader.contact("unknown", ioc)


async def test_nobody_writes_to_an_erased_person(world: World, reader: CaseReader, answering: Answering) -> None:
    """Their address is gone with their key."""
    ioc, case_id = await centre(world), await report(world)
    talk = (await reader.case_page(case_id, ioc)).conversations[0]
    await asyncio.to_thread(world.deployment.safe.keys.destroy, talk.contact_id, world.clock())

    with pytest.raises(AddressUnknown):
        await answering.reply(talk.id, "Chào anh.", author=ioc.id, cause="1")
    after = await reader.conversation(talk.id, ioc)
    assert all(message.erased for message in after.messages)
