"""Mails that the edge server rates as spam: kept, silent, last in the line of whoever looks; a call for help rings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest_asyncio

from core.service.answering import Answering
from core.storage import staff_lists
from core.storage.conversations import ConversationRow
from tests.gateway.flows.office import LAMP, all_cases, only_case
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over
from tests.support.edges import EDGE, checked
from tests.support.letters import Enclosure, received, write_mail

OFFER = "Vay tiền nhanh, lãi suất thấp, đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng."
SPAM = checked(score=9.1)


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A deployment behind a mail server that rates spam."""
    async with world_over(database_url, tmp_path, email=EDGE) as opened:
        yield opened


async def modes(world: World) -> list[str]:
    """Who answers in the conversations that the centre looks at, in its order."""
    return [row.mode for row in await world.deployment.database.read(staff_lists.attended)]


async def test_likely_spam_is_not_answered_and_waits_for_a_person(world: World) -> None:
    """Not even about a file of it; what it says is kept."""
    packed = Enclosure(b"\x78\x9f\x3e\x22" + bytes(80), "application/ms-tnef", "winmail.dat")
    await write_mail(world, OFFER, subject="Vay", headers=SPAM, files=[packed])
    await world.pass_time(days=2)

    assert received(world) == []
    assert await all_cases(world) == []
    assert await modes(world) == ["doubted"]


async def test_up_to_the_setting_a_mail_is_like_any_other(world: World) -> None:
    """And a score that our own server did not give is none."""
    await write_mail(world, LAMP, subject="Đèn hỏng", headers=checked(score=5.0))
    await write_mail(world, LAMP, subject="Đèn", sender="binh@hopthu.example.vn", headers={"X-Spam-Score": "99"})

    assert len(received(world)) == 2
    assert "doubted" not in await modes(world)


@on_both_engines
async def test_whoever_asks_for_a_person_comes_first(world: World) -> None:
    """However long the other has waited; also from page to page."""
    for number in range(2):
        sender = f"vay{number}@hopthu.example.vn"
        await write_mail(world, OFFER, subject="Vay", sender=sender, headers=SPAM)
        await world.pass_time(hours=1)
    await write_mail(world, "Cho tôi gặp nhân viên.", subject="Hỏi")

    read, found = world.deployment.database.read, list[ConversationRow]()
    after: tuple[int, str] | None = None
    for _ in range(3):
        (row,) = await read(partial(staff_lists.attended, after=after, most=1))
        after = staff_lists.place_attended(row)
        found.append(row)
    assert [row.mode for row in found] == ["waiting_for_person", "doubted", "doubted"]
    assert found[1].last_message_at < found[2].last_message_at
    assert await read(partial(staff_lists.attended, after=after, most=1)) == []
    assert await read(staff_lists.attended) == found


async def test_a_person_hands_it_back_and_the_report_is_taken(world: World) -> None:
    """Nothing need be sent again."""
    await write_mail(world, LAMP, subject="Đèn hỏng", headers=SPAM)
    (row,) = await world.deployment.database.read(staff_lists.attended)
    await Answering(world.deployment.clerk).hand_back(row.id)
    await world.settle()

    assert (await only_case(world)).code in received(world)[0].replace(" ", "")
    assert await modes(world) == []


async def test_a_call_for_help_rings_whatever_the_score(world: World) -> None:
    """As it would have without one: a person is wanted, and the number to ring is told."""
    await write_mail(world, "Cháy nhà ở số 12 Lê Lợi, phường Vĩnh Ninh!", subject="Cháy", headers=SPAM)

    assert "114" in received(world)[0]
    assert "doubted" not in await modes(world)
    assert len(await modes(world)) == 1


async def test_a_call_for_help_after_likely_spam_rings(world: World) -> None:
    """In the very thread that waits as spam."""
    await write_mail(world, OFFER, subject="Vay", message_id="<vay@hopthu.example.vn>", headers=SPAM)
    answering = {**SPAM, "In-Reply-To": "<vay@hopthu.example.vn>"}
    await write_mail(world, "Cháy nhà ở số 12 Lê Lợi, phường Vĩnh Ninh!", subject="Re: Vay", headers=answering)

    assert "114" in received(world)[0]
    (mode,) = await modes(world)
    assert mode != "doubted"
