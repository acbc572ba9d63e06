"""Every channel at a glance, also one whose provider does not answer."""

from __future__ import annotations

import asyncio

import pytest

from core.contract.ports import Health
from core.service.reading.names import WAYS
from gateway.channel_table import read_columns
from gateway.console import channels
from gateway.watch.checkup import NO_ANSWER
from tests.gateway.api.staffing import agency, centre, report
from tests.gateway.console.office import Office

PAGE = "/console/kenh"


async def test_channels_are_shown_with_what_came_and_what_waits(office: Office) -> None:
    """For the centre; an agency has nothing to do with providers."""
    await report(office.world)
    async with office.desk(await centre(office.world)) as desk:
        page = await desk.get(PAGE)
    async with office.desk(await agency(office.world)) as desk:
        refused = await desk.get(PAGE)

    assert page.status == 200
    assert "Thư điện tử" in page.text
    assert "Hoạt động" in page.text
    assert refused.status == 403


def test_every_channel_has_a_word_that_staff_know() -> None:
    """No page names one as the program does."""
    assert {column.name for column in read_columns()} <= WAYS.keys()


async def test_a_silent_provider_holds_up_nobody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shown as not working, and the others as they are."""

    async def never(_self: object) -> Health:
        await asyncio.Event().wait()
        return Health(ok=True)

    monkeypatch.setattr(channels, "PATIENCE", 0.05)
    monkeypatch.setattr(type(office.world.deployment.channels["email"]), "check_health", never)
    async with office.desk(await centre(office.world)) as desk:
        page = await desk.get(PAGE)

    assert page.status == 200
    assert NO_ANSWER in page.text


async def test_somebody_sends_to_themselves(office: Office) -> None:
    """By mail to the address they left; what has no channel or address says so; not twice in a minute."""
    world = office.world
    ioc = await centre(world)
    async with office.desk(ioc) as desk:
        await world.deployment.clerk.officers.set_address(ioc.id, "email", "binh@ubnd.example.vn")
        sent = await desk.send(PAGE, f"{PAGE}/gui-thu")
        await world.settle()
        page, again = await desk.get(f"{PAGE}?xong=gui-thu"), await desk.send(PAGE, f"{PAGE}/gui-thu")
    async with office.desk(await agency(world)) as desk:
        refused = await desk.post(f"{PAGE}/gui-thu")

    (mail,) = world.mail.mails
    assert (sent.status, again.status, refused.status) == (303, 429, 403)
    assert mail.recipient == "binh@ubnd.example.vn"
    assert "Tin thử lúc" in str(mail.shown()["text"])
    assert "Đã gửi" in page.text
    assert "chưa đăng ký địa chỉ" in page.text or "kênh đang tắt" in page.text
    assert "vui lòng chờ một phút" in again.text


async def test_deliveries_that_nobody_could_prove_are_shown(office: Office) -> None:
    """When, how many, and what to do."""
    async with office.desk(await centre(office.world)) as desk:
        before = await desk.get(PAGE)
        office.world.deployment.refusals.note("email")
        after = await desk.get(PAGE)

    assert "Có lời gọi bị từ chối" not in before.text
    assert "Có lời gọi bị từ chối" in after.text
    assert "1 lần trong 24 giờ, lần cuối" in after.text
    assert "so mã bí mật ở trang của nhà cung cấp" in after.text
