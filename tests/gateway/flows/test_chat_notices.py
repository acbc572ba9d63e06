"""Notices to everybody in one's own conversation: asked for, sent as each provider permits, ended, erased."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from channels.facebook.adapter import FacebookChannel
from channels.facebook.settings import FacebookSettings
from channels.facebook.tests import stage as facebook
from channels.telegram.tests import stage as telegram
from channels.zalo.sandbox import ZaloSandbox
from channels.zalo.tests import stage as zalo
from channels.zalo.tests.builders import USER
from core.privacy.erasure import ErasureMode
from core.storage import consents, tables
from core.storage.notice_readers import delivery
from gateway.admin.services import eraser_of
from gateway.notice_readers import notice_letters_of, readers_of
from tests.gateway.flows.office import LAMP
from tests.support.codes import PHONE, WRITTEN, with_phones
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.public_notices import TITLE, tell_everybody, withdraw

WISH, YES, NO = "nhận thông báo", "đồng ý", "từ chối"
STAGES = {"zalo": zalo.on_stage, "facebook": facebook.on_stage, "telegram": telegram.on_stage}


class Reader:
    """Somebody with a phone, and the gateway behind it."""

    def __init__(self, world: World, stage: Any) -> None:
        self.world, self.stage, self.citizen = world, stage, stage.citizen("an")

    async def settle(self) -> None:
        """Work until nothing waits here or at the provider."""
        for seconds in (0, 5):
            self.world.clock.advance(seconds=seconds)
            await self.stage.quiet()
            await self.world.settle()

    async def says(self, *words: str) -> Sequence[str]:
        """Write this; what is answered."""
        before = len(self.citizen.heard())
        for one in words:
            await self.citizen.write(one)
            await self.settle()
        return self.citizen.heard()[before:]

    async def told(self) -> Sequence[str]:
        """What comes of notices, after everything was written and sent."""
        before = len(self.citizen.heard())
        await notice_letters_of(self.world.deployment).run_once()
        await self.settle()
        return self.citizen.heard()[before:]

    async def rows(self, table: str) -> list[Any]:
        """What stands in a table."""
        query = select(tables.metadata.tables[table])
        return await self.world.deployment.database.read(lambda one: one.execute(query).all())

    async def figures(self, notice: str) -> dict[str, dict[str, int]]:
        """What the notice's page counts."""
        return await self.world.deployment.database.read(lambda one: delivery(one, notice))


def on(name: str, world: World) -> AbstractAsyncContextManager[Any]:
    """One channel beside the others."""
    return STAGES[name](world)


@pytest_asyncio.fixture
async def an(world: World) -> AsyncIterator[Reader]:
    """Somebody on Zalo."""
    async with on("zalo", world) as stage:
        yield Reader(world, stage)


def templates_of(reader: Reader) -> list[dict[str, str]]:
    """What Zalo showed on the phone by approved templates, passwords left out."""
    sandbox = reader.stage.sandbox
    assert isinstance(sandbox, ZaloSandbox)
    shown = [dict(one.template) for one in sandbox.phone(USER).shown if one.template]
    return [one for one in shown if one["id"] == "300003"]


@pytest.mark.parametrize("name", STAGES)
@pytest.mark.rule("VN-4", "VN-6")
async def test_they_come_into_the_conversation_until_one_word_ends_them(world: World, name: str) -> None:
    """Asked for, agreed to, of the place named and of nowhere else; the ledger says since when and until when."""
    async with on(name, world) as stage:
        an = Reader(world, stage)
        (question,) = await an.says(f"{WISH} phường Một")
        assert "phường Một" in question
        assert await readers_of(world.deployment).count() == {}
        assert "từ chối" in (await an.says(YES))[0]
        await tell_everybody(world, areas=("Phường Một",))
        await tell_everybody(world, title="Lịch cắt nước", areas=("Phường Hai",))

        (text,) = await an.told()

        assert TITLE in text
        assert NO in text
        assert await an.told() == []
        (given,) = await an.rows("consent")
        (wording,) = await world.deployment.database.read(consents.wordings)
        assert (given.channel, given.withdrawn_at, wording.text) == (name, None, question)
        await an.says(NO)
        await tell_everybody(world)
        assert await an.told() == []
        assert (await an.rows("consent"))[0].withdrawn_at is not None
        assert await an.rows("notice_reader") == []


@on_both_engines
@pytest.mark.rule("VN-6")
async def test_a_button_ends_them_and_what_was_withdrawn_never_comes(an: Reader) -> None:
    await an.says(WISH, YES)
    await withdraw(an.world, await tell_everybody(an.world))
    assert await an.told() == []
    await tell_everybody(an.world)
    await an.told()
    await an.citizen.press("Dừng nhận")
    await an.settle()

    assert await readers_of(an.world.deployment).count() == {}


@on_both_engines
@pytest.mark.rule("VN-6")
async def test_beyond_the_window_zalo_takes_the_template_to_a_proved_number_only(world: World) -> None:
    """Nobody is sent an SMS who agreed to Zalo; without a number it is counted as not allowed now."""
    phones = with_phones(world, news=True)
    async with on("zalo", world) as stage:
        an = Reader(world, stage)
        await an.says(f"{LAMP} Tôi là An, số {WRITTEN}.", WISH, YES)
        world.clock.advance(days=8)
        closed = await tell_everybody(world)
        assert await an.told() == []
        assert await an.figures(closed) == {"zalo": {"closed": 1}}

        stage.sandbox.phone(USER).number = PHONE.removeprefix("+")
        await an.says(f"xác minh số {WRITTEN}")
        await an.says(phones.codes()[-1])
        world.clock.advance(days=8)
        sent, passwords = await tell_everybody(world), len(phones.sent)
        await an.told()

        assert [one["tieu_de"] for one in templates_of(an)] == [TITLE]
        assert sum((await an.figures(sent))["zalo"].values()) == 1
        assert "closed" not in (await an.figures(sent))["zalo"]
        assert len(phones.sent) == passwords


@on_both_engines
async def test_messenger_takes_a_template_after_a_day_or_nothing(world: World) -> None:
    """Within 24 hours as a message; after that by the approved template, else it is counted as not allowed now."""
    async with on("facebook", world) as stage:
        an = Reader(world, stage)
        await an.says(WISH, YES)
        world.clock.advance(hours=25)
        closed = await tell_everybody(world)
        assert await an.told() == []
        assert await an.figures(closed) == {"facebook": {"closed": 1}}

        template = {"bulletin": {"name": "public_notice", "fields": ("title", "link")}}
        channel = world.deployment.channels["facebook"]
        assert isinstance(channel, FacebookChannel)
        channel.settings = FacebookSettings.model_validate(channel.settings.model_dump() | {"templates": template})
        stage.sandbox.templates.add("public_notice")
        await tell_everybody(world)
        (shown,) = await an.told()

        assert shown.startswith(f"public_notice · {TITLE} · http://")


@pytest.mark.rule("VN-6")
async def test_at_night_only_a_disaster_comes(an: Reader) -> None:
    await an.says(WISH, YES)
    an.world.clock.advance(hours=14)  # ten in the evening
    times = {"valid_until": an.world.clock() + timedelta(days=2)}
    await tell_everybody(an.world, "notice", title="Lịch tiêm chủng", **times)
    await tell_everybody(an.world, "disaster", title="Lũ quét", **times)

    (text,) = await an.told()

    assert "Lũ quét" in text
    before = len(an.citizen.heard())
    await an.world.pass_time(hours=10)
    assert [one for one in an.citizen.heard()[before:] if "Lịch tiêm chủng" in one]


@on_both_engines
@pytest.mark.rule("VN-4")
async def test_whoever_is_erased_is_sent_nothing_more(an: Reader) -> None:
    """Neither row nor key of the address stays, and a notice that waited for the morning is not read by anybody."""
    await an.says(WISH, YES)
    (reader,), (contact,) = await an.rows("notice_reader"), {one.contact_id for one in await an.rows("conversation")}
    await eraser_of(an.world.deployment).erase_contact(contact, ErasureMode.ERASE)
    await tell_everybody(an.world)

    assert await an.told() == []
    assert await an.rows("notice_reader") == []
    assert not an.world.deployment.safe.keys.at_hand(reader.subject_id)


async def test_a_visitor_is_told_where_else_to_ask(an: Reader) -> None:
    """Nothing that is sent later finds somebody without an account."""
    event = {"text": WISH, "visit": "conv0000000000000001"}
    await an.stage.sandbox.say("7100000000000000007", event)
    await an.settle()
    await an.stage.sandbox.say("7100000000000000007", event | {"text": YES})
    await an.settle()

    assert await readers_of(an.world.deployment).count() == {}
