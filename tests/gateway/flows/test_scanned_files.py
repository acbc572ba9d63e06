"""Infected files, and a scanner that is away, on every way in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import select

from core.contract.schema import Urgency
from core.service import intake
from core.storage.inbox_queue import erase_raw
from core.storage.tables import inbox_raw
from gateway.workers.crew import fetcher_of, file_sources
from tests.gateway.flows.office import LAMP, picture, stored_reports
from tests.gateway.flows.remote import PHOTO, fetch, kept_by, remote_chat, reported
from tests.support.clamd import INFECTED, RunningClamd, ask, ask_in_vain, running_clamd
from tests.support.deployments import World
from tests.support.letters import Enclosure, received, write_mail
from tests.support.waiting import PATIENCE

PLACE = "số 12 Lê Lợi, phường Thuận Hóa"


@pytest.fixture
def clamd(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningClamd]:
    """A scanner that the deployment asks; it may take its time on a busy machine."""
    monkeypatch.setattr(intake, "_SCAN_SECONDS", PATIENCE)
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


async def test_the_words_of_a_mail_do_not_wait_for_the_scanner(world: World, clamd: RunningClamd) -> None:
    """They may be urgent; its files come out of the inbox once the scanner is back, however long that takes."""
    ask_in_vain(world)
    await write_mail(
        world,
        f"Cứu với, cháy nhà ở {PLACE}!",
        subject="Cháy",
        files=[
            Enclosure(data=picture(), name="chay.jpg", media_type="image/jpeg"),
            Enclosure(data=INFECTED, name="don.pdf", media_type="application/pdf"),
        ],
    )
    (report,) = await stored_reports(world)
    assert report.urgency is Urgency.EMERGENCY
    photo, _ = report.attachments
    for _ in range(10):
        world.clock.advance(minutes=20)
        assert await files_of_mail(world) == 2
    assert not await world.deployment.media.holds(photo.stored_key)

    ask(world, clamd)
    world.clock.advance(minutes=20)
    await files_of_mail(world)
    await world.settle()
    assert await world.deployment.media.holds(photo.stored_key)
    assert "mã độc" in received(world)[-1]
    world.clock.advance(days=1)
    assert await files_of_mail(world) == 0


async def test_nobodys_words_wait_for_a_scanner_that_hangs(
    world: World, clamd: RunningClamd, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes files and says nothing, while it reads new signatures: it is asked once, and the mail is a report."""
    monkeypatch.setattr(intake, "_SCAN_SECONDS", 0.2)
    clamd.answers.clear()
    photos = [Enclosure(picture(colour), "image/jpeg", f"{colour}.jpg") for colour in ("red", "green", "blue")]
    await write_mail(world, LAMP, subject="Đèn", files=photos)
    (report,) = await stored_reports(world)
    assert len(report.attachments) == 3
    assert len(clamd.seen) <= 1

    clamd.answers.set()
    world.clock.advance(minutes=1)
    assert await files_of_mail(world) == 3
    assert all([await world.deployment.media.holds(one.stored_key) for one in report.attachments])


async def test_a_mail_that_was_erased_meanwhile_leaves_no_file(world: World, clamd: RunningClamd) -> None:
    """What the inbox no longer holds is gone."""
    ask_in_vain(world)
    await write_mail(world, LAMP, subject="Đèn", files=[Enclosure(picture(), "image/jpeg", "den.jpg")])
    (report,) = await stored_reports(world)
    raws = await world.deployment.database.read(lambda connection: list(connection.scalars(select(inbox_raw.c.id))))
    for raw in raws:
        await world.deployment.database.write(partial(erase_raw, raw_id=raw))
    ask(world, clamd)
    world.clock.advance(minutes=2)

    assert await files_of_mail(world) == 1
    assert not await world.deployment.media.holds(report.attachments[0].stored_key)


async def files_of_mail(world: World) -> int:
    """One round of the worker."""
    return await fetcher_of(world.deployment, "email", file_sources(world.deployment)["email"]).run_once()
