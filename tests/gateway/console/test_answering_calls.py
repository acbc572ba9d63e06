"""Whoever only telephoned is answered another way: the page says which before anybody types, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import update

from channels.call_center.tests.played import CODE, PIN
from core.contract import errors
from core.contract.errors import RecipientUnreachable, SendError
from core.contract.ports import Reach
from core.service.reading.endings import ENDINGS, in_words
from core.storage.tables import identity
from tests.gateway.api.staffing import centre
from tests.gateway.console.office import Desk, Office
from tests.gateway.flows.test_ways import Ways
from tests.support.calls import hand_over, leave_call, only_call
from tests.support.databases import on_both_engines
from tests.support.stage import join

ANSWER = "Chào anh, ổ gà trước chợ sẽ được vá trong tuần này."


async def called(office: Office, *, by_sms: bool = True, reported: bool = True) -> tuple[str, Ways]:
    """The address of a caller's conversation, and what writes to telephones."""
    world, phones = office.world, Ways(name="sms", account="1022")
    if by_sms:
        phones.reaches = (Reach("phone", "SMS", "1022", price=2),)
        join(world, phones)
    told = {"purpose": "report", "code": CODE, "code_told": True, "pin": PIN} if reported else {"purpose": "callback"}
    leave_call(world, "what", **told)
    await hand_over(world)
    return f"/console/hoi-thoai/{(await only_call(world)).row.conversation_id}", phones


async def prove(office: Office) -> None:
    """The number is theirs."""
    proved = update(identity).where(identity.c.kind == "phone").values(verified_at=office.world.clock())
    await office.world.deployment.database.write(lambda connection: connection.execute(proved))


async def answer(office: Office, desk: Desk, base: str) -> str:
    """Write, and read the page afterwards."""
    done = await desk.send(base, f"{base}/tra-loi", text=ANSWER)
    await office.world.settle()
    return (await desk.get(done.location)).text


@on_both_engines
async def test_an_answer_to_a_proved_number_goes_by_sms_and_is_called_that(office: Office) -> None:
    ioc = await centre(office.world)
    base, phones = await called(office)
    await prove(office)
    async with office.desk(ioc) as desk:
        before = (await desk.get(base)).text
        after = await answer(office, desk, base)

    assert "Cuộc gọi đã kết thúc: trả lời sẽ đi qua SMS." in before
    assert "Gửi qua Tổng đài" not in before
    assert [message.text for message in phones.sent] == [ANSWER]
    assert "Cuộc gọi đã kết thúc → SMS" in after
    assert "(cuộc gọi đã kết thúc)" in after
    assert "recipient_unreachable" not in after


async def test_to_a_number_that_nobody_proved_goes_the_code_and_that_there_is_news(office: Office) -> None:
    ioc = await centre(office.world)
    base, phones = await called(office)
    async with office.desk(ioc) as desk:
        before = (await desk.get(base)).text
        await answer(office, desk, base)

    assert "SMS chỉ báo có tin mới, người dân đọc bằng mã và mã PIN." in before
    (message,) = phones.sent
    assert ANSWER not in message.text
    assert f"Mã phản ánh: {CODE[:4]} {CODE[4:8]} {CODE[8:]}" in message.text


@pytest.mark.parametrize(("by_sms", "reported"), [(False, True), (True, False)], ids=["no channel", "no code to name"])
async def test_where_there_is_no_way_the_page_says_to_call(office: Office, by_sms: bool, reported: bool) -> None:
    """News without a code leads nowhere, so it is not sent."""
    ioc = await centre(office.world)
    base, phones = await called(office, by_sms=by_sms, reported=reported)
    async with office.desk(ioc) as desk:
        before = (await desk.get(base)).text
        after = await answer(office, desk, base)

    assert "chưa có cách gửi tin cho người này: vui lòng gọi lại." in before
    assert "Gửi lỗi" in after
    assert phones.sent == []


async def test_what_failed_is_said_in_words(office: Office) -> None:
    ioc = await centre(office.world)
    base, phones = await called(office)
    await prove(office)
    phones.problem = RecipientUnreachable()
    async with office.desk(ioc) as desk:
        after = await answer(office, desk, base)

    assert "(không đến được địa chỉ này)" in after
    assert "recipient_unreachable" not in after


def kinds_of(error: type[SendError]) -> Iterator[type[SendError]]:
    """It and all that are made of it."""
    yield error
    for one in error.__subclasses__():
        yield from kinds_of(one)


@pytest.mark.parametrize("code", sorted({one.code for one in kinds_of(SendError) if one.__module__ == errors.__name__}))
def test_every_way_to_fail_has_words(code: str) -> None:
    assert in_words(code) == ENDINGS[code] != code


def test_what_a_provider_says_stands_as_it_is() -> None:
    assert in_words("550 5.1.1 no such user") == "550 5.1.1 no such user"
