"""The floor and the day at a glance, and recordings as a picture."""

from __future__ import annotations

from pathlib import Path

from core.service.actors import Member
from gateway.call_notes import NOTES
from gateway.console.phone.page import PAGE as PHONE
from gateway.console.phone.wallboard import PAGE
from tests.gateway.api.staffing import centre, hire
from tests.gateway.console.office import Office
from tests.gateway.console.test_browser import NARROW, WIDE, page_of
from tests.gateway.console.test_call_notes import on_a_call
from tests.gateway.pages.axe import violations
from tests.support.calls import CALL, fetch_recordings, hand_over, leave_call
from tests.support.chromium import open_browser, until

CALLS = "/console/cuoc-goi"
PAINTED = """
(() => {
  const canvas = document.querySelector("canvas.wave");
  const seen = canvas?.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data ?? [];
  return seen.some((part) => part !== 0);
})()
"""
CUT_OFF = """
() => [...document.querySelectorAll(".table-frame")]
  .filter((frame) => frame.scrollWidth > frame.clientWidth)
  .map((frame) => frame.getAttribute("aria-label"))
"""


async def agent_of(office: Office) -> Member:
    return await hire(office.world, "Phạm Thị Dung", ("receptionist", ""))


async def test_supervisors_see_who_talks_and_what_came_of_the_day(office: Office) -> None:
    chief, agent = await hire(office.world, "Lê Văn Cường", ("distributor", "")), await agent_of(office)
    leave_call(office.world)
    await hand_over(office.world)
    await office.app[NOTES].wrap_up(CALL, "prank", agent=agent.id)
    async with on_a_call(office, agent) as (_desk, _caller, _), office.desk(chief) as desk:
        board = await desk.get(PAGE)
        before = await desk.get(f"{PAGE}?tu=2026-11-01&den=2026-11-22")

    assert "Phạm Thị Dung" in board.text
    assert "Đang nói chuyện" in board.text
    assert "1 cuộc gọi hôm nay" in board.text
    assert "1 người còn chờ gọi lại" in board.text
    assert "Quấy rối, phá rối" in board.text
    assert "0 cuộc gọi trong những ngày đã chọn" in before.text
    assert "Quấy rối, phá rối" not in before.text


async def test_who_supervises_nobody_has_no_wallboard(office: Office) -> None:
    async with office.desk(await agent_of(office)) as desk:
        assert (await desk.get(PAGE)).status == 403
        assert PAGE not in (await desk.get(PHONE)).text


async def test_a_recording_is_drawn_and_the_call_tells_what_came_of_it(office: Office, tmp_path: Path) -> None:
    leave_call(office.world, "whole")
    await hand_over(office.world)
    assert await fetch_recordings(office.world) == 1
    member = await centre(office.world)
    await office.app[NOTES].wrap_up(CALL, "answered", agent=member.id)
    async with open_browser() as browser:
        page = await page_of(office, browser, member, WIDE)
        await page.goto(office.url + CALLS)
        await page.wait_for_selector("text=Đã giải đáp")
        await page.click("text=Hiện sóng âm >> nth=0")
        await until(page, PAINTED)
        assert await violations(page) == []
        for size in (NARROW, WIDE):
            await page.set_viewport_size(size)
            assert await page.evaluate(CUT_OFF) == [], "whoever calls back sees every button"
