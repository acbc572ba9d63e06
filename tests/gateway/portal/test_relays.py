"""Sound through a relay: what pages are given, and a browser that may not reach us in any other way."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from gateway.portal.calling import PAGE, RELAYS
from gateway.relays import relays_of
from gateway.settings.calls import calls_mistakes
from gateway.settings.turn import Turn
from tests.gateway.portal.conftest import portal_app
from tests.gateway.portal.test_calling import hotline
from tests.support.chromium import open_browser, until
from tests.support.deployments import open_world, settings_for
from tests.support.servers.coturn import SECRET, CoturnServer
from tests.support.sounding import LISTEN, MUSIC_HERTZ, RAW_SOUND, loud, microphone

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TURN = Turn(urls=("turn:turn.example.vn:3478",), secret=SecretStr(SECRET), hours=2)


def test_a_name_counts_for_some_hours_and_only_we_can_make_its_password() -> None:
    told = relays_of(TURN, for_whom="portal", now=NOW)
    (server,) = told["iceServers"]
    until_, _, whom = server["username"].partition(":")

    assert (int(until_), whom) == ((NOW + timedelta(hours=2)).timestamp(), "portal")
    made = hmac.new(SECRET.encode(), server["username"].encode(), hashlib.sha1).digest()
    assert base64.b64decode(server["credential"]) == made
    assert server["urls"] == ["turn:turn.example.vn:3478"]
    assert SECRET not in json.dumps(told)
    assert "iceTransportPolicy" not in told


def test_without_a_relay_there_is_none() -> None:
    assert relays_of(Turn(), for_whom="portal", now=NOW) == {"iceServers": []}


@pytest.mark.parametrize(
    ("turn", "key"),
    [
        ({"urls": ["turn:a.example.vn"]}, "call_center.turn.secret"),
        ({"urls": ["stun:a.example.vn"], "secret": "x"}, "call_center.turn.urls"),
    ],
)
def test_half_a_relay_is_a_mistake(tmp_path: Path, turn: dict[str, object], key: str) -> None:
    assert [error.key for error in calls_mistakes(settings_for(tmp_path, call_center={"turn": turn}))] == [key]


async def test_a_browser_is_heard_through_the_relay_alone(tmp_path: Path) -> None:
    """It may send nowhere else (`iceTransportPolicy: relay`), and hears us and is heard."""
    with CoturnServer.start() as relay:
        turn = {"urls": [relay.url], "secret": SECRET, "only": True}
        async with (
            open_world(tmp_path, call_center={"turn": turn}) as world,
            hotline(world) as line,
            TestServer(portal_app(world.deployment)) as server,
            open_browser(*microphone(tmp_path)) as browser,
        ):
            world.clock.at = datetime.now(UTC)  # the relay has no other, and what it is shown counts for hours
            page = await browser.new_page()
            await page.add_init_script(RAW_SOUND)
            await page.goto(str(server.make_url(PAGE)))
            told = await page.evaluate(f"fetch('{RELAYS}').then((answer) => answer.json())")
            assert told["iceTransportPolicy"] == "relay"
            await page.click("[data-begin]")
            task = asyncio.ensure_future(line.answer())
            await page.wait_for_selector("[data-keys]:not([hidden])")
            await page.evaluate(LISTEN)
            await until(page, loud(MUSIC_HERTZ))
            await page.keyboard.press("7")
            await asyncio.wait_for(task, 20)
            assert relay.allocations() >= 1
