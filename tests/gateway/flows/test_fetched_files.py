"""Photos that lie with a provider: named at once, fetched by a worker, and asked for again when they are lost."""

from __future__ import annotations

from functools import partial
from unittest.mock import Mock

import pytest

from core.contract.errors import (
    ChannelMisconfigured,
    ConnectionFailed,
    FileElsewhere,
    MessageInvalid,
    NeedsReauth,
    NotFound,
    ProviderRefused,
    Throttled,
)
from core.service.fetching import LASTING, Fetcher
from core.storage import fetches
from gateway.admin.services import eraser_of
from gateway.watch.watch import Watch
from tests.gateway.flows.office import LAMP, Chat, assert_decent, only_case, picture, state_of, stored_reports
from tests.gateway.flows.remote import PHOTO, fetch, kept_by, remote_chat, reported
from tests.support.databases import on_both_engines
from tests.support.deployments import World


@pytest.fixture
def chat(world: World) -> Chat:
    """One citizen on a chat that keeps files on its side."""
    return remote_chat(world)


async def state_of_fetch(world: World, key: str) -> str | None:
    return (await world.deployment.database.read(partial(fetches.states, stored_keys=[key]))).get(key)


@on_both_engines
async def test_a_photo_is_fetched_and_lies_where_the_case_says(world: World, chat: Chat) -> None:
    """The case is opened without waiting for it; it is stored without its EXIF, once."""
    key = await reported(world, chat)
    assert (await state_of(world, (await only_case(world)).id)).media == (key,)
    with pytest.raises(NotFound):
        await world.deployment.media.get(key)

    assert await fetch(world, chat) == 1

    stored = await world.deployment.media.open(key)
    assert (stored.media_type, b"Canary" in stored.data) == ("image/jpeg", False)
    assert await state_of_fetch(world, key) == "here"
    assert (await fetch(world, chat), kept_by(chat).fetched) == (0, [PHOTO])


@on_both_engines
async def test_one_file_that_cannot_be_told_of_holds_no_other_up(
    world: World, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came of the others is written down all the same, or they were fetched again until they count as lost."""
    kept_by(chat).files |= {PHOTO: ProviderRefused("gone"), "https://files.example.vn/anh-2.jpg": picture("red")}
    await chat.say(LAMP, pause=0)
    for link in kept_by(chat).files:
        world.clock.advance(seconds=0.5)
        await chat.say(link=link, pause=0)
    await world.settle()
    await world.pass_time(seconds=10)
    (report,) = await stored_reports(world)
    _, good = [one.stored_key for one in report.attachments]

    monkeypatch.setattr(Fetcher, "_tell", Mock(side_effect=RuntimeError("beyond words")))
    with pytest.raises(RuntimeError, match="beyond words"):
        await fetch(world, chat)

    assert await state_of_fetch(world, good) == "here"


async def test_the_same_photo_named_twice_is_fetched_once(world: World, chat: Chat) -> None:
    """A provider that repeats itself costs nothing."""
    await reported(world, chat)
    await chat.say(link=PHOTO)

    assert await fetch(world, chat) == 1


@pytest.mark.parametrize(
    ("database_url", "problem"),
    [("sqlite", ConnectionFailed()), ("postgresql", Throttled(retry_after=90)), ("postgresql", OSError("disk"))],
    indirect=["database_url"],
)
async def test_it_is_tried_again_and_succeeds(world: World, chat: Chat, problem: Exception) -> None:
    """Not before its pause, and a provider that names a longer one is heard."""
    key = await reported(world, chat)
    kept_by(chat).files[PHOTO] = problem
    assert await fetch(world, chat) == 1
    assert await fetch(world, chat) == 0

    kept_by(chat).files[PHOTO] = picture()
    world.clock.advance(seconds=6)
    early = await fetch(world, chat)
    world.clock.advance(seconds=84)
    late = await fetch(world, chat)

    assert (early, late) == ((0, 1) if isinstance(problem, Throttled) else (1, 0))
    assert await state_of_fetch(world, key) == "here"


@pytest.mark.parametrize(
    ("database_url", "found", "state", "words"),
    [
        ("sqlite", ProviderRefused("gone", provider_code="404"), "gone", "không còn tải được"),
        ("postgresql", FileElsewhere("not theirs"), "gone", "không còn tải được"),
        ("sqlite", MessageInvalid("the file is too long"), "refused", "dung lượng"),
        ("postgresql", b"<svg onload=alert(1)>", "refused", "Loại tệp này chưa được hỗ trợ"),
        ("sqlite", b"", "refused", "không có nội dung"),
        ("sqlite", b"\xff\xd8\xff\xe0 no picture at all", "refused", "bị lỗi"),
    ],
    ids=["gone", "elsewhere", "too long", "script", "empty", "broken"],
    indirect=["database_url"],
)
async def test_what_cannot_be_had_is_asked_for_again(
    world: World, chat: Chat, found: bytes | Exception, state: str, words: str
) -> None:
    """In the same chat, with the reason; the case goes on, and nothing is tried any more."""
    key = await reported(world, chat)
    before = len(chat.heard)
    kept_by(chat).files[PHOTO] = found

    assert await fetch(world, chat) == 1
    world.clock.advance(days=1)
    assert await fetch(world, chat) == 0

    (told,) = chat.heard[before:]
    assert words in told
    assert "gửi lại" in told
    assert_decent([told])
    assert await state_of_fetch(world, key) == state


async def test_an_album_that_is_lost_is_asked_for_once(world: World, chat: Chat) -> None:
    """Five photos, one sentence."""
    links = [f"https://files.example.vn/{number}.jpg" for number in range(5)]
    kept_by(chat).files.update(dict.fromkeys(links, ProviderRefused("gone", provider_code="410")))
    await chat.say(LAMP, pause=0)
    for second, link in enumerate(links):
        await chat.say(link=link, album="a", after=second / 10, pause=0)
    await world.settle()
    await world.pass_time(seconds=10)
    before = len(chat.heard)

    while await fetch(world, chat):
        pass

    assert len(chat.heard[before:]) == 1


async def test_it_is_given_up_after_some_hours(world: World, chat: Chat) -> None:
    """Providers' links have ended by then."""
    key = await reported(world, chat)
    kept_by(chat).files[PHOTO] = ConnectionFailed()
    tries = 0
    for _hour in range(9):
        tries += await fetch(world, chat)
        world.clock.advance(hours=1)

    assert (tries, await state_of_fetch(world, key)) == (7, "gone")


async def rings(world: World) -> bool:
    """Whether old files are an alarm."""
    watch = Watch(world.deployment)
    await watch.run_once()
    return "files_old" in [ringing.alarm.name for ringing in watch.ringing]


@pytest.mark.parametrize(
    ("database_url", "problem"),
    [("sqlite", ChannelMisconfigured(provider_code="403")), ("postgresql", NeedsReauth())],
    indirect=["database_url"],
)
async def test_what_only_a_person_can_mend_rests_until_it_is_mended(
    world: World, chat: Chat, problem: Exception
) -> None:
    """It rings meanwhile and nothing is said to the citizen; afterwards the file has all the tries of any other."""
    key = await reported(world, chat)
    before = len(chat.heard)
    kept_by(chat).files[PHOTO] = problem
    for minutes, tries in ((14, 1), (1, 0), *[(60, 1)] * 22):
        assert await fetch(world, chat) == tries
        world.clock.advance(minutes=minutes)
    assert (await state_of_fetch(world, key), await rings(world)) == ("waiting", True)
    assert not [said for said in chat.heard[before:] if "gửi lại" in said]

    kept_by(chat).files[PHOTO] = ConnectionFailed()
    assert await fetch(world, chat) == 1
    kept_by(chat).files[PHOTO] = picture()
    world.clock.advance(seconds=6)

    assert await fetch(world, chat) == 1
    assert (await state_of_fetch(world, key), await rings(world)) == ("here", False)


async def test_what_nobody_mends_is_given_up_after_a_day(world: World, chat: Chat) -> None:
    """The citizen is asked once to send it again, and the alarm is over."""
    key = await reported(world, chat)
    before = len(chat.heard)
    kept_by(chat).files[PHOTO] = NeedsReauth()
    for _hour in range(30):
        await fetch(world, chat)
        world.clock.advance(hours=1)

    assert (len(kept_by(chat).fetched), await state_of_fetch(world, key)) == (25, "gone")
    (told,) = [said for said in chat.heard[before:] if "không còn tải được" in said]
    assert_decent([told])
    assert not await rings(world)


@on_both_engines
async def test_a_worker_that_dies_leaves_it_to_the_next(world: World, chat: Chat) -> None:
    """Taken, and never heard of again."""
    key = await reported(world, chat)
    take = partial(fetches.take, channel="testchat", now=world.clock(), most=3)
    (taken,) = await world.deployment.database.write(partial(take, lasting=LASTING))
    assert taken.stored_key == key
    assert await fetch(world, chat) == 0

    world.clock.advance(seconds=LASTING.total_seconds())
    assert await fetch(world, chat) == 1


@on_both_engines
async def test_nothing_is_fetched_for_somebody_who_was_erased(world: World, chat: Chat) -> None:
    """Neither what waits, nor what was on its way at that moment (VN-4)."""
    key = await reported(world, chat)
    deployment = world.deployment
    (report,) = await stored_reports(world)
    eraser = eraser_of(deployment)
    real = kept_by(chat).fetch

    async def slow(source: str, *, most: int) -> bytes:
        await eraser.erase_contact(report.contact_id)
        return await real(source, most=most)

    kept_by(chat).fetch = slow  # type: ignore[method-assign]
    await fetch(world, chat)

    with pytest.raises(NotFound):
        await deployment.media.get(key)
    assert await state_of_fetch(world, key) is None
    assert await fetch(world, chat) == 0
