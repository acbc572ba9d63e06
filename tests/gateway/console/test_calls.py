"""`/console/cuoc-goi`: who is owed a call, their recordings, and storm mode."""

from __future__ import annotations

import pytest

from channels.call_center.tests.played import CODE
from core.service.retaining import RecordingRetention
from tests.gateway.api.staffing import agency, centre
from tests.gateway.console.office import Office
from tests.gateway.flows.office import issue, only_case
from tests.support.calls import CALL, book_of, fetch_recordings, hand_over, leave_call, only_call
from tests.support.databases import on_both_engines

PAGE = "/console/cuoc-goi"


@pytest.mark.rule("VN-5")
async def test_who_is_owed_a_call_stands_there_with_what_they_said(office: Office) -> None:
    """The number is masked, the recording is played from its conversation, where its reading is logged."""
    world = office.world
    ioc = await centre(world)
    leave_call(world, "message", purpose="callback", language="en")
    await hand_over(world)
    await fetch_recordings(world)
    async with office.desk(ioc) as desk:
        page = await desk.get(PAGE)
        player = page.text.partition('<audio src="')[2].partition('"')[0]
        played = await desk.get(player)

    assert "+84900000001" not in page.text
    assert "•••••••••001" in page.text
    assert "Hẹn gọi lại" in page.text
    assert "Tiếng Anh" in page.text
    assert played.status == 200


async def test_calls_of_the_machine_are_told_from_those_of_people(office: Office) -> None:
    world = office.world
    ioc = await centre(world)
    for call, message in (("0" * 31 + "2", ""), ("0" * 31 + "3", "a" * 32)):
        leave_call(
            world, id=call, way="out", caller="", called="+84900000001", message=message, answered_at=world.clock()
        )
    leave_call(world, id="0" * 31 + "4", talked=True, given_to="Trực ban huyện")
    await hand_over(world)
    async with office.desk(ioc) as desk:
        page = await desk.get(PAGE)

    assert (page.text.count("Gọi ra"), page.text.count("Gọi tự động")) == (1, 1)
    assert "Đã chuyển: Trực ban huyện" in page.text


@on_both_engines
async def test_one_click_settles_it(office: Office) -> None:
    """A colleague's second click is told."""
    world = office.world
    ioc = await centre(world)
    leave_call(world)
    await hand_over(world)
    async with office.desk(ioc) as desk:
        tried = await desk.send(PAGE, f"{PAGE}/{CALL}", ket_qua="not_reached", lan="0")
        again = await desk.get(PAGE)
        late = await desk.send(PAGE, f"{PAGE}/{CALL}", ket_qua="reached", lan="0")
        done = await desk.send(PAGE, f"{PAGE}/{CALL}", ket_qua="reached", lan="1")
        after = await desk.get(done.location)

    assert (tried.status, done.status) == (303, 303)
    assert "Đã gọi 1 lần" in again.text
    assert (late.status, "vừa có người khác gọi lại" in late.text) == (409, True)
    assert "Không còn ai chờ được gọi lại." in after.text
    assert "Đã ghi nhận kết quả gọi lại." in after.text


@pytest.mark.parametrize(("result", "tries"), [("nonsense", "0"), ("reached", "many"), ("reached", "-1")])
async def test_nonsense_is_refused(office: Office, result: str, tries: str) -> None:
    ioc = await centre(office.world)
    leave_call(office.world)
    await hand_over(office.world)
    async with office.desk(ioc) as desk:
        answer = await desk.send(PAGE, f"{PAGE}/{CALL}", ket_qua=result, lan=tries)

    assert answer.status == 400
    assert len(await book_of(office.world).owed()) == 1


async def test_storm_mode_is_switched(office: Office) -> None:
    ioc = await centre(office.world)
    async with office.desk(ioc) as desk:
        await desk.send(PAGE, f"{PAGE}/cao-diem", bat="1")
        on = await desk.get(PAGE)
        assert await book_of(office.world).storm()
        await desk.send(PAGE, f"{PAGE}/cao-diem", bat="0")

    assert "Đang bật chế độ cao điểm" in on.text
    assert not await book_of(office.world).storm()


async def test_it_is_not_for_agencies(office: Office) -> None:
    lights = await agency(office.world)
    async with office.desk(lights) as desk:
        assert (await desk.get(PAGE)).status == 403


@pytest.mark.parametrize("after", ["x-y", "999999999999999999999-a", "1-", "12"])
async def test_an_odd_address_is_the_first_page(office: Office, after: str) -> None:
    ioc = await centre(office.world)
    async with office.desk(ioc) as desk:
        assert "Chưa có cuộc gọi nào." in (await desk.get(f"{PAGE}?sau={after}")).text


@pytest.mark.rule("VN-5")
async def test_a_recording_whose_time_was_over_is_said_to_be_gone(office: Office) -> None:
    """Beside the call, where it was played; the link to it leads nowhere, and the log of its case says since when."""
    world = office.world
    ioc = await centre(world)
    leave_call(world, "whole", purpose="report", code=CODE, code_told=True)
    await hand_over(world)
    await fetch_recordings(world)
    call, case = await only_call(world), await only_case(world)
    await issue(world, case.id, "cancel", reason_code="mistake", reason="Gửi nhầm.")
    world.clock.advance(days=30)
    deployment = world.deployment
    retention = RecordingRetention(
        deployment.database, book=book_of(world), media=deployment.media, now=world.clock, days=30, most=1
    )
    assert await retention.run_once() == 1
    async with office.desk(ioc) as desk:
        page = await desk.get(PAGE)
        (key,) = call.labels
        link = await desk.get(f"/console/hoi-thoai/{call.row.conversation_id}/tep/{key}")
        log = await desk.get(f"/console/nhat-ky?ma={CODE}")

    assert "(đã xóa khi hết thời hạn lưu)" in page.text
    assert "<audio" not in page.text
    assert link.status == 404
    assert "Xóa ghi âm cuộc gọi khi hết thời hạn lưu" in log.text
