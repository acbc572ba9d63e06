"""An administrator changes what callers press and hear: tried, refused with the linter's word, in force, taken back."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from channels.call_center.flow.faults import Fault
from channels.call_center.opening import Stretch
from channels.call_center.ports import Call
from gateway.console.dial_plan.page import BACK, DRAWING, OVERTAKEN, PAGE, PREVIEW
from gateway.console.dial_plan.words import SAID
from gateway.settings import Settings
from gateway.telephony.link import serving_calls
from gateway.telephony.plans import PlanBook
from gateway.telephony.process import taking_calls
from tests.gateway.api.staffing import centre, hire
from tests.gateway.console.office import Answer, Desk, Office
from tests.gateway.portal.citizen import Shown
from tests.support.caller import over, short_prompts, telephone
from tests.support.calls import only_call, spool_of
from tests.support.waiting import until

OFF_ENGLISH = {"phim-menu-english": "", "phim-menu-report": "3", "thu-tu-menu-report": "5"}


def chosen(page: Answer) -> dict[str, str]:
    """What the form sends as it is shown."""
    return dict(Shown(page.status, page.text, PAGE, page.headers).form(PAGE).fields)


async def change(desk: Desk, **fields: str) -> Answer:
    """Save the form as it is shown, but for these fields."""
    page = await desk.get(PAGE)
    return await desk.submit(page, PAGE, **(chosen(page) | fields))


async def test_an_entry_is_moved_and_another_taken_off(office: Office) -> None:
    """Looked at before, in force after; the history says who changed what, and leads back."""
    admin = await hire(office.world, "Phạm Thị Dung", ("admin", ""))
    book = PlanBook(office.world.deployment.database)
    async with office.desk(admin) as desk:
        page = await desk.get(PAGE)
        tried = await desk.post(PREVIEW, chosen(page) | OFF_ENGLISH)
        assert not await book.editions()
        saved = await desk.submit(page, PAGE, **(chosen(page) | OFF_ENGLISH))
        after, drawing = await desk.get(saved.location), await desk.get(DRAWING)
        back = await desk.submit(after, BACK, lan="0")
        at_last = await desk.get(PAGE)

    assert "Sẽ thay đổi, chưa lưu" in tried.text
    assert "phím 3" in tried.text
    assert (saved.status, saved.location) == (303, f"{PAGE}?xong=kich-ban-goi")
    for words in ("áp dụng từ cuộc gọi tiếp theo", "Phạm Thị Dung", "phím 8", "Sơ đồ", "<svg"):
        assert words in after.text
    assert "s_menu -->|3| s_report" in drawing.text
    assert "s_english" not in drawing.text
    assert back.status == 303
    newest, first = await book.editions()
    assert [item.to for item in first.plan.menus["menu"].items] == [
        "follow",
        "agent",
        "call_back",
        "report",
        "emergency",
    ]
    assert (newest.number, newest.plan.menus) == (2, {})
    assert "Lần 2" in at_last.text


async def test_saving_what_was_not_touched_changes_nothing(office: Office) -> None:
    admin = await hire(office.world, "quan_tri", ("admin", ""))
    async with office.desk(admin) as desk:
        assert (await change(desk)).status == 303
    (edition,) = await PlanBook(office.world.deployment.database).editions()
    assert edition.plan.model_dump(exclude_defaults=True) == {}


@pytest.mark.rule("VN-8")
@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"phim-menu-emergency": ""}, "người đang gặp nguy hiểm cần bấm được ngay (VN-8)"),
        ({"phim-menu-agent": "1"}, "phím 1 đặt cho hai mục"),
        ({"phim-menu-english": "7"}, "chỉ dùng được phím 8"),
        ({"gio": "own", "weekdays-tu": "17:00", "weekdays-den": "08:00"}, "giờ kết thúc phải sau giờ bắt đầu"),
        ({"gio": "own", "saturdays-tu": "08:00", "saturdays-den": ""}, "Thứ bảy"),
    ],
)
async def test_what_would_mislead_callers_is_refused_in_words(
    office: Office, fields: dict[str, str], sentence: str
) -> None:
    admin = await hire(office.world, "quan_tri", ("admin", ""))
    async with office.desk(admin) as desk:
        refused = await change(desk, **fields)
    assert (refused.status, sentence in refused.text) == (422, True)
    assert not await PlanBook(office.world.deployment.database).editions()


async def test_hours_queues_and_numbers(office: Office) -> None:
    admin = await hire(office.world, "quan_tri", ("admin", ""))
    fields = {"gio": "own", "weekdays-tu": "07:00", "weekdays-den": "00:00", "saturdays-tu": "08:00"}
    more = {"saturdays-den": "11:30", "hang-english_agent": "reports", "so-1022": "follow", "khong-bam-menu": "agent"}
    async with office.desk(admin) as desk:
        assert (await change(desk, **fields, **more)).status == 303
        page = await desk.get(PAGE)
    plan = await PlanBook(office.world.deployment.database).newest()
    assert (plan.hours.weekdays, plan.hours.holidays) == (Stretch(begin=420, end=1440), None)
    assert plan.queues == {"english_agent": "reports"}
    assert plan.numbers == {"1022": "follow"}
    assert plan.menus["menu"].otherwise == "agent"
    assert chosen(page).items() >= (fields | more).items()


async def test_two_who_change_it_at_once_are_told(office: Office) -> None:
    admin = await hire(office.world, "quan_tri", ("admin", ""))
    async with office.desk(admin) as desk:
        page = await desk.get(PAGE)
        await change(desk, **OFF_ENGLISH)
        late = await desk.submit(page, PAGE, **chosen(page))
    assert (late.status, OVERTAKEN in late.text) == (409, True)


async def test_only_administrators_change_it(office: Office) -> None:
    async with office.desk(await centre(office.world)) as desk:
        for path in (PAGE, DRAWING):
            assert (await desk.get(path)).status == 403
        for path in (PAGE, PREVIEW, BACK):
            assert (await desk.post(path)).status == 403


def test_every_fault_is_said_in_vietnamese() -> None:
    assert SAID.keys() == set(Fault)


async def report(call: Call, key: str, calls: Path) -> None:
    """A key of the menu, then what and where as soon as each is recorded, ended with #."""
    await call.media.send_keys(key)
    for part in ("what", "where"):
        await until(lambda part=part: any(calls.glob(f"*/{part}.wav")), f"{part} is recorded")
        await call.media.play(["tone"] * 5)
        await call.media.send_keys("#")


async def test_a_real_call_is_led_by_the_menu_that_was_saved(office: Office, tmp_path: Path) -> None:
    """Over SIP and RTP, while the hotline goes on: key 3 is a report from the next call on."""
    admin, world = await hire(office.world, "quan_tri", ("admin", "")), office.world
    spool_of(world).folder.mkdir()  # as the process does when it claims its place
    async with (
        serving_calls(world.deployment),
        taking_calls(with_a_line(world.deployment.settings, tmp_path)) as hotline,
    ):
        await until(lambda: hotline.listening, "the hotline takes calls")
        async with office.desk(admin) as desk:
            await change(desk, **OFF_ENGLISH)
        await until(lambda: hotline.liaison.plan().menus, "the hotline was told")
        async with telephone(hotline.listening) as mine:
            call = await mine.call()
            await report(call, "3", spool_of(world).folder)
            assert (await over(call)).by == "them"
        await until(lambda: not hotline.calls, "its record is kept")  # handed over as the hotline ends
    await world.settle()

    told = await only_call(world)
    assert (told.row.outcome, told.facts is not None) == ("reported", True)


def with_a_line(settings: Settings, folder: Path) -> Settings:
    """The deployment's settings, its hotline at free ports and with short sentences."""
    prompts = str(short_prompts(folder / "prompts"))
    ports = {"sip_port": 0, "rtp_first": 0, "rtp_last": 0, "latest_ms": math.inf, "drain_seconds": 0}
    call_center = settings.call_center.model_copy(update={**ports, "prompts": prompts})
    return settings.model_copy(update={"call_center": call_center})
