"""Whoever was sent a copy of a mail holds its ids and its token: that opens nobody's conversation to them."""

from __future__ import annotations

from email.utils import parseaddr

import pytest
from sqlalchemy import Connection, func, select

from core.storage.tables import conversation
from tests.gateway.flows.office import stored_reports
from tests.support.databases import on_both_engines
from tests.support.deployments import MAILBOX, World
from tests.support.letters import answer_mail, write_mail

BINH = "binh@hopthu.example.vn"
ASKING = "Đèn đường bị hỏng mấy hôm nay rồi, tối om, rất nguy hiểm."
ABOUT = "Cột này là của nhà hàng xóm tôi dựng."
PLACE = "Dạ ở trước số 12 Lê Lợi, phường Vĩnh Ninh ạ."


@on_both_engines
@pytest.mark.parametrize("hint", ["token", "message id", "both"])
async def test_a_copy_lets_nobody_into_the_thread(world: World, hint: str) -> None:
    """The other's words are not the reporter's, and the other is told nothing of the report."""
    await write_mail(world, ASKING, subject="Đèn hỏng")
    asked = world.mail.mails[-1].shown()["headers"]
    to = MAILBOX if hint == "message id" else parseaddr(asked["Reply-To"])[1]
    headers = {"In-Reply-To": asked["Message-ID"], "References": asked["Message-ID"]} if hint != "token" else {}
    await write_mail(world, ABOUT, subject="Re: Thư", sender=BINH, to=to, headers=headers)

    assert await world.deployment.database.read(_conversations) == 2
    theirs = [str(mail.shown()["text"]) for mail in world.mail.mails if mail.recipient == BINH]
    assert not any("tối om" in text for text in theirs)

    first = next(mail for mail in world.mail.mails if mail.recipient != BINH)
    await answer_mail(world, PLACE, to=first)
    [report] = [one for one in await stored_reports(world) if "tối om" in one.content]
    assert "hàng xóm" not in report.content
    assert report.place.text == "trước số 12 Lê Lợi, phường Vĩnh Ninh"


def _conversations(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(conversation)).scalar_one())
