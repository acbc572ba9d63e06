"""Where a photo says that it was taken: a suggestion to the centre, and nothing that anybody else ever reads."""

from __future__ import annotations

import io

from PIL import Image

from core.contract.schema import GeoPoint
from core.service.reading import CaseReader
from tests.core.service.test_public import desk_of
from tests.gateway.api.staffing import LIGHTS, agency, centre, issue
from tests.gateway.console.office import open_office
from tests.gateway.flows.office import LAMP, Chat, only_case, stored_reports
from tests.gateway.flows.remote import PHOTO, fetch, kept_by, remote_chat, reported
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import Enclosure, answer_mail, received, write_mail

WORDS = "Ảnh chụp tại"
POINT = GeoPoint(latitude=16.463611, longitude=107.590833)
POTHOLE = "Ổ gà to giữa đường, xe máy ngã liên tục, rất nguy hiểm."


def photo() -> bytes:
    """Taken at 16° 27′ 49″ N, 107° 35′ 27″ E."""
    image, exif, out = Image.new("RGB", (32, 24), "gray"), Image.Exif(), io.BytesIO()
    exif.get_ifd(0x8825).update({1: "N", 2: (16.0, 27.0, 49.0), 3: "E", 4: (107.0, 35.0, 27.0)})
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_only_the_centre_reads_where_a_photo_was_taken(world: World) -> None:
    """It is no place of the report; the stored photo itself tells nothing."""
    chat = remote_chat(world)
    kept_by(chat).files[PHOTO] = photo()
    key = await reported(world, chat)
    await fetch(world, chat)
    case, ioc, lights = await only_case(world), await centre(world), await agency(world)
    await issue(world, ioc, case.id, "accept")
    await issue(world, ioc, case.id, "dispatch", agencies=[LIGHTS])
    async with open_office(world) as office, office.desk(ioc) as theirs, office.desk(lights) as others:
        seen, hidden = await theirs.get(f"/console/ho-so/{case.id}"), await others.get(f"/console/ho-so/{case.id}")

    (report,) = await stored_reports(world)
    assert (WORDS in seen.text, "16.46361, 107.59083" in seen.text) == (True, True)
    assert (hidden.status, WORDS in hidden.text) == (200, False)
    assert report.place.point is None
    assert not Image.open(io.BytesIO(await world.deployment.media.get(key))).getexif()


async def pothole_by_mail(world: World) -> None:
    """A letter that names no place, with a photo that does."""
    await write_mail(world, POTHOLE, subject="Đường hỏng", files=[Enclosure(photo(), "image/jpeg", "duong.jpg")])
    assert "gần toạ độ 16.46361, 107.59083" in received(world)[-1]


async def by_link(world: World, *said: str) -> Chat:
    """A chat whose provider keeps the photo; the words are said before it."""
    chat = remote_chat(world)
    kept_by(chat).files[PHOTO] = photo()
    for words in said:
        await chat.say(words, pause=0)
    await chat.say(link=PHOTO, pause=0)
    await world.settle()
    return chat


async def test_a_photo_that_is_fetched_at_once_is_asked_about_as_if_it_had_come_along(world: World) -> None:
    """The citizen is still writing when it is here."""
    chat = await by_link(world, POTHOLE)
    await fetch(world, chat)
    await world.pass_time(seconds=10)
    assert "gần toạ độ 16.46361, 107.59083" in chat.heard[-1]
    await chat.say("Đúng ạ")
    await world.pass_time(seconds=10)

    (report,) = await stored_reports(world)
    assert report.place.point == POINT


async def test_a_photo_that_is_late_takes_the_turn_of_the_question_where(world: World) -> None:
    """Once; an answer in words is as good."""
    chat = await by_link(world, POTHOLE)
    await world.pass_time(seconds=10)
    assert "gần toạ độ" not in chat.heard[-1]
    await fetch(world, chat)
    assert "gần toạ độ 16.46361, 107.59083" in chat.heard[-1]
    await chat.say("Trước số 12 Lê Lợi, phường Vĩnh Ninh")
    await world.pass_time(seconds=10)

    (report,) = await stored_reports(world)
    assert (report.place.point, "12 Lê Lợi" in report.place.text) == (None, True)


async def test_a_photo_that_is_here_after_the_report_asks_nothing(world: World) -> None:
    """The report stands; the centre reads of it in the photo."""
    chat = await by_link(world, LAMP)
    await world.pass_time(seconds=10)
    said = len(chat.heard)
    await fetch(world, chat)

    assert (len(chat.heard), len(await stored_reports(world))) == (said, 1)


@on_both_engines
async def test_a_yes_to_the_question_makes_it_the_place_of_the_report(world: World) -> None:
    """The answer is written over the quoted question, as mail programs do."""
    await pothole_by_mail(world)
    await answer_mail(world, "Đúng ạ")

    (report,) = await stored_reports(world)
    assert report.place.point == POINT
    assert "Đúng ạ" not in report.content_as_sent
    assert "theo vị trí anh/chị gửi" in received(world)[-1]


async def test_after_a_no_neither_an_agency_nor_a_public_page_reads_it(world: World) -> None:
    """The photo's own word stays with the report, sealed, and leaves the house in no description of the file."""
    await pothole_by_mail(world)
    await answer_mail(world, "Không phải")
    await answer_mail(world, "Trước số 12 Lê Lợi, phường Vĩnh Ninh")
    case, ioc, lights = await only_case(world), await centre(world), await agency(world)
    await issue(world, ioc, case.id, "accept")
    await issue(world, ioc, case.id, "dispatch", agencies=[LIGHTS])

    (report,) = await stored_reports(world)
    one = world.deployment
    reader = CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)
    agencys = await reader.case_page(case.id, lights)
    follow = await (await desk_of(world)).follow(report.code)

    assert (report.place.point, report.attachments[0].taken) == (None, POINT)
    assert agencys.reports[0].files
    assert "16.46" not in agencys.model_dump_json()
    assert follow is not None
    assert [file.taken for line in follow.lines for file in line.files] == [None]
    assert [file.taken for file in follow.files] == [None]
    assert sum("gần toạ độ" in letter.split("đã viết")[0] for letter in received(world)) == 1
