"""The working calendar in the console: a notice is looked at, read in, and reckoned with; nothing else moves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import due
from core.service.calendars import open_calendars
from core.storage import settings
from tests.gateway.api.staffing import centre, hire
from tests.gateway.console.office import Office

PAGE = "/console/lich"
PREVIEW = f"{PAGE}/xem-truoc"


@pytest.mark.rule("U-7", "U-11")
async def test_an_administrator_reads_a_holiday_in(office: Office) -> None:
    """Shown first; then in force for what starts now, signed, and known to a process that looks later."""
    boss = await hire(office.world, "Phạm Thị Dung", ("admin", ""))
    deployment, now = office.world.deployment, office.world.clock()
    book = deployment.regulation.calendars
    before, day = book.at(now), book.at(now).next_working_day(now.date() + timedelta(days=2))
    typed = {"noi-dung": f"{day:%d/%m/%Y};nghỉ lễ;Nghỉ tránh bão", "can-cu": "CĐ 12/CĐ-UBND ngày 01/11/2026"}
    async with office.desk(boss) as desk:
        shown = await desk.send(PAGE, PREVIEW, **typed)
        untouched = book.at(now)
        done = await desk.submit(shown, PAGE)
        overtaken = await desk.submit(shown, PAGE)
        page = await desk.get(f"{PAGE}?xong=lich")
    after = book.at(office.world.clock())
    again = await open_calendars(deployment.database, deployment.regulation.current.meta.calendar)

    assert (shown.status, done.status, overtaken.status) == (200, 303, 422)
    assert "Thông báo này thay đổi 1 ngày" in shown.text
    assert untouched is before
    assert (before.is_working_day(day), after.is_working_day(day)) == (True, False)
    assert due(now, "10wd", after).at == due(now, "11wd", before).at
    assert again.newest == after
    assert "không thay đổi ngày nào" in overtaken.text
    assert "Bản 2: 1 ngày – CĐ 12/CĐ-UBND ngày 01/11/2026" in page.text
    assert "Phạm Thị Dung" in page.text


async def test_what_is_wrong_is_said_and_nothing_is_lost(office: Office) -> None:
    """A contradiction, no document, a file that is no text; and a calendar that changed under the preview."""
    boss = await hire(office.world, "Phạm Thị Dung", ("admin", ""))
    deployment = office.world.deployment
    book = deployment.regulation.calendars
    day = book.newest.next_working_day(office.world.clock().date() + timedelta(days=2))
    line = f"{day:%d/%m/%Y};nghỉ lễ;Nghỉ"
    async with office.desk(boss) as desk:
        nameless = await desk.send(PAGE, PREVIEW, **{"noi-dung": line, "can-cu": ""})
        twice = await desk.send(PAGE, PREVIEW, **{"noi-dung": f"{line}\n{line}", "can-cu": "TB 1"})
        binary = await desk.send(PAGE, PREVIEW, **{"can-cu": "TB 1", "tep": ("lich.csv", b"\xff\xfe\x00")})
        file = await desk.send(PAGE, PREVIEW, **{"can-cu": "TB 1", "tep": ("lich.csv", line.encode())})
        other = await desk.send(PAGE, PREVIEW, **{"noi-dung": f"{day:%d/%m/%Y};nghỉ bù;Nghỉ bù", "can-cu": "TB 2"})
        await desk.submit(other, PAGE)
        overtaken = await desk.submit(file, PAGE)

    assert [one.status for one in (nameless, twice, binary, file, overtaken)] == [422, 422, 422, 200, 409]
    assert "Vui lòng ghi số, ngày của văn bản" in nameless.text
    assert "được ghi hai lần" in twice.text
    assert f"{line}</textarea>" in twice.text
    assert "không phải văn bản UTF-8" in binary.text
    assert "Lịch vừa được người khác thay đổi" in overtaken.text
    assert len(book.editions) == 1


async def test_another_process_learns_of_it(office: Office) -> None:
    """By looking; a version that is there already is never written over."""
    deployment = office.world.deployment
    database, book = deployment.database, deployment.regulation.calendars
    elsewhere = await open_calendars(database, deployment.regulation.current.meta.calendar)
    boss = await hire(office.world, "Phạm Thị Dung", ("admin", ""))
    day = book.newest.next_working_day(office.world.clock().date() + timedelta(days=2))
    async with office.desk(boss) as desk:
        shown = await desk.send(PAGE, PREVIEW, **{"noi-dung": f"{day.isoformat()};nghỉ lễ", "can-cu": "TB 1"})
        await desk.submit(shown, PAGE)
    news = [await elsewhere.refresh(database), await elsewhere.refresh(database)]
    key = f"calendar:{book.newest.id}:000002"
    written_over = await database.write(lambda connection: settings.add(connection, key, {}))

    assert news == [1, 0]
    assert elsewhere.newest == book.newest
    assert not written_over


async def test_only_administrators_change_it(office: Office) -> None:
    """The centre does not even see the form."""
    ioc = await centre(office.world)
    async with office.desk(ioc) as desk:
        page, posted = await desk.get(PAGE), await desk.post(PAGE)

    assert (page.status, posted.status) == (403, 403)
