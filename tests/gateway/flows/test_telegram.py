"""Citizens on Telegram beyond the common story: the gateway's own hook and settings, the provider played."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from channels.telegram.adapter import TelegramChannel
from channels.telegram.sandbox import BOT, Mood, TelegramSandbox
from channels.telegram.sandbox_phones import Phone
from core.storage.outbox import outbox_state
from tests.gateway.flows.office import LAMP, all_cases, only_case, picture, published, state_of, stored_reports
from tests.support.deployments import World, open_world
from tests.support.stage import served
from tests.support.waiting import until

AN = 5123456789


@dataclass
class Bot:
    """The provider, and the gateway behind it."""

    world: World
    sandbox: TelegramSandbox

    @property
    def phone(self) -> Phone:
        """The first citizen's."""
        return self.sandbox.phone(AN)

    async def does(self, *doings: dict[str, Any], pause: float = 5) -> None:
        """The citizen does these things one after the other, and is quiet for a while."""
        for doing in doings:
            await self.sandbox.say(AN, **doing)
        await self.sandbox.quiet()
        await self.world.settle()
        await self.world.pass_time(seconds=pause)


@pytest_asyncio.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    """A gateway that is set up with a bot's token, and registers its hook by itself."""
    sandbox = TelegramSandbox()
    await sandbox.start()
    sandbox.phone(AN)
    telegram = {"token": BOT, "api_url": sandbox.url, "updates": "webhook"}
    async with open_world(tmp_path / "var", telegram=telegram) as world:
        sandbox.clock = world.clock
        channel = world.deployment.channels["telegram"]
        assert isinstance(channel, TelegramChannel)
        async with served(world) as address:
            await channel.start(world.deployment.inbox.accept)
            await until(lambda: sandbox.hook, "the registration")
            sandbox.hook["url"] = f"{address}/hooks/telegram"  # the port was not known before
            yield Bot(world, sandbox)
        await channel.stop()
    await sandbox.stop()


def encoded() -> str:
    """A photo as the sandbox takes it."""
    return base64.b64encode(picture()).decode()


async def test_the_hook_takes_what_bears_the_secret_and_nothing_else(bot: Bot) -> None:
    """A stranger who knows the address gets nothing in."""
    secret = bot.sandbox.hook["secret"]
    bot.sandbox.hook["secret"] = "a-guess-of-somebody-else"
    await bot.sandbox.say(AN, text=LAMP)
    await until(lambda: bot.sandbox.hook.get("last_error_message"), "the refusal")
    assert "401" in bot.sandbox.hook["last_error_message"]
    bot.sandbox.hook["secret"] = secret
    await bot.does()

    assert len(await all_cases(bot.world)) == 1


async def test_who_opens_the_bot_is_greeted_and_the_button_pressed_is_answered(bot: Bot) -> None:
    """Opened by a QR code; the waiting sign of the button ends."""
    await bot.does({"start": "qr-le-loi"}, pause=0)
    [greeting] = bot.phone.shown[1:]
    await bot.does({"button": "Gửi phản ánh"}, pause=0)

    titles = [button["title"] for button in greeting["buttons"]]
    assert titles == ["Gửi phản ánh", "Tra cứu", "Gặp nhân viên", "Nhận thông báo"]
    assert len(bot.sandbox.answered) == 1
    assert len(bot.phone.read()) == 2


async def test_a_place_is_asked_for_with_its_own_key(bot: Bot) -> None:
    """And what it gives is the place of the report."""
    await bot.does({"text": "Đèn đường hỏng ba hôm nay, tối om."})
    assert bot.phone.asked_for == ["place"]
    await bot.does({"place": {"latitude": 16.4637, "longitude": 107.5909, "title": "Chợ Đông Ba", "address": ""}})

    [report] = await stored_reports(bot.world)
    assert report.place.point is not None
    assert "Chợ Đông Ba" in report.place.text


async def test_an_album_is_one_report_whatever_order_it_comes_in(bot: Bot) -> None:
    """Three photos and their words."""
    bot.sandbox.mood, bot.sandbox.seconds = Mood.OUT_OF_ORDER, 0.05
    photos = [{"photo": encoded(), "album": "77"} for _ in range(3)]
    photos[0]["caption"] = LAMP
    await bot.does(*photos)

    assert len(await all_cases(bot.world)) == 1
    [report] = await stored_reports(bot.world)
    assert len(report.attachments) == 3
    assert "12 Lê Lợi" in report.place.text


async def test_an_edit_mends_the_report(bot: Bot) -> None:
    """The number that was meant."""
    await bot.does({"text": "Đèn đường trước số 12 Lê Lợi bị hỏng"})
    await bot.does({"text": "Đèn đường trước số 21 Lê Lợi bị hỏng", "edit": 1})

    [report] = await stored_reports(bot.world)
    assert report.place.text == "trước số 21 Lê Lợi"
    assert len(await all_cases(bot.world)) == 1


async def test_the_answer_is_rated_by_a_button_once(bot: Bot) -> None:
    """Pressed twice, counted once."""
    await bot.does({"text": LAMP})
    case = await only_case(bot.world)
    await published(bot.world, case.id)
    await bot.does({"button": "Hài lòng"}, {"button": "Hài lòng"})

    assert [one.level for one in (await state_of(bot.world, case.id)).publications[-1].ratings] == ["satisfied"]


async def test_who_blocked_the_bot_gets_nothing_and_nobody_tries_again(bot: Bot) -> None:
    """What could not be told is given up at once, and stands as failed for staff to see."""
    await bot.does({"text": LAMP})
    case, said = await only_case(bot.world), len(bot.phone.read())
    await bot.does({"blocked": True})
    await published(bot.world, case.id)
    await bot.world.pass_time(hours=12)

    state = await bot.world.deployment.database.read(outbox_state)
    assert len(bot.phone.read()) == said
    assert (state.pending, state.unknown) == (0, 0)
    assert state.failed > 0


@pytest.mark.parametrize("doing", [{"sticker": True}, {"text": "bot ơi", "group": True}])
async def test_what_is_nothing_to_us_is_passed_over(bot: Bot, doing: dict[str, Any]) -> None:
    """A sticker, and words in a group."""
    if doing.pop("group", False):
        chat = {"id": -100123, "type": "supergroup", "title": "Tổ dân phố"}
        message = {"message_id": 1, "date": 1, "chat": chat, "from": bot.phone.person(), **doing}
        await bot.sandbox.bring({"message": message})
        await bot.does()
    else:
        await bot.does(doing)

    assert bot.phone.read() == []
    assert await all_cases(bot.world) == []
