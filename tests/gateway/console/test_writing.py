"""Reception writes down what people tell: one report however often it is pressed, nothing of what goes elsewhere."""

from __future__ import annotations

from functools import partial

import pytest

from core.storage import people, reports
from gateway.console.writing import PAGE
from tests.gateway.api.staffing import hire
from tests.gateway.console.office import Answer, Office

TOLD = {
    "content": "Cây đổ chắn ngang đường trước trạm y tế.",
    "place": "Trước số 5 đường Hàm Nghi",
    "occurred": "sáng nay",
    "name": "Nguyễn Văn An",
    "phone": "0900 000 001",
    "consent": "1",
}


def code_in(page: Answer) -> str:
    """The code that reception reads out."""
    return "".join(part for part in page.text.partition("Mã phản ánh <strong")[2][:80] if part.isdigit())[:12]


async def test_what_is_told_becomes_one_report(office: Office) -> None:
    receptionist = await hire(office.world, "Phạm Thị Dung", ("receptionist", ""))
    async with office.desk(receptionist) as desk:
        form = await desk.get(PAGE)
        first = await desk.submit(form, PAGE, **TOLD)
        again = await desk.submit(form, PAGE, **TOLD)
        other = await desk.submit(form, PAGE, **TOLD | {"content": "Nắp cống trước trường học bị vỡ."})
    await office.world.settle()

    assert (first.status, again.status) == (200, 200)
    assert code_in(first) == code_in(again)
    assert code_in(other) != code_in(first), "who goes back in the browser writes another one down"
    for page in (first, other):
        row = await office.world.deployment.database.read(partial(reports.by_code, code=code_in(page)))
        assert row.case_id


async def test_what_is_missing_is_said_and_nothing_typed_is_lost(office: Office) -> None:
    receptionist = await hire(office.world, "Phạm Thị Dung", ("receptionist", ""))
    async with office.desk(receptionist) as desk:
        page = await desk.send(PAGE, PAGE, place=TOLD["place"])
        inline = await desk.post(PAGE, {"csrf": page.forms()[PAGE]["csrf"]}, headers={"HX-Request": "true"})

    assert page.status == 422
    assert "Hãy cho biết chuyện gì đang xảy ra." in page.text
    assert f'value="{TOLD["place"]}"' in page.text
    assert inline.status == 200


@pytest.mark.rule("VN-1")
async def test_a_denunciation_is_sent_elsewhere_unless_reception_says_why_it_is_none(office: Office) -> None:
    receptionist = await hire(office.world, "Phạm Thị Dung", ("receptionist", ""))
    async with office.desk(receptionist) as desk:
        told = {**TOLD, "content": "Tôi tố cáo ông chủ tịch xã nhận hối lộ."}
        page = await desk.send(PAGE, PAGE, **told)
        taken = await desk.submit(page, PAGE, **told, ground="wording")

    assert page.status == 422
    assert "chưa có gì được lưu" in page.text
    assert code_in(page) == ""
    logged = await office.world.deployment.database.read(partial(people.accesses, ref=code_in(taken)))
    assert [what for _at, _who, what in logged] == ["diversion_overridden:corruption:wording"]


async def test_only_reception_writes_down(office: Office) -> None:
    editor = await hire(office.world, "Lê Văn Cường", ("editor", ""))
    async with office.desk(editor) as desk:
        assert (await desk.get(PAGE)).status == 403
