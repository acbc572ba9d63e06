"""The same item taken up twice at once, the same event fired twice: one effect, one answer."""

from __future__ import annotations

import asyncio
from functools import partial

from core.contract.errors import VersionConflict
from core.service.desk import Issued
from core.storage import inbox_queue, timers
from tests.gateway.flows.office import CENTRE, LAMP, Chat, all_cases, only_case, state_of
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import answer_mail, received, write_mail


async def waiting(world: World) -> list[inbox_queue.WaitingItem]:
    """Every item that nobody has taken up yet."""
    read = world.deployment.database.read
    keys = await read(partial(inbox_queue.waiting_conversations, now=world.clock()))
    waiting = await read(partial(inbox_queue.items_of, keys=keys))
    return [item for items in waiting.values() for item in items]


@on_both_engines
async def test_an_item_that_two_workers_take_up_has_one_effect(world: World, chat: Chat) -> None:
    await chat.say("đèn đường hỏng", pause=0)
    (item,) = await waiting(world)

    take_up = world.deployment.intake.take_up
    outcomes = await asyncio.gather(*(take_up(item) for _ in range(4)), return_exceptions=True)

    assert outcomes.count("done") == 1
    assert sum(isinstance(outcome, VersionConflict) for outcome in outcomes) == 3
    await world.pass_time(seconds=5)
    assert len(chat.heard) == 1


@on_both_engines
async def test_an_answer_that_two_workers_take_up_makes_one_case(world: World, chat: Chat) -> None:
    """In a conversation that is there already."""
    await chat.say("đèn đường hỏng")
    await chat.say("trước số 12 Lê Lợi phường Vĩnh Ninh", pause=0)
    (item,) = await waiting(world)

    take_up = world.deployment.intake.take_up
    outcomes = await asyncio.gather(*(take_up(item) for _ in range(4)), return_exceptions=True)
    assert outcomes.count("done") == 1
    await world.pass_time(seconds=5)

    assert len(await all_cases(world)) == 1
    assert len(chat.heard) == 2


@on_both_engines
async def test_a_timer_that_two_workers_fire_goes_off_once(world: World, chat: Chat) -> None:
    await chat.say(LAMP, pause=0)
    await world.settle()
    world.clock.advance(seconds=5)
    (timer,) = await world.deployment.database.read(partial(timers.due, now=world.clock()))

    fire = world.deployment.intake.fire_timer
    outcomes = await asyncio.gather(*(fire(timer) for _ in range(4)), return_exceptions=True)
    await world.settle()

    assert outcomes.count(None) == 1
    assert all(outcome is None or isinstance(outcome, VersionConflict) for outcome in outcomes)
    assert (len(await all_cases(world)), len(chat.heard)) == (1, 1)


@on_both_engines
async def test_words_of_the_citizen_and_of_staff_at_the_same_moment(world: World, chat: Chat) -> None:
    """A correction while the receptionist accepts: both count, in one order or the other."""
    await chat.say(LAMP)
    case = await only_case(world)
    await chat.say("xin giữ bí mật giúp em", pause=0)
    await world.settle()
    world.clock.advance(seconds=5)

    accepted, _ = await asyncio.gather(
        world.deployment.clerk.execute(case.id, "accept", {}, actor=CENTRE), world.settle()
    )
    await world.settle()

    assert isinstance(accepted, Issued)
    found = await state_of(world, case.id)
    assert (found.stage, found.flags.confidential) == ("accepted", True)


async def test_a_mail_sent_twice_is_answered_once(world: World) -> None:
    """The same Message-ID: the provider tried again."""
    await write_mail(world, "Đèn đường hỏng, tối om.", message_id="<mot@hopthu.example.vn>")
    await write_mail(world, "Đèn đường hỏng, tối om.", message_id="<mot@hopthu.example.vn>")
    assert len(received(world)) == 1

    await answer_mail(world, "Trước số 12 Lê Lợi")
    assert len(await all_cases(world)) == 1
