"""A report opened by its code and a one-time password; nobody learns what is not theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from core.identity.codes import new_code
from core.storage.tables import identity
from gateway.portal import follow_proof
from tests.gateway.portal.citizen import CONTENT, Citizen, Shown
from tests.gateway.portal.conftest import portal_app
from tests.gateway.portal.test_follow import ANSWER, work_through
from tests.support.codes import PHONE, WRITTEN, Phones, with_phones
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.errands import with_calls
from tests.support.letters import received


@pytest_asyncio.fixture
async def citizen(world: World) -> AsyncIterator[Citizen]:
    """A browser without scripts."""
    async with TestClient(TestServer(portal_app(world.deployment))) as client:
        yield Citizen(world, client)


@pytest.fixture
def phones(world: World) -> Phones:
    """Phones are reached."""
    return with_phones(world)


async def reported(citizen: Citizen, **changes: str) -> str:
    """The code of a report with a number, in a browser that knows nothing of it."""
    code, _ = await citizen.reported(**{"phone": WRITTEN, "consent": "1", **changes})
    citizen.forget_cookies()
    return code


async def ask(citizen: Citizen, code: str) -> Shown:
    """Ask for a password for this code, and have it delivered."""
    form = (await citizen.see("/tra-cuu")).form("/tra-cuu")
    page = await citizen.send(form, add=(("otp", "1"),), code=code)
    await citizen.world.settle()
    return page


async def answer(citizen: Citizen, page: Shown, typed: str) -> Shown:
    """Type a password."""
    return await citizen.send(page.form(follow_proof.PAGE), otp=typed)


@on_both_engines
async def test_code_and_password_open_what_code_and_pin_open(citizen: Citizen, phones: Phones) -> None:
    """Read, rate and ask for clarification, without the PIN."""
    page = await ask(citizen, await reported(citizen))
    opened = await answer(citizen, page, phones.codes()[0])
    assert opened.path == "/tra-cuu/phan-anh"
    assert CONTENT in opened.text
    named = [identity.c.address_blind, identity.c.verified_by]
    known = await citizen.deployment.database.read(lambda connection: connection.execute(select(*named)).all())
    assert (citizen.deployment.safe.blind.phone(PHONE), "otp") in [tuple(row) for row in known]

    await work_through(citizen.world)
    shown = await citizen.see("/tra-cuu/phan-anh")
    assert ANSWER in shown.text
    assert shown.has_form("/tra-cuu/phan-anh/danh-gia")
    assert shown.has_form("/tra-cuu/phan-anh/viet")


async def test_a_password_that_did_not_come_is_heard_in_a_call(citizen: Citizen, phones: Phones) -> None:
    """For a code that is nobody's the page says the same, and no telephone rings."""
    called, pages = with_calls(citizen.world), []
    for code in (new_code(), await reported(citizen)):
        page = await ask(citizen, code)
        citizen.world.clock.advance(seconds=61)
        pages.append(await citizen.send(page.form("/tra-cuu"), add=(("otp", follow_proof.ALOUD),)))
        await citizen.world.settle()

    assert all("tổng đài đang gọi đến số điện thoại đã ghi" in page.text for page in pages)
    (errand,) = called.errands
    assert errand.number == PHONE
    assert CONTENT in (await answer(citizen, pages[-1], errand.otp)).text


async def test_a_password_opens_the_report_it_was_asked_for_and_no_other(citizen: Citizen, phones: Phones) -> None:
    mine = await reported(citizen)
    other = await reported(citizen, phone="0900 000 002", content="Cống trước chợ bị nghẹt, nước tràn ra đường.")
    await ask(citizen, other)
    page = await ask(citizen, mine)

    refused = await answer(citizen, page, phones.codes("+84900000002")[0])
    assert refused.status == 422
    assert (await citizen.see("/tra-cuu/phan-anh")).path == "/tra-cuu"
    assert (await answer(citizen, page, phones.codes()[0])).path == "/tra-cuu/phan-anh"


async def test_a_report_without_a_number_and_a_code_that_is_nobodys_look_the_same(
    citizen: Citizen, phones: Phones
) -> None:
    """Word for word, in asking, in answering, and in asking too often."""
    codes = [await reported(citizen), await reported(citizen, phone="", consent=""), new_code()]
    seen = []
    for code in codes:
        citizen.forget_cookies()
        asked = await ask(citizen, code)
        wrong = await answer(citizen, asked, "000000" if "000000" not in phones.codes() else "111111")
        often = await ask(citizen, code)
        written = code if " " in code else f"{code[:4]} {code[4:8]} {code[8:]}"
        seen.append([(one.status, one.path, one.text.replace(written, "")) for one in (asked, wrong, often)])

    assert seen[0] == seen[1] == seen[2]
    assert [status for status, _, _ in seen[0]] == [200, 422, 429]
    assert len(phones.codes()) == 1


async def test_guessing_ends_after_five_tries(citizen: Citizen, phones: Phones) -> None:
    page = await ask(citizen, await reported(citizen))
    code = phones.codes()[0]
    for _ in range(5):
        await answer(citizen, page, "000000" if code != "000000" else "111111")

    assert (await answer(citizen, page, code)).status == 422


async def test_a_report_with_a_mail_address_alone_is_opened_by_mail(citizen: Citizen) -> None:
    code, _ = await citizen.reported(email="an@example.vn", consent="1")
    citizen.forget_cookies()
    before = len(received(citizen.world))
    page = await ask(citizen, code)

    assert (await answer(citizen, page, received(citizen.world)[before].split()[0])).path == "/tra-cuu/phan-anh"


async def test_nothing_is_offered_where_nothing_carries_a_password(citizen: Citizen) -> None:
    channels = citizen.deployment.channels
    assert isinstance(channels, dict)
    del channels["email"]

    assert "Nhận mã xác nhận" not in (await citizen.see("/tra-cuu")).text
    assert (await ask(citizen, new_code())).path == "/tra-cuu"
    assert (await citizen.see(follow_proof.PAGE)).path == "/tra-cuu"


async def test_a_slip_in_the_code_asks_for_nothing(citizen: Citizen, phones: Phones) -> None:
    page = await ask(citizen, "1234")

    assert page.status == 422
    assert phones.sent == []
