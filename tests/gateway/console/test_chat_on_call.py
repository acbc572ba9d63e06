"""The console never drops a call: an agent who is talking answers somebody on Zalo, and both are heard on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page

from channels.zalo.tests.stage import ZaloStage, on_stage
from tests.gateway.console.office import open_office
from tests.gateway.console.telephones import Caller, hears, phone_page, sit_down, telephony
from tests.gateway.pages.axe import violations
from tests.support.chromium import until
from tests.support.deployments import World
from tests.support.sounding import AGENT_HERTZ, CALLER_HERTZ, LISTEN, loud
from tests.support.waiting import PATIENCE
from tests.support.waiting import until as until_true

QUESTION, ANSWER = "Tôi muốn gặp nhân viên.", "Chào anh, bộ phận một cửa làm việc đến 17 giờ."


@pytest.mark.timeout(300)
async def test_a_chat_on_zalo_is_answered_while_the_call_goes_on(world: World, tmp_path: Path) -> None:
    async with (
        on_stage(world) as zalo,
        open_office(world) as office,
        telephony(office) as running,
        phone_page(office, tmp_path) as phone,
    ):
        await sit_down(phone)
        await phone.evaluate(LISTEN)
        caller, served = await running.ring()
        await phone.click('[data-do="take"]')
        await both_are_heard(phone, caller)

        await zalo.citizen("an").write(QUESTION)
        await arrive(world, zalo)
        chat = await phone.context.new_page()
        await chat.goto(f"{office.url}/console")
        await chat.wait_for_selector(f"[data-phone-bar] :text('{caller.remote}')")
        await chat.click(f"[data-lines] [data-ref]:has-text('{QUESTION}') a")
        await chat.wait_for_url("**/hoi-thoai/*")
        await chat.fill("#text", ANSWER)
        await chat.keyboard.press("Control+Enter")
        await chat.wait_for_url("**?xong=tra-loi")
        await arrive(world, zalo)

        assert any(ANSWER in text for text in zalo.citizen("an").heard())
        assert await violations(chat) == []
        await both_are_heard(phone, caller)
        await chat.click('[data-bar="hang_up"]')
        assert (await asyncio.wait_for(served, PATIENCE)).outcome == "talked"


async def both_are_heard(phone: Page, caller: Caller) -> None:
    """The caller at the agent's ear, the agent at the caller's: sound of just now."""
    caller.phone.heard.clear()
    await until_true(lambda: hears(caller, AGENT_HERTZ), "the agent is heard")
    await until(phone, loud(CALLER_HERTZ))


async def arrive(world: World, zalo: ZaloStage) -> None:
    """What was said reaches the other side; the dialogue waits a moment for more."""
    for seconds in (0, 5):
        await zalo.quiet()
        await world.pass_time(seconds=seconds)
