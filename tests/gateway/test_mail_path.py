"""The whole way of a mail: written, understood, a case, worked on, answered in the same thread."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from functools import partial

from core.cases.decide import Actor
from core.service.desk import Issued
from core.storage import cases
from core.storage.cases import Search
from tests.support.databases import on_both_engines
from tests.support.deployments import MAILBOX, World

CITIZEN = "an@hopthu.example.vn"
CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))


async def send(world: World, text: str, *, subject: str = "Phản ánh") -> None:
    """The citizen writes a mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Nguyễn Văn An <{CITIZEN}>", MAILBOX, subject
    mail["Message-ID"], mail["Date"] = make_msgid(domain="hopthu.example.vn"), format_datetime(world.clock())
    mail.set_content(text)
    await world.mail.send(mail.as_bytes(), sender=CITIZEN, recipients=[MAILBOX])
    await world.settle()


def texts(world: World) -> list[str]:
    """What the citizen has received, oldest first."""
    return [str(mail.shown()["text"]) for mail in world.mail.mails]


async def issue(world: World, case_id: str, actor: Actor, name: str, **payload: object) -> None:
    """One command that must be allowed."""
    answer = await world.deployment.clerk.execute(case_id, name, payload, actor=actor)
    assert isinstance(answer, Issued), answer
    await world.settle()


@on_both_engines
async def test_a_mail_becomes_a_case_and_the_answer_goes_back_in_its_thread(world: World) -> None:
    """Receipt with code, then the published result, in the citizen's own conversation."""
    await send(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay.", subject="Đèn hỏng")
    (case,) = await world.deployment.database.read(partial(cases.search, wanted=Search()))
    assert case.stage == "received"
    assert case.code in texts(world)[0].replace(" ", "")

    await issue(world, case.id, CENTRE, "accept")
    agency = next(one.id for one in world.deployment.regulation.agencies.of_kinds(["enterprise"]))
    await issue(world, case.id, CENTRE, "dispatch", agencies=[agency])
    officer = Actor("officer", frozenset({"officer"}), agency)
    leader = Actor("leader", frozenset({"leader"}), agency)
    await issue(world, case.id, officer, "accept_dispatch")
    await issue(world, case.id, officer, "submit_result", result="Đã thay bóng đèn.")
    await issue(world, case.id, leader, "approve")
    await issue(world, case.id, CENTRE, "publish", text="Đơn vị đã thay bóng đèn ngày 23/11/2026.")

    answer = world.mail.mails[-1].shown()
    assert "Đơn vị đã thay bóng đèn" in answer["text"]
    assert answer["subject"] == "Re: Đèn hỏng"
    assert answer["headers"]["In-Reply-To"]
