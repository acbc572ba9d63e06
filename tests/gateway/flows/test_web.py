"""A report from our page, followed by mail: one conversation, the PIN told only where it was promised."""

from __future__ import annotations

import asyncio

import pytest

from channels.own import Submission
from channels.web.adapter import WebChannel
from core.contract.schema import Place, Reporter, ReportForm, new_id
from core.identity.codes import hash_pin, new_code
from core.service.talk import MessageContent
from core.storage import conversations
from tests.gateway.flows.office import (
    RESULT,
    assert_decent,
    issue,
    only_case,
    published,
    state_of,
    stored_reports,
)
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import CITIZEN, answer_mail, received, write_mail

PIN = "246813"


async def send_form(world: World, *, email: str = CITIZEN, place: str = "12 Lê Lợi, phường Vĩnh Ninh") -> str:
    """What the portal hands over; the page has shown code and PIN already. Returns the code."""
    code = new_code()
    key = await asyncio.to_thread(world.deployment.safe.keys.system_secret, "pin")
    form = ReportForm(
        content="Đèn đường hỏng ba hôm nay.",
        place=Place(text=place),
        reporter=Reporter(name="Nguyễn Văn An", emails=(email,) if email else ()),
        code=code,
        pin_hash=hash_pin(PIN, code=code, key=key),
        contact_id=new_id(),
    )
    await hand_in(world, Submission(what="form", id=new_id(), code=code, sent_at=world.clock(), form=form))
    return code


async def hand_in(world: World, submission: Submission) -> None:
    """As the portal does."""
    web = world.deployment.channels["web"]
    assert isinstance(web, WebChannel)
    delivery, items = web.compose(submission)
    await world.deployment.inbox.accept(delivery, items)
    await world.settle()


async def page_of(world: World) -> list[tuple[str, str]]:
    """The lines of the page's conversation: direction and words."""
    (report,) = await stored_reports(world)
    rows = await world.deployment.database.read(
        lambda connection: conversations.messages(connection, report.conversation_id)
    )
    safe = world.deployment.safe
    opened = [
        (
            row.direction,
            safe.open_model(
                row.content_sealed or b"", MessageContent, subject_id=report.contact_id, place=f"message:{row.id}"
            ),
        )
        for row in rows
    ]
    return [(direction, content.text) for direction, content in opened]


@on_both_engines
async def test_a_form_is_answered_on_its_page_and_by_mail_without_an_empty_pin(world: World) -> None:
    code = await send_form(world)

    case, lines = await only_case(world), await page_of(world)
    assert case.code == code
    assert [direction for direction, _ in lines] == ["in", "out"]
    (text,) = received(world)
    assert text.replace("\r\n", "\n").strip() == lines[1][1]
    assert f"mã {code[:4]} {code[4:8]} {code[8:]}." in text
    assert "PIN" not in text
    assert_decent([lines[1][1]])


@on_both_engines
async def test_the_citizen_answers_the_mail_and_it_joins_the_conversation_of_the_page(world: World) -> None:
    await send_form(world)
    await answer_mail(world, "Cột đèn số 7, bị nghiêng.")

    (report,) = await stored_reports(world)
    lines = await page_of(world)
    assert lines[2] == ("in", "Cột đèn số 7, bị nghiêng.")
    assert lines[3][0] == "out"
    assert "Cột đèn số 7" in report.content
    assert len(received(world)) == 2
    assert received(world)[-1].startswith("Dạ, em đã bổ sung")


async def test_mail_and_page_go_on_side_by_side(world: World) -> None:
    """Supplement asked on the page, answered by mail; the result is rated by mail; the page says the last word."""
    code = await send_form(world)
    case = await only_case(world)
    await issue(world, case.id, "request_supplement", fields=["time"])
    await answer_mail(world, "Hỏng từ tối hôm qua")
    assert (await state_of(world, case.id)).stage == "received"

    await published(world, case.id)
    assert RESULT in received(world)[-1]
    await answer_mail(world, "1")
    assert [one.level for one in (await state_of(world, case.id)).publications[-1].ratings] == ["satisfied"]

    text = Submission(what="text", id=new_id(), code=code, sent_at=world.clock(), text="Đèn vẫn tắt, chưa sửa gì hết.")
    await hand_in(world, text)
    assert (await state_of(world, case.id)).stage == "clarifying"
    assert (await page_of(world))[-1][1] == "Dạ, em đã chuyển ý kiến của anh/chị đến đơn vị xử lý."
    assert_decent([said for direction, said in await page_of(world) if direction == "out"])


async def test_without_a_mail_address_the_page_alone_answers(world: World) -> None:
    await send_form(world, email="")

    assert world.mail.mails == []
    assert [direction for direction, _ in await page_of(world)] == ["in", "out"]


async def test_what_was_mailed_can_be_followed_up_on_the_page(world: World) -> None:
    """The portal names the conversation; the answer goes back by mail, in the citizen's thread."""
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng.", subject="Đèn hỏng")
    (report,) = await stored_reports(world)
    text = Submission(
        what="text",
        id=new_id(),
        code=report.code,
        sent_at=world.clock(),
        text="Nói thêm: cột đèn bị nghiêng.",
        conversation_id=report.conversation_id,
    )
    await hand_in(world, text)

    shown = world.mail.mails[-1].shown()
    assert len(world.mail.mails) == 2
    assert shown["subject"] == "Re: Đèn hỏng"
    assert "@hopthu.example.vn" in shown["headers"]["In-Reply-To"]


@pytest.mark.parametrize("place", ["@opened.place_unknown", "{code}"])
async def test_a_form_that_looks_like_a_template_is_repeated_as_written(world: World, place: str) -> None:
    await send_form(world, place=place)

    assert f"Địa điểm: {place}\n" in received(world)[0].replace("\r\n", "\n")
