"""Aids on a case page: what may be the same and why, what it may be about and why; pictures before and after."""

from __future__ import annotations

from core.regulations.loader import load_pack
from core.service.reading.kin import hints_of
from core.triage.sorter import Sorter
from core.triage.usual import labels_of
from tests.core.privacy.test_looks import scene, written
from tests.gateway.api.staffing import LIGHTS, REPORT, WATER, agency, case_ids, centre, issue, report
from tests.gateway.console.letters import report_with_picture
from tests.gateway.console.office import Office
from tests.support.databases import on_both_engines
from tests.support.letters import write_mail
from tests.support.usual import REGULATION


@on_both_engines
async def test_a_second_report_of_the_same_thing_is_offered_with_its_reason(office: Office) -> None:
    """To the desk, with a way to the form that links them, already filled in; masked; not for another matter."""
    world, ioc = office.world, await centre(office.world)
    first = await report(world)
    other = await report(world, "Rác đổ tràn trên đường Hùng Vương gần chợ, phường Phú Hội, từ hôm qua.")
    await world.pass_time(minutes=30)
    again = REPORT.replace("Nguyễn Văn An, số 0900 000 001", "Lê Thị Hoa, số 0900 000 002")
    before = set(await case_ids(world))
    await write_mail(world, again, sender="hoa@hopthu.example.vn", subject="Đèn đường")
    (second,) = set(await case_ids(world)) - before
    async with office.desk(ioc) as desk:
        page = await desk.get(f"/console/ho-so/{second}")
        aids = await desk.get(f"/console/ho-so/{second}/lien-quan")
        form = aids.text.partition("Gộp vào hồ sơ này")[0].rpartition('href="')[2].partition('"')[0]
        filled = await desk.get(form.replace("&amp;", "&"))
    code = aids.text.partition(f'href="/console/ho-so/{first}">')[2].partition("<")[0]

    assert f'hx-get="/console/ho-so/{second}/lien-quan"' in page.text
    assert f"/console/ho-so/{other}" not in aids.text
    assert "Người gửi khác; địa điểm trùng" in aids.text
    assert "0900 000 001" not in aids.text
    assert "Nguyễn Văn An" not in aids.text
    assert f'value="{code}"' in filled.text


async def test_a_second_report_with_the_same_number_says_so(office: Office) -> None:
    """As the portal takes it, where nobody proves a number: written from another address, the number is the same."""
    world, ioc = office.world, await centre(office.world)
    first = await report(world)
    before = set(await case_ids(world))
    await write_mail(world, REPORT, sender="khac@hopthu.example.vn", subject="Đèn đường")
    (second,) = set(await case_ids(world)) - before
    async with office.desk(ioc) as desk:
        aids = await desk.get(f"/console/ho-so/{second}/lien-quan")

    assert f"/console/ho-so/{first}" in aids.text
    assert "Cùng số điện thoại hoặc thư điện tử; địa điểm trùng" in aids.text
    assert "0900 000 001" not in aids.text


async def test_photos_of_the_same_thing_are_a_reason(office: Office) -> None:
    """However they were sent; the reason says so."""
    world, ioc = office.world, await centre(office.world)
    first = await report_with_picture(world, photo=written(scene(3)))
    again = await report_with_picture(world, text=f"{REPORT} Nhờ sửa giúp.", photo=written(scene(3), quality=40))
    other = await report_with_picture(world, photo=written(scene(4)))
    async with office.desk(ioc) as desk:
        aids = (await desk.get(f"/console/ho-so/{again}/lien-quan")).text

    assert "ảnh giống nhau" in aids.partition(f"/ho-so/{first}")[2].partition("</li>")[0]
    assert "ảnh giống nhau" not in aids.partition(f"/ho-so/{other}")[2].partition("</li>")[0]


async def test_an_agency_is_offered_nothing_that_it_may_not_see(office: Office) -> None:
    """Neither the case of another agency nor, through its own, that there is one."""
    world = office.world
    ioc, water = await centre(world), await agency(world, WATER)
    first, second = await report(world), await report(world)
    for case_id in (first, second):
        await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, second, "dispatch", agencies=[WATER])
    async with office.desk(water) as desk:
        theirs = await desk.get(f"/console/ho-so/{second}/lien-quan")
        closed = await desk.get(f"/console/ho-so/{first}/lien-quan")

    assert theirs.status == 200
    assert first not in theirs.text
    assert closed.status == 404


async def test_what_sounds_urgent_is_put_before_the_desk(office: Office) -> None:
    """With the words; nothing is changed by it, and nothing is said of an ordinary report."""
    world, ioc = office.world, await centre(office.world)
    ordinary = await report(world)
    urgent = await report(
        world, "Kè đá bị thủng, còn mấy hộ già yếu chạy không kịp, làm ơn cho ghe. Ở thôn Bàu, xã Phú Hội."
    )
    async with office.desk(ioc) as desk:
        told = await desk.get(f"/console/ho-so/{urgent}/lien-quan")
        calm = await desk.get(f"/console/ho-so/{ordinary}/lien-quan")

    assert "Có thể là việc khẩn cấp" in told.text
    assert "chạy không kịp" in told.text
    assert "Có thể là việc khẩn cấp" not in calm.text


def test_a_category_is_suggested_with_the_words_that_hint_at_it() -> None:
    """The strongest first; words of the report, whole ones."""
    pack = load_pack(REGULATION)
    sorter = Sorter(labels_of(pack))
    hints = list(hints_of(sorter.sort("Đèn đường hỏng, tối om."), pack))

    assert hints
    assert "đèn đường" in {word.lower() for word in hints[0].words}
    assert list(hints_of(sorter.sort("Xin chào."), pack)) == []


async def test_pictures_stand_side_by_side_once_there_are_both(office: Office) -> None:
    """What the reporter sent, and what whoever handled it added."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report_with_picture(world)
    address = f"/console/ho-so/{case_id}"
    async with office.desk(ioc) as desk:
        alone = await desk.get(address)
        key = alone.text.partition(f"{address}/tep/")[2][:64]
        await issue(world, ioc, case_id, "accept")
        await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
        await issue(world, lights, case_id, "accept_dispatch")
        await issue(world, lights, case_id, "submit_result", result="Đã thay bóng đèn.", evidence=[key])
        both = await desk.get(address)

    assert "Trước và sau" not in alone.text
    pairs = both.text.partition("Trước và sau")[2].partition("</section>")[0]
    assert pairs.count(f'src="{address}/tep/{key}/nho"') == 2
    assert "Người dân gửi" in pairs
    assert "Sau xử lý" in pairs
