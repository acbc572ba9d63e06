"""The answer as a letter: in the regulation's form on every channel, as PDF with a mail, each reporter's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from channels.telegram.tests.stage import PEOPLE, on_stage
from core.cases.decide import Actor
from core.letters.printing import Limits, Printer
from core.regulations.loader import BUNDLED
from core.service.letters_out import SHORT
from core.service.reading import CaseReader
from core.storage import tables
from core.storage.database import Connection
from tests.core.letters.samples import letters_of, pages_of, streams
from tests.gateway.api.staffing import centre
from tests.gateway.flows.conftest import with_chat
from tests.gateway.flows.office import (
    LAMP,
    RESULT,
    Chat,
    all_cases,
    assert_decent,
    dispatched,
    handled,
    issue,
    only_case,
    picture,
    published,
    spoken,
    state_of,
    stored_reports,
)
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over
from tests.support.letters import received, write_mail

NAME = "Nguyễn Văn An"
OTHER = "binh@hopthu.example.vn"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OWN_FORM = """
id: hoa_sen
extends: thua_thien_hue
letter:
  authority: UBND TỈNH HOA SEN
  body: |
    Kính gửi: Quý [cá nhân, tổ chức]
    [Đơn vị xử lý] xin thông báo kết quả xử lý phản ánh, kiến nghị của [cá nhân, tổ chức] như sau:
    [Nội dung trả lời xử lý]
    Chúng tôi cám ơn [cá nhân, tổ chức] và mong muốn tiếp tục nhận được phản ánh, kiến nghị.
    Trân trọng./.
  cites: HUE-5
"""


@pytest_asyncio.fixture
async def with_form(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A deployment whose regulation has a form of its own."""
    folder = tmp_path / "hoa_sen"
    folder.mkdir()
    (folder / "pack.yaml").write_text(OWN_FORM, encoding="utf-8")
    agencies = (BUNDLED / "thua_thien_hue" / "agencies.yaml").read_text(encoding="utf-8")
    (folder / "agencies.yaml").write_text(agencies, encoding="utf-8")
    async with world_over(database_url, tmp_path, regulation=str(folder)) as world:
        yield world


def attached(world: World) -> list[tuple[str, bytes]]:
    """(name, bytes) of what came with the last mail."""
    mail = world.mail.mails[-1].read()
    return [(part.get_filename() or "", part.get_payload(decode=True)) for part in mail.iter_attachments()]


def published_rows(connection: Connection) -> list[object]:
    """What everybody may read."""
    return list(connection.execute(tables.publication.select()))


@pytest.mark.rule("TG-P2", "TG-9.1a", "QB-IV.3")
async def test_a_mail_has_the_answer_in_the_regulations_form_and_the_letter_as_pdf(with_form: World) -> None:
    await write_mail(with_form, LAMP)
    await published(with_form, (await only_case(with_form)).id)
    text = received(with_form)[-1]

    agency = (await state_of(with_form, (await only_case(with_form)).id)).dispatches[0].agency_id
    unit = with_form.deployment.regulation.agencies.name(agency)
    assert text.startswith(f"Kính gửi: Quý ông/bà {NAME}")
    assert f"{unit} xin thông báo kết quả xử lý phản ánh, kiến nghị của ông/bà {NAME} như sau:" in text
    assert RESULT in text
    assert "1. Hài lòng" in text
    assert_decent([text])
    ((name, pdf),) = attached(with_form)
    (report,) = await stored_reports(with_form)
    assert name == f"tra-loi-{report.code}.pdf"
    assert pages_of(pdf) == 1
    assert set(NAME.replace(" ", "")) <= set(letters_of(pdf))


async def test_on_telegram_the_letter_stands_below_the_words_and_is_rated_there(with_form: World) -> None:
    async with on_stage(with_form) as stage:
        await stage.citizen("an").write(LAMP)
        await stage.quiet()
        await with_form.settle()
        await with_form.pass_time(seconds=5)
        await published(with_form, (await only_case(with_form)).id)
        shown = stage.sandbox.phone(PEOPLE["an"][0]).shown
        letter = next(line for line in shown if line.get("kind") == "document")

    (report,) = await stored_reports(with_form)
    pdf = stage.sandbox.files[letter["file_id"]]
    assert letter["file"] == f"tra-loi-{report.code}.pdf"
    assert pages_of(pdf) == 1
    assert "Hài lòng" in [button["title"] for button in letter["buttons"]]
    assert any(RESULT in line["text"] for line in shown)


@on_both_engines
@pytest.mark.rule("QB-IV.3", "DL-II.2.1.B3")
async def test_pictures_go_along_that_were_chosen_and_no_others(with_form: World) -> None:
    """Both are evidence; the one chosen at publication is in the letter, as pixels only."""
    world = with_form
    await write_mail(world, LAMP)
    case = await only_case(world)
    media = world.deployment.media
    chosen, other = [
        (await media.put_file(picture(colour), subject_id=case.id, name="anh.jpg")).stored_key
        for colour in ("green", "red")
    ]
    scan = (await media.put_file(PDF, subject_id=case.id, name="tra-loi.pdf")).stored_key
    agency = await dispatched(world, case.id)
    await issue(world, case.id, "accept_dispatch", agency.officer)
    evidence = [chosen, other, scan]
    await issue(world, case.id, "submit_result", agency.officer, result="Đã thay bóng.", evidence=evidence)
    await issue(world, case.id, "approve", agency.leader)
    await issue(world, case.id, "publish", text=RESULT, media=[chosen, scan])

    ((_, pdf),) = attached(world)
    everything = b"".join([pdf, *streams(pdf)])
    assert everything.count(b"/Subtype/Image") == 1
    assert b"Camera Canary" not in everything
    assert "Tệp kèm theo: Minh chứng 2." in received(world)[-1]


@on_both_engines
@pytest.mark.rule("A-3", "TG-9.1b", "QB-IV.1.4a.2")
async def test_each_reporter_gets_a_letter_of_their_own(with_form: World) -> None:
    """Two people, one handling: neither reads the other's name, in the words or in the PDF."""
    world = with_form
    await write_mail(world, LAMP)
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh không sáng.", sender=OTHER)
    first, second = await all_cases(world)
    await issue(world, first.id, "link_report", other_case=second.id)
    agency = await handled(world, first.id)
    await issue(world, first.id, "set_confidential", confidential=True)
    await issue(world, first.id, "reply_privately", text=RESULT)

    mails = {kept.recipient: kept for kept in world.mail.mails[-2:]}
    codes = {report.contact_id: report.code for report in await stored_reports(world)}
    assert len(mails) == len(codes) == 2
    names = [part.get_filename() for kept in mails.values() for part in kept.read().iter_attachments()]
    assert sorted(names) == sorted(f"tra-loi-{code}.pdf" for code in codes.values())
    assert agency.id
    assert await world.deployment.database.read(published_rows) == []


async def test_a_pack_without_a_form_keeps_the_products_words_and_sends_its_letter(world: World, chat: Chat) -> None:
    """HUE names no form: the notice stays, the letter is the product's; a chat gets no file."""
    await write_mail(world, LAMP)
    await published(world, (await only_case(world)).id)
    assert "xin thông báo kết quả xử lý phản ánh mã" in received(world)[-1]
    assert "Kính gửi" not in received(world)[-1]
    assert len(attached(world)) == 1

    await world.pass_time(days=2)
    await chat.say("Rác thải chất đống trước chợ Đông Ba, phường Phú Hòa, mùi hôi thối.")
    (_, case) = await all_cases(world)
    await published(world, case.id)
    assert RESULT in chat.heard[-1]
    assert all(not message.attachments for message in chat.channel.sent)


async def test_a_letter_that_cannot_be_drawn_does_not_hold_back_the_answer(with_form: World) -> None:
    """Its words go out; a PDF is a convenience."""
    with_form.deployment.clerk.letters.desk.printer = Printer(Limits(drawn=10))
    await write_mail(with_form, LAMP)
    await published(with_form, (await only_case(with_form)).id)

    assert RESULT in received(with_form)[-1]
    assert attached(with_form) == []


async def test_a_short_channel_takes_a_sentence_and_the_link(with_form: World) -> None:
    """What stands behind the link opens with code and PIN."""
    world = with_form
    channel = with_chat(world)
    chat = Chat(world, channel)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.service.notices.SHORT", frozenset({channel.name}))
        await chat.say(LAMP)
        await published(world, (await only_case(world)).id)

    (report,) = await stored_reports(world)
    link = f"{world.deployment.settings.public_url}/tra-cuu"
    assert chat.heard[-1] == f"Phản ánh mã {spoken(report.code)}: đã có kết quả xử lý. Xem toàn văn tại {link}"
    assert {"sms"} == SHORT


@pytest_asyncio.fixture
async def by_letter(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A deployment whose regulation sends some reports by official letter."""
    async with world_over(database_url, tmp_path, regulation="dak_lak") as world:
        yield world


@on_both_engines
@pytest.mark.rule("DL-II.1u")
async def test_the_official_letter_says_what_was_sent_and_the_public_sees_nothing(by_letter: World) -> None:
    """Flagged and confirmed by two people, sent to the city, its number on it; the reporter is told alone."""
    world = by_letter
    await write_mail(world, LAMP)
    case, told = await only_case(world), len(received(world))
    city = next(one.id for one in world.deployment.regulation.agencies.of_kinds(["district"]))
    await issue(world, case.id, "accept")
    await issue(world, case.id, "flag_reputation", reason="Nêu tên một hộ kinh doanh.")
    await issue(world, case.id, "confirm_reputation", Actor("ioc2", frozenset({"receptionist"})))
    words = "Phản ánh nêu một hộ kinh doanh; đề nghị xác minh, không công khai."
    await issue(world, case.id, "send_letter", agency=city, text=words, reference="12/TTĐH")

    member = await centre(world)
    one = world.deployment
    reader = CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)
    letter = await reader.letter(case.id, "official", member)
    made = await one.clerk.letters.desk.make(letter.pack, letter.told, name="official", draft=letter.draft)
    name = one.regulation.agencies.name(city)
    assert letter.draft is False
    for line in (f"Kính gửi: {name}", words, "Số: 12/TTĐH"):
        assert line in made.text
    assert "Nguyễn Văn An" not in made.text
    assert pages_of(await one.clerk.letters.desk.pdf(made)) == 1
    assert await one.database.read(published_rows) == []
    assert all(words not in text for text in received(world))
    assert len(received(world)) > told
