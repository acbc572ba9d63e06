"""Letters and what the dialogue says, put into other words in the console: tried, in force at once, and taken back."""

from __future__ import annotations

import pytest

from core.service.own_words import Shelf, shipped
from gateway.console.wordings import EXAMPLES
from tests.gateway.api.staffing import centre, hire, issue, report
from tests.gateway.console.office import Office
from tests.support.letters import received, write_mail

PAGE = "/console/loi-nhan"
LETTER, TALK = f"{PAGE}/letter/case_accepted", f"{PAGE}/talk/ask.place"


@pytest.mark.parametrize("shelf", list(Shelf))
def test_every_place_has_an_example(shelf: Shelf) -> None:
    """A preview has nothing left open."""
    assert {hole for wording in shipped(shelf).values() for hole in wording.holes} - set(EXAMPLES) == set()


async def test_what_is_saved_is_what_citizens_read_next(office: Office) -> None:
    """A letter and a question of the dialogue; back to ours the same way."""
    world = office.world
    boss, ioc = await hire(world, "Phạm Thị Dung", ("admin", "")), await centre(world)
    first, second = await report(world), await report(world)
    async with office.desk(boss) as desk:
        listed = await desk.get(PAGE)
        await desk.send(LETTER, LETTER, subject="Đã nhận {code}", text="Trung tâm nhận rồi: {code}.\nXem: {link}")
        await desk.send(TALK, TALK, text="Dạ, việc này ở chỗ nào ạ?")
        page, marked = await desk.get(f"{LETTER}?xong=loi-nhan"), await desk.get(PAGE)
        await issue(world, ioc, first, "accept")
        await write_mail(world, "Đèn đường bị hỏng mấy hôm nay rồi.", sender="binh@hopthu.example.vn")
        told = received(world)
        await desk.send(LETTER, f"{LETTER}/ban-goc")
        back = await desk.get(LETTER)
    await issue(world, ioc, second, "accept")

    assert ("Đã sửa" in listed.text, marked.text.count("Đã sửa")) == (False, 2)
    assert any(text.startswith("Trung tâm nhận rồi: ") for text in told)
    assert any("Dạ, việc này ở chỗ nào ạ?" in text for text in told)
    assert "Trung tâm nhận rồi: 1234 5678 9012." in page.text
    assert "Phạm Thị Dung" in page.text
    assert "trả về bản gốc" in back.text
    assert "đang chuyển đến đơn vị có trách nhiệm xử lý" in received(world)[-1]


async def test_a_slip_is_said_while_it_is_typed_and_nothing_is_lost(office: Office) -> None:
    """The fragment that is exchanged, the whole page without a script, and saving."""
    boss = await hire(office.world, "Phạm Thị Dung", ("admin", ""))
    async with office.desk(boss) as desk:
        page = await desk.get(TALK)
        token = page.forms()[TALK]
        slip = {**token, "text": "Ở đâu {ma} ạ?"}
        asked = await desk.post(f"{TALK}/xem-truoc", slip, headers={"HX-Request": "true"})
        whole, kept = await desk.post(f"{TALK}/xem-truoc", slip), await desk.post(TALK, slip)
        fine = await desk.post(f"{TALK}/xem-truoc", {**token, "text": "Ở đâu ạ?"}, headers={"HX-Request": "true"})
        nowhere = [(await desk.get(f"{PAGE}/{end}")).status for end in ("talk/no.such", "talk/buttons.yes", "x/y")]

    assert (asked.status, whole.status, kept.status) == (200, 422, 422)
    assert "<html" not in asked.text
    assert all("Không có chỗ điền tên này: {ma}." in one.text for one in (asked, whole, kept))
    assert "Ở đâu {ma} ạ?</textarea>" in kept.text
    assert '<p class="said">Ở đâu ạ?</p>' in fine.text
    assert nowhere == [404, 404, 404]


async def test_only_administrators_put_it_into_other_words(office: Office) -> None:
    """Whoever answers citizens does not change what the machine says."""
    ioc = await centre(office.world)
    async with office.desk(ioc) as desk:
        answers = [await desk.get(PAGE), await desk.get(LETTER), await desk.post(LETTER)]

    assert [one.status for one in answers] == [403, 403, 403]
