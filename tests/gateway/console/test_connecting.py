"""Connecting a channel at its provider: begun by an administrator, ended once, by the same one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from html import unescape
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession

from channels.zalo.adapter import ZaloChannel
from channels.zalo.sandbox import Mood, ZaloSandbox
from core.clock import local
from core.service.actors import Member
from core.storage import counts
from tests.gateway.api.staffing import centre, hire
from tests.gateway.console.office import Desk, Office, open_office
from tests.support.deployments import open_world

PAGE = "/console/ket-noi"
BEGIN = f"{PAGE}/zalo"


@dataclass
class Connecting:
    """An office whose gateway is set up with an official account that nobody has connected yet."""

    office: Office
    sandbox: ZaloSandbox

    async def admin(self) -> Member:
        """An administrator."""
        return await hire(self.office.world, "Phạm Thị Dung", ("admin", ""))

    async def agreed(self, desk: Desk) -> str:
        """Begin, go on to the provider and agree: where the provider sends the browser back to, as a path."""
        shown = await desk.send(PAGE, BEGIN)
        found = re.search(r'href="(http://127[^"]+/v4/oa/permission[^"]+)"', shown.text)
        assert found is not None
        async with ClientSession() as browser, browser.get(unescape(found[1]), allow_redirects=False) as answer:
            back = answer.headers["Location"]
        return back.removeprefix(self.office.world.deployment.settings.public_url)

    async def refresh_token(self) -> str:
        """The one that is stored, if there is any."""
        channel = self.office.world.deployment.channels["zalo"]
        assert isinstance(channel, ZaloChannel)
        tokens = await channel.tokens()
        return tokens.refresh if tokens else ""


@pytest_asyncio.fixture
async def connecting(tmp_path: Path) -> AsyncIterator[Connecting]:
    """Everything, over SQLite."""
    sandbox = ZaloSandbox()
    await sandbox.start()
    account = sandbox.account
    zalo = {
        "oa_id": account.oa_id,
        "app_id": account.app_id,
        "app_secret": account.app_secret,
        "oa_secret": account.oa_secret,
        **dict.fromkeys(("api_url", "oauth_url", "template_url"), sandbox.url),
    }
    async with open_world(tmp_path / "var", zalo=zalo) as world, open_office(world) as office:
        yield Connecting(office, sandbox)
        channel = world.deployment.channels["zalo"]
        assert isinstance(channel, ZaloChannel)
        await channel.stop()
    await sandbox.stop()


async def test_an_administrator_connects_the_official_account(connecting: Connecting) -> None:
    """From the button to the provider and back; then the page says so, and the channel is well."""
    async with connecting.office.desk(await connecting.admin()) as desk:
        before = await desk.get(PAGE)
        answer = await desk.get(await connecting.agreed(desk))
        after = await desk.get(answer.location)

    assert "Chưa kết nối" in before.text
    assert (answer.status, answer.location) == (303, f"{PAGE}?xong=ket-noi")
    assert "Đang kết nối" in after.text
    assert "Đã kết nối kênh" in after.text
    assert await connecting.refresh_token() == connecting.sandbox.tokens.refresh
    assert (await connecting.office.world.deployment.channels["zalo"].check_health()).ok


async def test_a_daily_quota_is_shown_and_what_follows_when_it_is_spent(tmp_path: Path) -> None:
    """Beside the channels; without a quota there is no such list."""
    async with (
        open_world(tmp_path / "var", sending={"per_day": {"email": 2}}) as world,
        open_office(world) as office,
        office.desk(await hire(world, "Phạm Thị Dung", ("admin", ""))) as desk,
    ):
        before = await desk.get(PAGE)
        today = local(world.clock()).date()
        await world.deployment.database.write(partial(counts.spend, channel="email", day=today, wanted=5, limit=2))
        after = await desk.get(PAGE)

    assert "đã gửi 0 trên 2 tin" in before.text
    assert "Đã hết hạn mức" not in before.text
    assert "đã gửi 2 trên 2 tin" in after.text
    assert "Đã hết hạn mức" in after.text


async def test_what_the_provider_brings_back_counts_once(connecting: Connecting) -> None:
    """A link that is opened again, or stands in a history, does nothing."""
    async with connecting.office.desk(await connecting.admin()) as desk:
        back = await connecting.agreed(desk)
        await desk.get(back)
        stored = await connecting.refresh_token()
        again = await desk.get(back)

    assert again.status == 409
    assert "đã được dùng" in again.text
    assert await connecting.refresh_token() == stored


async def test_nobody_ends_what_another_began(connecting: Connecting) -> None:
    """Not even another administrator: the grant may be for an account of somebody else's."""
    async with connecting.office.desk(await connecting.admin()) as first:
        back = await connecting.agreed(first)
    async with connecting.office.desk(await connecting.admin()) as second:
        stranger = await second.get(back)

    assert stranger.status == 409
    assert await connecting.refresh_token() == ""


@pytest.mark.parametrize("query", ["", "?state=x", "?code=c&oa_id=1&state=guessed", "?error=access_denied"])
async def test_a_return_that_nobody_began(connecting: Connecting, query: str) -> None:
    """Refused in words, and nothing is asked of the provider."""
    async with connecting.office.desk(await connecting.admin()) as desk:
        answer = await desk.get(f"/oauth/zalo/callback{query}")

    assert answer.status == 409
    assert "Vui lòng" in answer.text
    assert await connecting.refresh_token() == ""


async def test_it_comes_too_late(connecting: Connecting) -> None:
    """Ten minutes."""
    async with connecting.office.desk(await connecting.admin()) as desk:
        back = await connecting.agreed(desk)
        connecting.office.world.clock.advance(minutes=10)
        answer = await desk.get(back)

    assert answer.status == 409


async def test_whoever_refuses_at_the_provider_is_told_so(connecting: Connecting) -> None:
    """No code came back."""
    async with connecting.office.desk(await connecting.admin()) as desk:
        back = await connecting.agreed(desk)
        answer = await desk.get(re.sub(r"code=[^&]+&", "", back))

    assert answer.status == 409
    assert "bấm từ chối" in answer.text


async def test_another_official_account_is_not_taken(connecting: Connecting) -> None:
    """The one that is set up, or none."""
    async with connecting.office.desk(await connecting.admin()) as desk:
        back = await connecting.agreed(desk)
        answer = await desk.get(re.sub(r"oa_id=\d+", "oa_id=123", back))

    assert answer.status == 409
    assert "không phải là tài khoản đã cấu hình" in answer.text


async def test_connecting_again_after_a_burnt_token(connecting: Connecting) -> None:
    """The page asks for it, and all is well afterwards."""
    world, admin = connecting.office.world, await connecting.admin()
    async with connecting.office.desk(admin) as desk:
        await desk.get(await connecting.agreed(desk))
    world.clock.advance(hours=24)
    connecting.sandbox.mood = Mood.REFRESH_CUT_AFTER
    broken = await world.deployment.channels["zalo"].check_health()
    async with connecting.office.desk(admin) as desk:
        asked = await desk.get(PAGE)
        connecting.sandbox.mood = Mood.NORMAL
        await desk.get(await connecting.agreed(desk))
        healed = await world.deployment.channels["zalo"].check_health()

    assert (broken.ok, healed.ok) == (False, True)
    assert "Cần kết nối lại" in asked.text


@pytest.mark.parametrize("path", [PAGE, "/oauth/zalo/callback?state=x"])
async def test_only_administrators(connecting: Connecting, path: str) -> None:
    """The centre does not see it; a stranger has to sign in."""
    async with connecting.office.desk(await centre(connecting.office.world)) as desk:
        refused = await desk.get(path)
        menu = await desk.get("/console")
    async with ClientSession() as nobody, nobody.get(connecting.office.url + path, allow_redirects=False) as answer:
        stranger = answer.status

    assert refused.status == 403
    assert PAGE not in menu.text
    assert stranger in {303, 401}


async def test_a_channel_that_is_none(connecting: Connecting) -> None:
    """Mail needs nobody's grant."""
    async with connecting.office.desk(await connecting.admin()) as desk:
        assert (await desk.get("/oauth/email/callback?state=x")).status == 404


async def test_without_such_a_channel_there_is_no_entry_in_the_menu(office: Office) -> None:
    """Nothing to connect."""
    async with office.desk(await hire(office.world, "Phạm Thị Dung", ("admin", ""))) as desk:
        assert PAGE not in (await desk.get("/console")).text
