"""Search, quarantine, unsent messages and the log of who looked."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.contract.ports import ItemKey, RawDelivery
from core.storage import inbox_queue, outbox, staff_lists
from core.storage.tables import outbox as outbox_table
from tests.gateway.api.staffing import LIGHTS, agency, centre, issue, report
from tests.gateway.console.letters import report_with_picture
from tests.gateway.console.office import Office
from tests.support.databases import on_both_engines
from tests.support.letters import write_mail


@on_both_engines
async def test_a_case_is_found_by_words_in_any_spelling_and_by_its_code(office: Office) -> None:
    """Without marks too; the form leads to an address that can be kept."""
    world = office.world
    ioc, case_id = await centre(world), await report(world)
    await write_mail(world, "Rác tồn đọng ở kiệt 12 Nguyễn Huệ, phường Vĩnh Ninh.", sender="binh@hopthu.example.vn")
    async with office.desk(ioc) as desk:
        led = await desk.send("/console", "/console/tim-kiem", q="den duong truoc so 12")
        words = await desk.get(led.location)
        code = words.text.partition(f'href="/console/ho-so/{case_id}">')[2].partition("<")[0]
        by_code = await desk.get(f"/console/tim-kiem?q={code.replace(' ', '+')}")
        nothing = await desk.get("/console/tim-kiem?q=vinfast")

    assert (led.status, led.location) == (303, "/console/tim-kiem?q=den+duong+truoc+so+12")
    assert words.text.count('class="queue__code"') == 1
    assert case_id in by_code.text
    assert "Không tìm thấy hồ sơ nào." in nothing.text


async def test_a_phone_number_never_stands_in_an_address(office: Office) -> None:
    """It is answered where it was asked, and found by the centre alone."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    async with office.desk(ioc) as desk:
        found = await desk.send("/console/tim-kiem", "/console/tim-kiem", q="an@hopthu.example.vn")
    async with office.desk(lights) as desk:
        hidden = await desk.send("/console/tim-kiem", "/console/tim-kiem", q="an@hopthu.example.vn")

    assert found.status == 200
    assert case_id in found.text
    assert hidden.status == 200
    assert case_id not in hidden.text


async def test_only_open_cases_or_one_step_on_request(office: Office) -> None:
    """The filters of the search."""
    ioc, case_id = await centre(office.world), await report(office.world)
    await issue(office.world, ioc, case_id, "cancel", reason_code="mistake")
    async with office.desk(ioc) as desk:
        everything = await desk.get("/console/tim-kiem")
        still_open = await desk.get("/console/tim-kiem?dang-mo=1")
        cancelled = await desk.get("/console/tim-kiem?buoc=cancelled")

    assert [case_id in page.text for page in (everything, still_open, cancelled)] == [True, False, True]


@on_both_engines
async def test_what_could_not_be_read_is_shown_and_tried_again(office: Office) -> None:
    """By number, with its reason; a second click finds it gone."""
    world, ioc = office.world, await centre(office.world)
    delivery, key = RawDelivery(channel="email", account="phananh", body=b"\x00\x01"), ItemKey("1", "an")
    await world.deployment.inbox.accept(delivery, [key], quarantine="no sender")
    (item,) = await world.deployment.database.read(staff_lists.quarantined)
    async with office.desk(ioc) as desk:
        home, shown = await desk.get("/console"), await desk.get("/console/cach-ly")
        done = await desk.submit(shown, "/console/cach-ly", tin=str(item.id))
        state = await world.deployment.database.read(inbox_queue.inbox_state)
        again = await desk.submit(shown, "/console/cach-ly", tin=str(item.id))
        nonsense = await desk.submit(shown, "/console/cach-ly", tin="x")

    assert "1 tin" in home.text
    assert "Đọc lại" in shown.text
    assert done.location == "/console/cach-ly?xong=doc-lai"
    assert (state.waiting, state.quarantined) == (1, 0)
    assert again.status == 409
    assert "không còn trong vùng cách ly" in again.text
    assert nonsense.status == 400


async def test_a_message_that_failed_is_shown_and_sent_again(office: Office) -> None:
    """The relay was away for good; a person decides, and it arrives."""
    world, ioc = office.world, await centre(office.world)
    await report(world)
    entry = await world.deployment.database.read(lambda one: one.scalars(select(outbox_table.c.id)).first())
    failed = outbox_table.update().where(outbox_table.c.id == entry).values(state="failed", reason="gone")
    await world.deployment.database.write(lambda one: one.execute(failed))
    before = len(world.mail.mails)
    bell = world.deployment.clerk.changed
    async with office.desk(ioc) as desk:
        shown = await desk.get("/console/hop-gui")
        bell.clear()
        done = await desk.submit(shown, "/console/hop-gui", tin=entry)
        rung = bell.is_set()
        await world.settle()
        again = await desk.submit(shown, "/console/hop-gui", tin=entry)
    state = await world.deployment.database.read(outbox.outbox_state)

    assert "Gửi lỗi" in shown.text
    assert done.location == "/console/hop-gui?xong=gui-lai"
    assert rung  # whoever sends looks at once, in whichever process
    assert len(world.mail.mails) == before + 1
    assert (state.failed, state.pending) == (0, 0)
    assert again.status == 409
    assert "không còn ở trạng thái gửi lỗi" in again.text


@pytest.mark.parametrize(("act", "state"), [("da-den", "sent"), ("bo-qua", "dropped")])
async def test_of_what_nobody_knows_the_end_a_person_decides(office: Office, act: str, state: str) -> None:
    """It arrived, or nobody needs it: nothing goes out, and it is on nobody's list."""
    world, ioc = office.world, await centre(office.world)
    await report(world)
    entry = await world.deployment.database.read(lambda one: one.scalars(select(outbox_table.c.id)).first())
    unknown = outbox_table.update().where(outbox_table.c.id == entry).values(state="unknown")
    await world.deployment.database.write(lambda one: one.execute(unknown))
    before = len(world.mail.mails)
    async with office.desk(ioc) as desk:
        shown = await desk.get("/console/hop-gui")
        done = await desk.submit(shown, "/console/hop-gui", tin=entry, viec=act)
        empty = await desk.get("/console/hop-gui")
        odd = await desk.submit(shown, "/console/hop-gui", tin=entry, viec="gi-do")
    await world.settle()
    states = await world.deployment.database.read(lambda one: one.scalars(select(outbox_table.c.state)).all())

    assert "Chưa rõ" in shown.text
    assert done.location == f"/console/hop-gui?xong={act}"
    assert "Mọi tin đều đã gửi xong" in empty.text
    assert states == [state]
    assert len(world.mail.mails) == before
    assert odd.status == 400


async def test_the_log_says_who_looked_at_what(office: Office) -> None:
    """By the code of the case; six pictures within a minute are one line of six."""
    world = office.world
    ioc, case_id = await centre(world), await report_with_picture(world)
    base = f"/console/ho-so/{case_id}"
    async with office.desk(ioc) as desk:
        page = await desk.get(base)
        key = page.text.partition(f'href="{base}/tep/')[2].partition('"')[0]
        code = page.text.partition("<h1>Hồ sơ ")[2].partition("<")[0]
        empty = await desk.get(f"/console/nhat-ky?ma={code.replace(' ', '')}")
        for _ in range(3):
            await desk.get(f"{base}/tep/{key}/nho")
        await desk.submit(page, f"{base}/xem-nguoi-phan-anh")
        log = await desk.get(f"/console/nhat-ky?ma={code.replace(' ', '+')}")
        wrong, unknown = await desk.get("/console/nhat-ky?ma=12"), await desk.get("/console/nhat-ky?ma=123456789012")

    assert "Chưa ai xem dữ liệu cá nhân" in empty.text
    assert "Trần Thị Bình" in log.text
    assert "Thông tin người phản ánh" in log.text
    assert '<td data-label="Số lần" class="number">3</td>' in log.text
    assert (wrong.status, unknown.status) == (422, 422)


async def test_an_agency_reads_no_log(office: Office) -> None:
    """Nor what is stuck."""
    lights = await agency(office.world)
    async with office.desk(lights) as desk:
        closed = [
            (await desk.get(path)).status for path in ("/console/nhat-ky", "/console/cach-ly", "/console/hop-gui")
        ]
        acts = [await desk.post(path, {"csrf": "x"}) for path in ("/console/cach-ly", "/console/hop-gui")]

    assert closed == [403] * 3
    assert [one.status for one in acts] == [403] * 2
