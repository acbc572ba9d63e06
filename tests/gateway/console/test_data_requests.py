"""The desk for people's data in the console: a spoken request, each move with its reason, the copy, and who may."""

from __future__ import annotations

from functools import partial

import pytest

from core.cases.model import Case
from core.storage import cases
from core.subjects.request import State
from gateway.admin.services import subject_desk_of
from gateway.workers.duties import data_reminding_of
from tests.gateway.api.staffing import agency, centre, hire, report
from tests.gateway.console.office import Office

PAGE = "/console/du-lieu-ca-nhan"
pytestmark = pytest.mark.rule("VN-4")


async def test_a_spoken_request_goes_from_receipt_to_the_copy(office: Office) -> None:
    """Nothing is done for a voice; proved, it is answered, carried out and handed over, each move in the log."""
    world = office.world
    ioc, case_id = await centre(world), await report(world)
    row = await world.deployment.database.read(partial(cases.load, case_id=case_id))
    code = Case.model_validate(row.state).reports[0].code
    async with office.desk(ioc) as desk:
        made = await desk.send(PAGE, PAGE, ma=code, quyen="access", **{"den-bang": "phone", "xac-minh": "nothing"})
        one = made.location.partition("?")[0]
        page, early = await desk.get(one), await desk.get(f"{one}/van-ban.pdf")
        unproved = await desk.submit(page, f"{one}/tra-loi")
        silent = await desk.send(one, f"{one}/xac-minh", chon="call_back")
        proved = await desk.send(one, f"{one}/xac-minh", chon="call_back", loi="Đã gọi số trong hồ sơ.")
        longer = await desk.send(one, f"{one}/gia-han", loi="Phải hỏi thêm đơn vị lưu ghi âm.")
        twice = await desk.get(one)
        done = await desk.send(one, f"{one}/thuc-hien", loi="Mời anh/chị đến nhận bản sao.")
        copy = await desk.get(f"{one}/ban-sao.zip")
        letter = await desk.get(f"{one}/van-ban.pdf")
        after = await desk.get(one)
        listed = await desk.get(PAGE)

    assert f"{one}/thuc-hien" not in page.forms()
    assert (made.status, unproved.status, silent.status) == (303, 303, 422)
    assert (proved.status, longer.status, done.status) == (303, 303, 303)
    assert f"{one}/gia-han" not in twice.forms()
    assert (copy.status, copy.body[:2], letter.body[:4]) == (200, b"PK", b"%PDF")
    assert (early.status, f"{one}/van-ban.pdf" in after.text) == (404, True)
    for words in ("Đã gọi số trong hồ sơ.", "Phải hỏi thêm đơn vị lưu ghi âm.", "Mời anh/chị đến nhận bản sao."):
        assert words in after.text
    assert "Không có yêu cầu nào đang chờ." in listed.text


async def test_the_desk_is_reminded_before_a_request_is_late_and_after(office: Office) -> None:
    """Once each, in working time, of the answer and then of the end; the notice leads to the request."""
    world = office.world
    ioc, case_id = await centre(world), await report(world)
    row = await world.deployment.database.read(partial(cases.load, case_id=case_id))
    code = Case.model_validate(row.state).reports[0].code
    reminding, said = data_reminding_of(world.deployment), []
    async with office.desk(ioc) as desk:
        made = await desk.send(PAGE, PAGE, ma=code, quyen="access", **{"den-bang": "phone", "xac-minh": "call_back"})
    for hours in (0, 72, 0, 24, 0):
        world.clock.advance(hours=hours)
        said.append(await reminding.run_once())
    async with office.desk(ioc) as desk:
        notices = await desk.get("/console/thong-bao")
    asked = made.location.partition("?")[0].rpartition("/")[2]
    await subject_desk_of(world.deployment).answer(asked, 1, actor=ioc.id)

    assert [*said, await reminding.run_once()] == [0, 1, 0, 1, 0, 0]
    assert "Sắp đến hạn trả lời một yêu cầu về dữ liệu cá nhân" in notices.text
    assert "Quá hạn trả lời một yêu cầu về dữ liệu cá nhân" in notices.text


async def test_a_refusal_names_its_ground_and_a_stale_page_moves_nothing(office: Office) -> None:
    """What the law has for this right, and no other; the person hears it; the second of two colleagues is told."""
    world = office.world
    ioc = await centre(world)
    await report(world)
    talk = (await world.deployment.database.read(_talks))[0]
    async with office.desk(ioc) as desk:
        given = {"quyen": "erasure", "den-bang": "office", "xac-minh": "papers"}
        made = await desk.send(f"{PAGE}?hoi-thoai={talk}", PAGE, **given)
        one = made.location.partition("?")[0]
        stale = await desk.get(one)
        foreign = await desk.submit(stale, f"{one}/tu-choi", chon="secret")
        refused = await desk.submit(stale, f"{one}/tu-choi", chon="duty")
        late = await desk.submit(stale, f"{one}/thuc-hien")
        page = await desk.get(one)

    assert (foreign.status, refused.status, late.status) == (409, 303, 409)
    assert "người khác cập nhật" in late.text
    assert "Dữ liệu cần để cơ quan nhà nước thực hiện nhiệm vụ" in page.text
    (kept,) = await subject_desk_of(world.deployment).ended()
    assert (kept.request.state, kept.request.ground) == (State.REFUSED, "duty")


async def test_what_was_mistyped_comes_back_and_nobody_else_enters(office: Office) -> None:
    """An unknown code, no right chosen; an agency and an administrator see nothing of it."""
    world = office.world
    ioc, lights, admin = await centre(world), await agency(world), await hire(world, "Đỗ Thị Hoa", ("admin", ""))
    given = {"quyen": "access", "den-bang": "phone", "xac-minh": "nothing"}
    async with office.desk(ioc) as desk:
        unknown = await desk.send(PAGE, PAGE, **given, ma="123412341234")
        case_id = await report(world)
        row = await world.deployment.database.read(partial(cases.load, case_id=case_id))
        code = Case.model_validate(row.state).reports[0].code
        nothing = await desk.send(PAGE, PAGE, **given | {"quyen": "?"}, ma=code)
        missing = await desk.get(f"{PAGE}/{'0' * 32}")
    doors = []
    for member in (lights, admin):
        async with office.desk(member) as desk:
            doors.append((await desk.get(PAGE)).status)

    assert (unknown.status, nothing.status, missing.status) == (404, 422, 404)
    assert "Không tìm thấy phản ánh" in unknown.text
    assert doors == [403, 403]


def _talks(connection: object) -> list[str]:
    from sqlalchemy import select

    from core.storage.tables import conversation

    return list(connection.scalars(select(conversation.c.id)))  # type: ignore[attr-defined]
