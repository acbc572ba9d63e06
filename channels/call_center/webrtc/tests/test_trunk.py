"""Browsers of the portal as calls: taken, heard, hung up by either side, never more than there is room for."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator

import pytest

from channels.call_center.media.engine import Engine
from channels.call_center.media.settings import MediaSettings
from channels.call_center.media.tests.rig import Tones
from channels.call_center.ports import Call, CallFailed, CallGone, Ended, KeyPressed
from channels.call_center.webrtc.tests.pages import LOOPBACK, Page
from channels.call_center.webrtc.trunk import LineFull, PortalTrunk
from tests.support.waiting import PATIENCE, until


@pytest.fixture
async def trunk() -> AsyncIterator[PortalTrunk]:
    engine = Engine("127.0.0.1", range(0), Tones(), settings=MediaSettings(latest_ms=math.inf))
    await engine.start()
    trunk = PortalTrunk(legs=engine, place=LOOPBACK, called="1022", channels=1)
    await trunk.start()
    yield trunk
    await trunk.stop()
    await engine.stop()


async def called(trunk: PortalTrunk) -> tuple[Page, Call, str]:
    """A page that calls, the call that came of it, and its name."""
    page = Page()
    answered = await trunk.take(await page.offer())
    await page.take(answered.sdp)
    incoming = trunk.incoming()
    call = await asyncio.wait_for(anext(incoming), PATIENCE)
    await incoming.aclose()
    return page, call, answered.call


async def test_a_page_is_answered_hears_prompts_and_presses_keys(trunk: PortalTrunk) -> None:
    page, call, name = await called(trunk)
    await call.answer()
    assert (call.remote, call.called, call.trunk) == ("", "1022", "portal")
    frame = asyncio.ensure_future((await page.track).recv())
    await call.media.play(["440"])
    assert (await asyncio.wait_for(frame, PATIENCE)).sample_rate == 8000
    assert trunk.press(name, "1")
    assert await call.media.collect(1, first_s=5, next_s=1) == "1"
    assert await anext(call.events()) == KeyPressed("1")
    await page.peer.close()


async def test_a_page_that_leaves_ends_the_call_and_makes_room(trunk: PortalTrunk) -> None:
    page, call, _name = await called(trunk)
    await call.answer()
    with pytest.raises(LineFull):
        await trunk.take(await Page().offer())
    await page.peer.close()
    assert [event async for event in call.events()] == [Ended("them")]
    await until(lambda: trunk.status().calls == 0, "room")
    assert trunk.status().counters["refused"] == 1


async def test_hanging_up_ends_the_pages_connection(trunk: PortalTrunk) -> None:
    page, call, name = await called(trunk)
    await call.answer()
    await call.hangup()
    await until(lambda: page.peer.connectionState == "closed", "the page's end")
    assert [event async for event in call.events()] == [Ended("us")]
    assert not trunk.press(name, "1")


async def test_a_page_that_hangs_up_is_not_answered_any_more(trunk: PortalTrunk) -> None:
    page, call, name = await called(trunk)
    trunk.end(name)
    with pytest.raises(CallGone):
        await call.answer()
    await page.peer.close()


async def test_a_browser_cannot_be_called(trunk: PortalTrunk) -> None:
    with pytest.raises(CallFailed):
        await trunk.dial("anybody", caller="1022")
