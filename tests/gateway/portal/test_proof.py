"""The reporter's number is proved before the report is taken, where the regulation wants it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from core.contract.errors import IntakeUnavailable
from core.contract.ports import ItemKey, RawDelivery
from core.storage import tables
from gateway.portal import proof, proving
from gateway.portal.fields import Filled
from gateway.workers.sweeps import Sweeper
from tests.gateway.portal.citizen import CONTENT, PLACE, Citizen, File, Shown, photo, ticket
from tests.gateway.portal.conftest import portal_app
from tests.support.codes import PHONE, WRITTEN, Phones, with_phones
from tests.support.databases import on_both_engines
from tests.support.deployments import World, open_world
from tests.support.errands import with_calls
from tests.support.letters import received

REGULATION = "quang_binh"
WHO = {
    "name": "Nguyễn Văn An",
    "phone": WRITTEN,
    "email": "an@example.vn",
    "occurred": "sáng nay",
    "consent": "1",
}
IDENTITY = ("address_blind", "verified_by")
FIRE = "Cháy nhà, còn người mắc kẹt, cứu với!"


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A deployment under a regulation that wants the number proved."""
    url = "" if database_url.startswith("sqlite") else database_url
    async with open_world(tmp_path / "var", database_url=url, regulation=REGULATION) as opened:
        yield opened


@pytest_asyncio.fixture
async def citizen(world: World) -> AsyncIterator[Citizen]:
    """A browser without scripts."""
    async with TestClient(TestServer(portal_app(world.deployment))) as client:
        yield Citizen(world, client)


@pytest.fixture
def phones(world: World) -> Phones:
    """Phones are reached."""
    return with_phones(world)


async def rows(world: World, table: str, *columns: str) -> list[Any]:
    """What stands in a table."""
    wanted = [tables.metadata.tables[table].c[name] for name in columns]
    return list(await world.deployment.database.read(lambda connection: connection.execute(select(*wanted)).all()))


async def press(citizen: Citizen, page: Shown, action: str, **changes: str) -> Shown:
    """Send one of the forms of a page."""
    return await citizen.send(page.form(action), **changes)


async def report(citizen: Citizen, files: list[File] | None = None, **changes: str) -> Shown:
    """A complete form is sent, and what goes out is delivered."""
    page = await citizen.report(files, **{**WHO, **changes})
    await citizen.world.settle()
    return page


@on_both_engines
@pytest.mark.rule("QB-QD.III.1.1a", "QB-III.1a")
async def test_a_report_is_taken_once_the_code_came_back(citizen: Citizen, phones: Phones) -> None:
    """Phone, code, accepted; the number is verified from then on."""
    page = await report(citizen, [File("anh.jpg", photo())])
    assert page.path == proof.PAGE
    assert await rows(citizen.world, "case", "id") == []

    sent = await press(citizen, page, proof.PAGE, otp=phones.codes()[0])
    await citizen.world.settle()
    code, pin = ticket(sent)

    assert len(await rows(citizen.world, "case", "id")) == 1
    blind = citizen.deployment.safe.blind
    verified = {row.address_blind: row.verified_by for row in await rows(citizen.world, "identity", *IDENTITY)}
    assert verified[blind.phone(PHONE)] == "otp"
    assert verified[blind.email("an@example.vn")] is None
    assert await rows(citizen.world, "kept_form", "id") == []
    assert [row.needs_human for row in await rows(citizen.world, "conversation", "needs_human")] == [False]
    assert CONTENT in (await citizen.open(code, pin)).text


@pytest.mark.rule("QB-QD.III.1.1a")
async def test_nothing_typed_is_kept_readable_and_no_code_is_shown(citizen: Citizen, phones: Phones) -> None:
    page = await report(citizen)

    assert not re.search(rf"\b{phones.codes()[0]}\b", page.html)
    assert not any(number in page.html for number in ("900 000 001", "900000001"))
    assert page.headers["Cache-Control"] == "no-store"
    (kept,) = await rows(citizen.world, "kept_form", "sealed")
    assert b"900 000 001" not in kept.sealed
    assert CONTENT.encode() not in kept.sealed


async def test_a_wrong_code_keeps_the_page_and_what_was_typed(citizen: Citizen, phones: Phones) -> None:
    page = await report(citizen)
    wrong = "000000" if phones.codes()[0] != "000000" else "111111"

    again = await press(citizen, page, proof.PAGE, otp=wrong)
    assert (again.status, again.path) == (422, proof.PAGE)
    assert "không đúng hoặc đã hết hiệu lực" in again.text
    form = await citizen.see(proof.EDIT)
    assert form.form("/phan-anh")["content"] == CONTENT
    assert form.form("/phan-anh")["phone"] == WRITTEN
    ticket(await press(citizen, again, proof.PAGE, otp=phones.codes()[0]))


@on_both_engines
async def test_a_code_typed_in_several_windows_at_once_is_one_report(citizen: Citizen, phones: Phones) -> None:
    page = await report(citizen)
    code = phones.codes()[0]

    pages = await asyncio.gather(*(press(citizen, page, proof.PAGE, otp=code) for _ in range(4)))
    await citizen.world.settle()

    assert [page.path for page in pages].count("/phan-anh/da-gui") >= 1
    assert len(await rows(citizen.world, "case", "id")) == 1


async def test_guessing_ends_after_five_tries(citizen: Citizen, phones: Phones) -> None:
    page = await report(citizen)
    code = phones.codes()[0]
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        await press(citizen, page, proof.PAGE, otp=wrong)

    assert (await press(citizen, page, proof.PAGE, otp=code)).status == 422
    await citizen.world.settle()
    assert await rows(citizen.world, "case", "id") == []


async def test_another_code_may_be_asked_for_after_a_minute(citizen: Citizen, phones: Phones) -> None:
    page = await report(citizen)
    early = await press(citizen, page, proof.AGAIN)
    await citizen.world.settle()
    assert "Vui lòng thử lại sau" in early.text
    assert len(phones.codes()) == 1

    citizen.world.clock.advance(seconds=61)
    later = await press(citizen, early, proof.AGAIN)
    await citizen.world.settle()
    assert "đã được gửi" in later.text
    first, second = phones.codes()
    assert (await press(citizen, later, proof.PAGE, otp=first)).status == 422
    ticket(await press(citizen, later, proof.PAGE, otp=second))


async def test_after_an_early_wish_for_another_the_first_code_still_counts(citizen: Citizen, phones: Phones) -> None:
    page = await report(citizen)
    early = await press(citizen, page, proof.AGAIN)

    ticket(await press(citizen, early, proof.PAGE, otp=phones.codes()[0]))


async def test_a_number_put_right_gets_a_code_of_its_own(citizen: Citizen, phones: Phones) -> None:
    await report(citizen)
    form = (await citizen.see(proof.EDIT)).form("/phan-anh")
    page = await citizen.send(form, phone="0900 000 002")
    await citizen.world.settle()

    assert (await press(citizen, page, proof.PAGE, otp=phones.codes()[0])).status == 422
    ticket(await press(citizen, page, proof.PAGE, otp=phones.codes("+84900000002")[0]))
    await citizen.world.settle()
    assert len(await rows(citizen.world, "case", "id")) == 1


@pytest.mark.rule("QB-QD.III.1.1a")
async def test_a_code_that_did_not_come_is_heard_in_a_call(citizen: Citizen, phones: Phones) -> None:
    """A new one, since the first may still arrive; the page says what to do."""
    called = with_calls(citizen.world)
    page = await report(citizen)
    citizen.world.clock.advance(seconds=61)

    page = await press(citizen, page, proof.HEAR)
    await citizen.world.settle()

    (errand,) = called.errands
    assert (errand.kind, errand.number, len(phones.codes())) == ("code", PHONE, 1)
    assert "xin bấm phím 1 để nghe mã" in page.text
    assert "6 chữ số trong cuộc gọi" in page.text
    ticket(await press(citizen, page, proof.PAGE, otp=errand.otp))


@pytest.mark.rule("QB-QD.III.1.1a")
async def test_where_no_message_can_be_sent_the_code_is_called_through(citizen: Citizen) -> None:
    """Nobody has to press a second button."""
    called = with_calls(citizen.world)

    page = await report(citizen)

    assert "xin bấm phím 1 để nghe mã" in page.text
    assert [one.number for one in called.errands] == [PHONE]


async def test_no_call_is_offered_where_none_can_be_made(citizen: Citizen, phones: Phones) -> None:
    assert not (await report(citizen)).has_form(proof.HEAR)


async def test_whom_no_code_reaches_is_called_before_acceptance(citizen: Citizen, phones: Phones) -> None:
    """A minute after the code; reception finds the conversation among those that want a person."""
    page = await report(citizen)
    assert (await press(citizen, page, proof.CALL)).status == 422
    citizen.world.clock.advance(seconds=60)

    ticket(await press(citizen, page, proof.CALL))
    await citizen.world.settle()

    assert "sẽ gọi số này để xác nhận trước khi tiếp nhận" in (await citizen.see("/tra-cuu/phan-anh")).text
    assert [row.stage for row in await rows(citizen.world, "case", "stage")] == ["received"]
    assert [row.needs_human for row in await rows(citizen.world, "conversation", "needs_human")] == [True]
    assert {row.verified_by for row in await rows(citizen.world, "identity", *IDENTITY)} == {None}


@pytest.mark.rule("QB-QD.III.1.1a")
async def test_where_nothing_carries_a_code_the_person_is_told_and_can_be_called(citizen: Citizen) -> None:
    channels = citizen.deployment.channels
    assert isinstance(channels, dict)
    del channels["email"]
    page = await report(citizen)

    assert "Hiện chưa gửi được mã xác nhận" in page.text
    assert not page.has_form(proof.PAGE)
    ticket(await press(citizen, page, proof.CALL))


async def test_in_a_demo_without_phones_the_code_comes_by_mail(citizen: Citizen) -> None:
    page = await report(citizen)
    assert "Xác nhận thư điện tử" in page.text

    ticket(await press(citizen, page, proof.PAGE, otp=received(citizen.world)[0].split()[0]))


@pytest.mark.rule("QB-IV.1.1b.k")
async def test_an_emergency_waits_for_no_code(citizen: Citizen, phones: Phones) -> None:
    ticket(await report(citizen, content=FIRE))

    assert phones.codes() == []
    assert [row.needs_human for row in await rows(citizen.world, "conversation", "needs_human")] == [True]


@pytest.mark.rule("QB-QD.III.1.1a")
async def test_without_a_number_nothing_can_be_proved(citizen: Citizen) -> None:
    page = await report(citizen, phone="", no_phone="1")

    assert page.status == 422
    assert proving.NO_NUMBER in page.text


async def test_a_day_later_the_form_is_gone_with_its_key_and_files(citizen: Citizen, phones: Phones) -> None:
    page = await report(citizen, [File("anh.jpg", photo())])
    citizen.world.clock.advance(hours=24, seconds=1)

    over = await press(citizen, page, proof.PAGE, otp=phones.codes()[0])
    assert over.path != proof.PAGE
    await Sweeper(citizen.deployment).run_once()
    assert await rows(citizen.world, "kept_form", "id") == []
    await citizen.world.settle()
    assert await rows(citizen.world, "case", "id") == []


async def test_a_code_is_not_lost_when_the_report_could_not_be_stored(
    citizen: Citizen, phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await report(citizen)

    async def away(_delivery: RawDelivery, _items: list[ItemKey]) -> None:
        raise IntakeUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(citizen.deployment.inbox, "accept", away)
        kept = await press(citizen, page, proof.PAGE, otp=phones.codes()[0])
    assert kept.status == 503
    ticket(await press(citizen, kept, proof.PAGE))


async def test_in_another_browser_there_is_nothing_to_confirm(citizen: Citizen, phones: Phones) -> None:
    await report(citizen)
    citizen.forget_cookies()

    assert (await citizen.see(proof.PAGE)).path == "/phan-anh"


def test_a_kept_form_is_the_form_that_was_typed() -> None:
    """Every field of it."""
    filled = Filled({"content": CONTENT, "place": PLACE}, frozenset({"name"}), confidential=True, consent=True)
    kept = proving.KeptReport.of(filled, datetime(2026, 11, 23, tzinfo=UTC))

    assert proving.KeptReport.model_validate_json(kept.model_dump_json()).filled == filled
