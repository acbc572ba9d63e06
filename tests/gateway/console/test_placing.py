"""Reception puts right where a case happened: the case follows, the citizen's own words stay."""

from __future__ import annotations

from functools import partial

from core.cases.model import Case
from core.storage import cases
from tests.gateway.api.staffing import agency, centre, report
from tests.gateway.console.office import Office

PLACE = "trước số 5 Hùng Vương, phường Phú Hội"


async def case_of(office: Office, case_id: str) -> Case:
    """As it is stored."""
    row = await office.world.deployment.database.read(partial(cases.load, case_id=case_id))
    return Case.model_validate(row.state)


async def test_a_place_is_put_right_by_name_of_who_did_it(office: Office) -> None:
    """The words and the commune of the case; in the time line under a name; the report as it was sent."""
    ioc, case_id = await centre(office.world), await report(office.world)
    before, page = await case_of(office, case_id), f"/console/ho-so/{case_id}"
    async with office.desk(ioc) as desk:
        shown = await desk.get(page)
        form = await desk.get(f"{page}/sua-dia-diem")
        done = await desk.submit(form, f"{page}/sua-dia-diem", place=PLACE)
        late = await desk.submit(form, f"{page}/sua-dia-diem", place="nơi khác, phường Vĩnh Ninh")
        after = await desk.get(page)
    now = await case_of(office, case_id)

    assert "Sửa địa điểm…" in shown.text
    assert done.location == f"{page}?xong=dia-diem"
    assert (late.status, "nơi khác, phường Vĩnh Ninh</textarea>" in late.text) == (409, True)
    line = after.text.partition("Sửa địa điểm.")[2][:600]
    assert "Trần Thị Bình" in line
    assert PLACE in line
    assert "trước số 12 Lê Lợi, phường Vĩnh Ninh" in after.text
    assert now.version == before.version + 1
    assert now.place != before.place


async def test_nothing_is_taken_without_words_or_by_others(office: Office) -> None:
    """An empty field is said; an agency has no such form."""
    ioc, case_id = await centre(office.world), await report(office.world)
    page = f"/console/ho-so/{case_id}/sua-dia-diem"
    async with office.desk(ioc) as desk:
        empty = await desk.send(page, page, place="  ")
    async with office.desk(await agency(office.world)) as desk:
        closed = await desk.get(page)

    assert empty.status == 422
    assert "Vui lòng nhập nơi xảy ra." in empty.text
    assert closed.status == 403
