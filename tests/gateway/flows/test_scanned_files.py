"""Infected files, and a scanner that is away, on every way in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gateway.flows.office import LAMP, stored_reports
from tests.gateway.flows.remote import PHOTO, fetch, kept_by, remote_chat, reported
from tests.support.clamd import INFECTED, RunningClamd, ask, ask_in_vain, running_clamd
from tests.support.deployments import World
from tests.support.letters import Enclosure, write_mail


@pytest.fixture
def clamd(world: World) -> Iterator[RunningClamd]:
    """A scanner that the deployment asks."""
    with running_clamd() as running:
        ask(world, running)
        yield running


async def test_an_infected_file_of_a_chat_is_refused_in_words(world: World, clamd: RunningClamd) -> None:
    """Once; nothing is tried again."""
    chat = remote_chat(world)
    kept_by(chat).files[PHOTO] = INFECTED
    await reported(world, chat)
    await fetch(world, chat)

    assert "mã độc" in chat.heard[-1]
    world.clock.advance(days=1)
    assert await fetch(world, chat) == 0


async def test_a_file_of_a_chat_waits_for_the_scanner(world: World, clamd: RunningClamd) -> None:
    """It is tried again, and here once the scanner is."""
    chat = remote_chat(world)
    key = await reported(world, chat)
    ask_in_vain(world)
    assert await fetch(world, chat) == 1
    assert not await world.deployment.media.holds(key)

    ask(world, clamd)
    world.clock.advance(seconds=6)
    await fetch(world, chat)
    assert await world.deployment.media.holds(key)


async def test_an_infected_file_of_a_mail_is_left_out(world: World, clamd: RunningClamd) -> None:
    """The words are a report all the same."""
    await write_mail(
        world, LAMP, subject="Đèn hỏng", files=[Enclosure(data=INFECTED, name="don.pdf", media_type="application/pdf")]
    )
    (report,) = await stored_reports(world)

    assert report.attachments == ()
    assert len(clamd.seen) == 1
