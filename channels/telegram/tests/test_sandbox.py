"""The sandbox is as Telegram is: python-telegram-bot itself talks to it, knowing nothing of ours."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from channels.telegram.sandbox import BOT, PROOF, Mood, TelegramSandbox
from tests.support.waiting import until

AN = 5123456789


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[TelegramSandbox]:
    """Telegram with one phone."""
    running = TelegramSandbox()
    await running.start()
    running.phone(AN)
    yield running
    await running.stop()


@pytest_asyncio.fixture
async def bot(sandbox: TelegramSandbox) -> AsyncIterator[Bot]:
    """The published client, with its own way to HTTP."""
    async with Bot(BOT, base_url=f"{sandbox.url}/bot", base_file_url=f"{sandbox.url}/file/bot") as client:
        yield client


async def test_the_published_client_says_shows_and_hands_over(sandbox: TelegramSandbox, bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Hài lòng", callback_data="rate:1")]])
    said = await bot.send_message(AN, "Xin chào", reply_markup=keyboard)
    shown = await bot.send_photo(AN, b"\xff\xd8" * 10, caption="Ảnh")
    given = await bot.send_document(AN, b"%PDF", filename="a.pdf")

    assert (bot.username, said.text, shown.caption) == ("lang_nghe_bot", "Xin chào", "Ảnh")
    assert given.document is not None
    assert [line["text"] for line in sandbox.phone(AN).shown] == ["Xin chào", "Ảnh", ""]
    assert bytes(await (await bot.get_file(given.document.file_id)).download_as_bytearray()) == b"%PDF"


async def test_the_published_client_reads_all_that_a_phone_can_do(sandbox: TelegramSandbox, bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Hài lòng", callback_data="rate:1")]])
    await bot.send_message(AN, "?", reply_markup=keyboard)
    photo = base64.b64encode(b"\xff\xd8").decode()
    doings: list[dict[str, Any]] = [
        {"text": "Đường ngập"},
        {"start": "qr-1"},
        {"photo": photo, "caption": "Ảnh", "album": "7"},
        {"voice": photo},
        {"video": photo},
        {"video_note": photo},
        {"audio": photo},
        {"animation": photo},
        {"document": photo, "name": "a.pdf"},
        {"place": {"latitude": 16.4, "longitude": 107.5}},
        {"place": {"latitude": 16.4, "longitude": 107.5, "title": "Chợ", "address": "2 Trần Hưng Đạo"}},
        {"contact": "own"},
        {"contact": "+84900000009"},
        {"sticker": True},
        {"button": "Hài lòng"},
        {"text": "Đường Lê Lai", "edit": 2},
        {"blocked": True},
        {"blocked": False},
    ]
    for what in doings:
        await sandbox.say(AN, **what)
    updates = await bot.get_updates(timeout=5)
    messages = [update.message for update in updates if update.message]

    assert len(updates) == len(doings)
    assert [bool(messages[index].photo) for index in (1, 2)] == [False, True]
    assert messages[2].media_group_id == "7"
    assert messages[11].contact is not None
    assert messages[11].contact.user_id == AN
    assert [update.callback_query.data for update in updates if update.callback_query] == ["rate:1"]
    assert [update.edited_message.message_id for update in updates if update.edited_message] == [2]
    states = [update.my_chat_member.new_chat_member.status for update in updates if update.my_chat_member]
    assert states == ["kicked", "member"]


async def test_updates_wait_until_they_are_confirmed(sandbox: TelegramSandbox, bot: Bot) -> None:
    await sandbox.say(AN, text="một")
    [first] = await bot.get_updates(timeout=5)
    [again] = await bot.get_updates(timeout=5)
    later = asyncio.create_task(bot.get_updates(offset=first.update_id + 1, timeout=5))
    await until(lambda: not sandbox.updates, "the confirmation")
    await sandbox.say(AN, text="hai")
    [second] = await later

    assert again.update_id == first.update_id
    assert second.message is not None
    assert second.message.text == "hai"


async def test_one_reader_at_a_time(sandbox: TelegramSandbox, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await until(lambda: sandbox.asking, "the first asks")
    async with Bot(BOT, base_url=f"{sandbox.url}/bot") as second:
        await second.get_updates(timeout=0)
    with pytest.raises(Conflict):
        await first
    await bot.set_webhook("http://127.0.0.1:9/x")
    with pytest.raises(Conflict):
        await bot.get_updates()


@pytest.mark.parametrize(
    ("mood", "error"), [(Mood.THROTTLED, RetryAfter), (Mood.ERROR, NetworkError), (Mood.BROKEN, TelegramError)]
)
async def test_moods_as_the_published_client_meets_them(
    sandbox: TelegramSandbox, bot: Bot, mood: Mood, error: type[TelegramError]
) -> None:
    sandbox.mood = mood
    with pytest.raises(error):
        await bot.send_message(AN, "x")
    sandbox.mood = Mood.NORMAL
    await bot.send_message(AN, "y")

    assert sandbox.phone(AN).read()[-1] == "y"


async def test_a_cut_comes_after_it_was_taken(sandbox: TelegramSandbox, bot: Bot) -> None:
    sandbox.mood = Mood.CUT
    with pytest.raises(NetworkError):
        await bot.send_message(AN, "x")

    assert sandbox.phone(AN).read() == ["x"]


async def test_what_telegram_refuses_is_refused(sandbox: TelegramSandbox, bot: Bot) -> None:
    too_much = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x" * 65)]])
    with pytest.raises(BadRequest, match="too long"):
        await bot.send_message(AN, "x" * 4097)
    with pytest.raises(BadRequest, match="too long"):
        await bot.send_photo(AN, b"x", caption="x" * 1025)
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(AN, "x", reply_markup=too_much)
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(1, "x")
    with pytest.raises(InvalidToken):
        await Bot("7000000001:another-token-000000000000000000000", base_url=f"{sandbox.url}/bot").get_me()
    sandbox.phone(AN).blocked = True
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(AN, "x")


class Hook:
    """Somebody who is called; answers what `statuses` says, then 200."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.heard: list[tuple[int, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        """One call."""
        self.heard.append(((await request.json())["update_id"], request.headers.get(PROOF, "")))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


@pytest_asyncio.fixture
async def hook(sandbox: TelegramSandbox, bot: Bot) -> AsyncIterator[Hook]:
    """A registered webhook."""
    heard = Hook()
    app = web.Application()
    app.router.add_post("/hook", heard.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook", secret_token="s3cret_s3cret_s3cret")
    yield heard
    await runner.cleanup()


async def test_a_hook_is_called_with_its_secret_until_it_says_yes(
    sandbox: TelegramSandbox, bot: Bot, hook: Hook
) -> None:
    hook.statuses = [500, 404]
    number = await sandbox.say(AN, text="một")
    await until(lambda: not sandbox.updates, "the delivery")
    info = await bot.get_webhook_info()

    assert hook.heard == [(number, "s3cret_s3cret_s3cret")] * 3
    assert info.pending_update_count == 0
    assert "404" in (info.last_error_message or "")


async def test_a_hook_may_hear_things_twice_or_the_wrong_way_round(sandbox: TelegramSandbox, hook: Hook) -> None:
    sandbox.mood = Mood.DUPLICATE
    first = await sandbox.say(AN, text="một")
    await until(lambda: not sandbox.updates, "the delivery")
    sandbox.mood, sandbox.seconds = Mood.OUT_OF_ORDER, 0.2
    second = await sandbox.say(AN, text="hai")
    third = await sandbox.say(AN, text="ba")
    await until(lambda: not sandbox.updates, "the delivery")

    assert [number for number, _ in hook.heard] == [first, first, third, second]


async def test_a_page_can_play_it(sandbox: TelegramSandbox) -> None:
    async with aiohttp.ClientSession(sandbox.url) as page:
        async with page.post("/phones/6/say", json={"text": "Đường ngập", "name": "Trần Thị Bình"}) as said:
            assert said.status == 200
        async with page.post("/phones/6/say", json={"button": "nothing of the kind"}) as wrong:
            assert wrong.status == 400
        async with page.post("/mood", json={"mood": "throttled", "retry_after": 9}) as mood:
            assert (await mood.json())["mood"] == "throttled"
        async with page.post("/mood", json={"mood": "happy"}) as unknown:
            assert unknown.status == 400
        async with page.get("/phones") as phones:
            shown = {phone["id"]: phone for phone in await phones.json()}

    assert shown[6]["name"] == "Trần Thị Bình"
    assert [line["text"] for line in shown[6]["shown"]] == ["Đường ngập"]
    assert (sandbox.mood, sandbox.retry_after) == (Mood.THROTTLED, 9)
