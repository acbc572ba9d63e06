"""Chats as people have them: bursts, albums, slips of the thumb, silence, and a gateway that restarts in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateway.flows.conftest import with_chat
from tests.gateway.flows.office import (
    LAMP,
    RUBBISH,
    Chat,
    all_cases,
    assert_decent,
    encoded,
    only_case,
    picture,
    state_of,
    stored_reports,
)
from tests.support.databases import on_both_engines
from tests.support.deployments import World, open_world


@on_both_engines
async def test_five_messages_in_five_seconds_are_one_report_with_one_receipt(world: World, chat: Chat) -> None:
    for second, text in enumerate(["ad ơi", "đèn đường", "hỏng rồi", "trước 12 Lê Lợi p Vĩnh Ninh", "3 hôm nay"]):
        await chat.say(text, after=second, pause=0)
    await world.settle()
    await world.pass_time(seconds=10)

    (report,) = await stored_reports(world)
    assert report.content.splitlines()[0] == "đèn đường"
    assert len(chat.heard) == 1
    assert_decent(chat.heard)


@on_both_engines
async def test_an_album_keeps_its_order_and_belongs_to_its_words(world: World, chat: Chat) -> None:
    """Delivered backwards, shown as sent."""
    await chat.say(photo=encoded(picture("blue")), album="a", after=0.3, pause=0)
    await chat.say(photo=encoded(picture("red")), album="a", after=0.2, pause=0)
    await chat.say(LAMP, after=0.1, pause=0)
    await world.settle()
    await world.pass_time(seconds=5)

    case, (report,) = await only_case(world), await stored_reports(world)
    keys = [file.stored_key for file in report.attachments]
    red, blue = [await world.deployment.media.get(key) for key in keys]
    assert _mean(red)[0] > _mean(red)[2]
    assert _mean(blue)[2] > _mean(blue)[0]
    assert set(keys) == set((await state_of(world, case.id)).media)


def _mean(data: bytes) -> tuple[int, ...]:
    import io

    from PIL import Image

    return Image.open(io.BytesIO(data)).convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[return-value]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_edit_replaces_what_was_written(world: World, chat: Chat, when: str) -> None:
    """Before the report is made, and after."""
    key = await chat.say("Đèn đường trước số 12 Lê Lợi bị hỏng", pause=0 if when == "before" else 5)
    await chat.say("Đèn đường trước số 21 Lê Lợi bị hỏng", edits=key, after=1)

    (report,) = await stored_reports(world)
    assert report.place.text == "trước số 21 Lê Lợi"
    assert len(await all_cases(world)) == 1
    assert_decent(chat.heard)


@pytest.mark.rule("A-7")
@on_both_engines
async def test_silence_is_reminded_once_then_ends_and_a_new_report_begins(world: World, chat: Chat) -> None:
    await chat.say("đèn đường bị hỏng tối om")
    await world.pass_time(minutes=31)
    assert chat.heard[-1].startswith("Dạ, phản ánh của anh/chị còn thiếu địa điểm.")
    said = len(chat.heard)
    await world.pass_time(hours=24)
    assert (len(chat.heard), await all_cases(world)) == (said, [])

    await chat.say(RUBBISH)

    (report,) = await stored_reports(world)
    assert "đèn đường" not in report.content
    assert_decent(chat.heard)


async def test_an_unfinished_report_outlives_a_restart(tmp_path: Path) -> None:
    """The same data, another process: the answer completes what was begun."""
    async with open_world(tmp_path / "var") as first:
        await Chat(first, with_chat(first)).say("đèn đường bị hỏng tối om")
    async with open_world(tmp_path / "var") as second:
        second.clock.advance(minutes=5)
        chat = Chat(second, with_chat(second), count=10)
        await chat.say("trước số 12 Lê Lợi phường Vĩnh Ninh")

        (report,) = await stored_reports(second)
        assert report.content.startswith("đèn đường bị hỏng")
        assert report.code in chat.heard[-1].replace(" ", "")


async def test_a_burst_that_a_restart_cut_is_read_afterwards(tmp_path: Path) -> None:
    """The wait for more is a stored timer: nobody has to write again."""
    async with open_world(tmp_path / "var") as first:
        chat = Chat(first, with_chat(first))
        await chat.say(LAMP, pause=0)
        await first.settle()
        assert chat.heard == []
    async with open_world(tmp_path / "var") as second:
        channel = with_chat(second)
        await second.pass_time(seconds=10)

        assert len(await all_cases(second)) == 1
        assert len(channel.sent) == 1
