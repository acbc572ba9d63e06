"""Sending a report through the page: taken once, nothing typed lost, nothing told that must not be."""

from __future__ import annotations

import asyncio
import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from pysqlite3 import dbapi2 as sqlite3
from sqlalchemy import func, select

from channels.own import Submission, read
from core.privacy.media_types import MEGABYTE
from core.storage import inbox_queue
from core.storage.inbox import unpack_delivery
from core.storage.tables import case, diversion, inbox_item, report
from gateway.deployment import Deployment
from tests.gateway.portal.citizen import CONTENT, PLACE, Citizen, File, photo, ticket


async def rows(deployment: Deployment, table: object) -> int:
    """How many rows a table has."""
    query = select(func.count()).select_from(table)  # type: ignore[arg-type]
    return int(await deployment.database.read(lambda connection: connection.scalar(query)) or 0)


async def waiting(deployment: Deployment) -> list[Submission]:
    """What lies in the inbox, opened."""
    keys = await deployment.database.read(partial(inbox_queue.waiting_conversations, now=deployment.now()))
    found = []
    for items in (await deployment.database.read(partial(inbox_queue.items_of, keys=keys))).values():
        for item in items:
            packed = deployment.safe.zone.open(item.wrapped_key, item.body_sealed, binding=item.raw_id)
            delivery = unpack_delivery(packed, channel=item.channel, account=item.account, received_at=item.received_at)
            deployment.channels["web"].verify(delivery)
            found.append(read(delivery.body))
    return found


async def test_a_report_is_in_the_inbox_before_its_code_is_shown(citizen: Citizen) -> None:
    code, pin = ticket(await citizen.report(name="Nguyễn Văn An", phone="0900 000 001", consent="1"))

    (sent,) = await waiting(citizen.deployment)
    assert sent.form is not None
    assert sent.code == code.replace(" ", "")
    assert (sent.form.content, sent.form.place.text) == (CONTENT, PLACE)
    assert (sent.form.reporter.name, sent.form.reporter.phones) == ("Nguyễn Văn An", ("+84900000001",))
    assert sent.consent
    assert pin.isdigit()
    assert len(pin) == 6


@pytest.mark.rule("A-HUE-3")
async def test_content_and_place_are_enough_and_a_case_is_opened(citizen: Citizen) -> None:
    code, _ = await citizen.reported()

    (row,) = await citizen.deployment.database.read(
        lambda connection: connection.execute(select(case.c.code, case.c.stage)).all()
    )
    assert row == (code.replace(" ", ""), "received")


async def test_photo_and_coordinates_travel_without_exif(citizen: Citizen) -> None:
    sent = await citizen.report(
        [File("ổ gà.jpg", photo())], place="", latitude="16,4637", longitude="107.5909", accuracy="12.0"
    )
    await citizen.world.settle()
    code, pin = ticket(sent)
    page = await citizen.open(code, pin)

    link = page.html.partition('href="/tra-cuu/phan-anh/tep/')[2].partition('"')[0]
    async with citizen.client.get(f"/tra-cuu/phan-anh/tep/{link}") as response:
        data = await response.read()
        assert response.content_type == "image/jpeg"
        assert "no-store" in response.headers["Cache-Control"]
    assert b"Canary Owner" in photo()
    assert b"Canary Owner" not in data
    assert not Image.open(io.BytesIO(data)).getexif()


async def test_a_double_click_is_one_report_with_one_code(citizen: Citizen) -> None:
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    twice = [citizen.send(form, content=CONTENT, place=PLACE) for _ in range(2)]

    first, second = await asyncio.gather(*twice)
    await citizen.world.settle()
    third = await citizen.send(form, content=CONTENT, place=PLACE)
    await citizen.world.settle()

    assert ticket(first) == ticket(second) == ticket(third)
    assert await rows(citizen.deployment, report) == 1
    assert await rows(citizen.deployment, inbox_item) == 1


async def test_a_corrected_second_try_is_not_swallowed(citizen: Citizen) -> None:
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    first = await citizen.send(form, content=CONTENT, place=PLACE)
    second = await citizen.send(form, content=CONTENT + " Có trẻ em bị ngã.", place=PLACE)

    assert ticket(first) != ticket(second)
    assert await rows(citizen.deployment, inbox_item) == 2


async def test_mistakes_are_told_beside_the_field_and_nothing_is_lost(citizen: Citizen) -> None:
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    page = await citizen.send(
        form,
        [File("anh.jpg", photo())],
        content="",
        place=PLACE,
        phone="12",
        email="không phải thư",
        occurred="sáng nay",
    )

    assert page.status == 422
    again = page.form("/phan-anh")
    assert (again["place"], again["phone"], again["email"], again["occurred"]) == (
        PLACE,
        "12",
        "không phải thư",
        "sáng nay",
    )
    for name in ("content", "phone", "email", "consent"):
        assert f'href="#{name}"' in page.html
        assert f'id="{name}-loi"' in page.html
    assert page.html.index('href="#content"') < page.html.index('href="#phone"'), "in the order of the page"
    assert "anh.jpg" in page.text
    assert await rows(citizen.deployment, inbox_item) == 0

    done = await citizen.send(again, content=CONTENT, phone="0900 000 001", email="an@example.vn", consent="1")
    ticket(done)
    (sent,) = await waiting(citizen.deployment)
    assert [file.name for file in sent.attachments] == ["anh.jpg"], "the photo was kept over the mistake"
    assert sent.form is not None
    assert await citizen.deployment.media.get(sent.attachments[0].stored_key)
    stored = await citizen.deployment.media.open(sent.attachments[0].stored_key)
    assert stored.subject_id == sent.form.contact_id


async def test_a_kept_file_can_be_dropped(citizen: Citizen) -> None:
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    page = await citizen.send(form, [File("anh.jpg", photo())], content="", place=PLACE)
    key = page.html.partition('name="drop" value="')[2].partition('"')[0]

    ticket(await citizen.send(page.form("/phan-anh"), content=CONTENT, add=(("drop", key),)))

    (sent,) = await waiting(citizen.deployment)
    assert sent.attachments == ()


async def test_a_kept_file_of_another_form_is_not_taken(citizen: Citizen) -> None:
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    page = await citizen.send(form, [File("anh.jpg", photo())], content="", place=PLACE)
    stolen = page.form("/phan-anh")["kept"]

    fresh = (await citizen.see("/phan-anh")).form("/phan-anh")
    ticket(await citizen.send(fresh, content=CONTENT, place=PLACE, add=(("kept", stolen),)))

    (sent,) = await waiting(citizen.deployment)
    assert sent.attachments == ()


@pytest.mark.rule("VN-4")
async def test_consent_is_never_given_beforehand_and_only_asked_where_somebody_is_named(citizen: Citizen) -> None:
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    assert "consent" not in dict(form.fields)
    assert "confidential" not in dict(form.fields)

    assert 'href="#consent"' in (await citizen.report(name="Nguyễn Văn An")).html
    ticket(await citizen.report())


async def test_a_file_of_another_kind_is_refused_with_a_sentence(citizen: Citizen) -> None:
    page = await citizen.report([File("la.exe", b"MZ\x90\x00" + bytes(64), "application/octet-stream")])
    assert page.status == 422
    assert "Loại tệp này chưa được hỗ trợ" in page.text
    assert await rows(citizen.deployment, inbox_item) == 0


async def test_a_picture_over_its_limit_is_413_with_a_sentence_and_the_form(citizen: Citizen) -> None:
    heavy = photo() + bytes(20 * MEGABYTE)
    page = await citizen.report([File("lon.jpg", heavy)])

    assert page.status == 413
    assert "Ảnh không được lớn hơn 20 MB" in page.text
    assert page.form("/phan-anh")["content"] == CONTENT


async def test_a_body_over_the_whole_limit_is_413_with_a_sentence(citizen: Citizen) -> None:
    huge = bytes(citizen.deployment.settings.http.max_body_mb * MEGABYTE + 1)
    page = await citizen.report([File("phim.mp4", huge, "video/mp4")])

    assert page.status == 413
    assert "quá lớn" in page.text
    assert await rows(citizen.deployment, inbox_item) == 0


async def test_ten_files_are_the_most(citizen: Citizen) -> None:
    files = [File(f"{number}.jpg", photo(size=(64 + number, 48))) for number in range(11)]
    page = await citizen.report(files)
    assert "nhiều nhất 10 tệp" in page.text
    assert page.status == 422


@pytest.mark.rule("VN-1", "VN-2")
async def test_a_denunciation_is_told_where_to_go_and_nothing_is_stored(citizen: Citizen, tmp_path: Path) -> None:
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    page = await citizen.send(form, [File("canary.jpg", photo())], content="", place=PLACE)
    bad = "Tôi tố cáo ông Trần Văn Canary, cán bộ địa chính phường, nhận hối lộ 50 triệu đồng."

    told = await citizen.send(page.form("/phan-anh"), content=bad, name="Nguyễn Canary", consent="1")

    assert told.status == 200
    assert "tiếp công dân" in told.text
    assert "Canary" not in told.html
    assert await rows(citizen.deployment, inbox_item) == 0
    assert await rows(citizen.deployment, diversion) == 1
    assert not [path for path in (tmp_path / "var" / "media").rglob("*") if path.is_file()]
    assert not [path for path in (tmp_path / "var").rglob("*") if path.is_file() and b"Canary" in path.read_bytes()]


@pytest.mark.rule("VN-8")
async def test_whoever_is_in_danger_is_told_whom_to_ring(citizen: Citizen) -> None:
    urgent = await citizen.report(content="Cháy nhà trong hẻm, còn người mắc kẹt bên trong, cứu với!")
    assert 'href="tel:114"' in urgent.html.partition('role="alert"')[2].partition("<h1>")[0]
    calm = await citizen.report()
    assert 'role="alert"' not in calm.html


async def test_a_robot_that_fills_every_box_is_stopped_and_a_person_may_go_on(citizen: Citizen) -> None:
    page = await citizen.report(website="http://example.vn")
    assert page.status == 422
    assert await rows(citizen.deployment, inbox_item) == 0
    assert page.form("/phan-anh")["website"] == ""

    ticket(await citizen.send(page.form("/phan-anh")))


async def test_a_page_left_open_for_a_day_keeps_its_words(citizen: Citizen) -> None:
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    citizen.world.clock.advance(hours=24)
    page = await citizen.send(form, content=CONTENT, place=PLACE)

    assert page.status == 422
    assert "mở quá lâu" in page.text
    ticket(await citizen.send(page.form("/phan-anh")))


async def test_a_crowd_behind_one_address_waits_a_little_and_loses_nothing(citizen: Citizen) -> None:
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    pages = [await citizen.send(form, content="", place="") for _ in range(31)]

    assert [page.status for page in pages[:30]] == [422] * 30
    assert pages[30].status == 429
    assert "vui lòng bấm gửi lại sau" in pages[30].text
    citizen.world.clock.advance(minutes=11)
    ticket(await citizen.send(pages[30].form("/phan-anh"), content=CONTENT, place=PLACE))


@contextmanager
def database_away(deployment: Deployment) -> Iterator[None]:
    """Somebody else holds the database for writing, as a stuck backup would."""
    held = sqlite3.connect(deployment.settings.sqlite_path, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        held.execute("ROLLBACK")
        held.close()


async def test_with_the_database_away_the_report_is_taken_and_its_code_holds(citizen: Citizen) -> None:
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    with database_away(citizen.deployment):
        code, pin = ticket(await citizen.send(form, content=CONTENT, place=PLACE))
    assert citizen.deployment.inbox.counters.journaled == 1

    assert await citizen.deployment.inbox.ship() == 1
    await citizen.world.settle()
    assert (await citizen.open(code, pin)).path == "/tra-cuu/phan-anh"
    assert await rows(citizen.deployment, report) == 1


async def test_when_nothing_can_be_stored_the_words_stay_on_the_page(citizen: Citizen) -> None:
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    with database_away(citizen.deployment):
        shutil.rmtree(citizen.deployment.settings.data / "journal")
        page = await citizen.send(form, content=CONTENT, place=PLACE)

    assert page.status == 503
    assert "gửi lại sau ít phút" in page.text
    assert page.form("/phan-anh")["content"] == CONTENT


async def test_code_and_pin_are_shown_to_this_browser_for_a_quarter_of_an_hour(citizen: Citizen) -> None:
    code, pin = ticket(await citizen.report())
    again = await citizen.see("/phan-anh/da-gui")
    assert (code, pin) == ticket(again)
    assert again.headers["Cache-Control"] == "no-store"

    citizen.world.clock.advance(minutes=16)
    assert (await citizen.see("/phan-anh/da-gui")).path == "/tra-cuu"


async def test_the_code_can_be_wiped_from_a_shared_computer(citizen: Citizen) -> None:
    code, pin = ticket(sent := await citizen.report())
    await citizen.send(sent.form("/phan-anh/da-gui"))

    page = await citizen.see("/phan-anh/da-gui")
    assert page.path == "/tra-cuu"
    assert code not in page.html
    assert (await citizen.see("/tra-cuu/phan-anh")).path == "/tra-cuu"
    assert pin not in page.html


async def test_no_secret_stands_in_a_cookie_or_an_address(citizen: Citizen) -> None:
    page = await citizen.report()
    code, pin = ticket(page)
    held = " ".join(morsel.value for morsel in citizen.client.session.cookie_jar)
    assert pin not in held
    assert code.replace(" ", "") not in held
    assert "?" not in page.path


async def test_what_was_written_is_shown_as_text_never_as_markup(citizen: Citizen) -> None:
    page = await citizen.report(content="<script>alert(1)</script>", place="", name='"><img src=x>')
    assert page.status == 422
    assert "<script>alert" not in page.html
    assert "<img src=x>" not in page.html


async def test_a_form_from_another_site_is_refused(citizen: Citizen) -> None:
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    page = await citizen.send(form, content=CONTENT, place=PLACE, csrf="0" * 64)
    assert page.status == 403
    assert await rows(citizen.deployment, inbox_item) == 0
