"""Where the regulation wants the number proved, an app's report waits for a one-time password (QB-QD.III.1.1a)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from core.contract.errors import IntakeUnavailable
from core.storage import tables
from tests.gateway.api.app.phone import Answer, Phone, app_on
from tests.gateway.portal.citizen import File, photo
from tests.support.codes import PHONE, WRITTEN, Phones, with_phones
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over
from tests.support.errands import with_calls

WHO: dict[str, Any] = {
    "name": "Nguyễn Văn An",
    "phone": WRITTEN,
    "email": "an@example.vn",
    "occurred": "sáng nay",
    "consent": True,
}
FIRE = "Cháy nhà, còn người mắc kẹt, cứu với!"


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A deployment under a regulation that wants the number proved in its app."""
    async with world_over(database_url, tmp_path, regulation="quang_binh") as opened:
        yield opened


@pytest.fixture
def numbers(world: World) -> Phones:
    """Phones are reached."""
    return with_phones(world)


async def cases(world: World) -> int:
    """How many there are."""
    await world.settle()
    return len(await world.deployment.database.read(lambda one: one.execute(select(tables.case.c.id)).all()))


async def begin(phone: Phone, *files: File, **changes: Any) -> Answer:
    """A report that waits."""
    sent = await phone.report(*files, **{"key": "a-draft", **WHO, **changes})
    await phone.world.settle()
    return sent


async def answer(phone: Phone, challenge: str, typed: str) -> Answer:
    """Type a password."""
    return await phone("POST", f"/challenges/{challenge}", json={"otp": typed})


@on_both_engines
@pytest.mark.rule("QB-QD.III.1.1a", "QB-III.1a")
async def test_a_report_is_taken_once_the_password_came_back(phone: Phone, numbers: Phones) -> None:
    """The number is verified from then on, and no copy waits any more."""
    assert (await phone("GET", "/form")).json["proof"] is True
    asked = await begin(phone, File("anh.jpg", photo()))
    assert asked.status == 202
    assert asked.json["sent_to"].endswith("001")
    assert await cases(phone.world) == 0

    taken = await answer(phone, asked.json["challenge"], numbers.codes()[0])
    assert taken.status == 201
    assert await cases(phone.world) == 1
    found = select(tables.identity.c.address_blind, tables.identity.c.verified_by)
    known = dict(map(tuple, await phone.world.deployment.database.read(lambda one: one.execute(found).all())))
    assert known[phone.world.deployment.safe.blind.phone(PHONE)] == "otp"
    left = await phone.world.deployment.database.read(lambda one: one.execute(select(tables.kept_form.c.id)).all())
    assert left == []


async def test_a_lost_answer_is_given_again_and_makes_no_second_report(phone: Phone, numbers: Phones) -> None:
    """To the form, which sends no second password; to the password; and to the form after all was done."""
    first, second = await begin(phone), await begin(phone)
    assert first.json == second.json
    assert len(numbers.codes()) == 1

    challenge, code = first.json["challenge"], numbers.codes()[0]
    told = [await answer(phone, challenge, code), await answer(phone, challenge, code), await begin(phone)]
    assert {one.status for one in told} == {201}
    assert len({(one.json["code"], one.json["pin"]) for one in told}) == 1
    assert (await answer(phone, challenge, wrong(code))).code == "password_refused"
    assert await cases(phone.world) == 1


def wrong(code: str) -> str:
    """A password that is not this one."""
    return "000000" if code != "000000" else "111111"


async def test_a_wrong_password_another_app_and_a_challenge_that_is_none_look_the_same(
    phone: Phone, numbers: Phones
) -> None:
    asked = (await begin(phone)).json["challenge"]
    other = await app_on(phone.world, phone.client, "another")
    code = numbers.codes()[0]
    seen = [
        await answer(phone, asked, wrong(code)),
        await answer(other, asked, code),
        await answer(phone, "0" * 32, code),
    ]

    assert len({(one.status, str(one.json)) for one in seen}) == 1
    assert seen[0].status == 422
    assert (await answer(phone, asked, code)).status == 201


async def test_a_code_that_did_not_come_is_heard_in_a_call(phone: Phone, numbers: Phones) -> None:
    called = with_calls(phone.world)
    asked = (await begin(phone)).json["challenge"]
    phone.world.clock.advance(seconds=61)

    assert (await phone("POST", f"/challenges/{asked}/aloud")).status == 202
    await phone.world.settle()

    (errand,) = called.errands
    assert len(numbers.codes()) == 1
    assert (await answer(phone, asked, errand.otp)).status == 201


async def test_five_wrong_ones_end_it_and_another_may_be_asked_for_later(phone: Phone, numbers: Phones) -> None:
    asked = (await begin(phone)).json["challenge"]
    code = numbers.codes()[0]
    for _ in range(5):
        await answer(phone, asked, wrong(code))
    assert (await answer(phone, asked, code)).status == 422

    soon = await phone("POST", f"/challenges/{asked}/again")
    assert (soon.status, soon.code) == (429, "too_many_attempts")
    phone.world.clock.advance(seconds=int(soon.headers["Retry-After"]))
    assert (await phone("POST", f"/challenges/{asked}/again")).status == 202
    await phone.world.settle()
    assert (await answer(phone, asked, numbers.codes()[-1])).status == 201


@pytest.mark.rule("QB-IV.1.1a.1")
async def test_reception_calls_where_no_password_comes(phone: Phone, numbers: Phones) -> None:
    """Not at once: it may be on its way."""
    asked = (await begin(phone)).json["challenge"]
    soon = await phone("POST", f"/challenges/{asked}/call-back")
    assert (soon.status, soon.code) == (409, "too_soon")

    phone.world.clock.advance(seconds=61)
    called = [await phone("POST", f"/challenges/{asked}/call-back") for _ in range(2)]
    assert {(one.status, one.json["code"]) for one in called} == {(201, called[0].json["code"])}
    assert await cases(phone.world) == 1
    talks = select(tables.conversation.c.needs_human)
    rows = await phone.world.deployment.database.read(lambda one: one.execute(talks).all())
    assert [row.needs_human for row in rows] == [True]
    assert numbers.codes()


async def test_a_password_is_not_lost_when_the_report_could_not_be_stored(
    phone: Phone, numbers: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is used up, and remembered: the same answer a moment later takes the report."""
    asked = (await begin(phone)).json["challenge"]

    async def away(_delivery: object, _items: object) -> None:
        raise IntakeUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(phone.world.deployment.inbox, "accept", away)
        refused = await answer(phone, asked, numbers.codes()[0])
    assert (refused.status, refused.code) == (503, "intake_unavailable")
    assert (await answer(phone, asked, numbers.codes()[0])).status == 201
    assert await cases(phone.world) == 1


@pytest.mark.rule("QB-IV.1.1b.k", "VN-8")
async def test_an_emergency_waits_for_no_password(phone: Phone, numbers: Phones) -> None:
    sent = await begin(phone, content=FIRE)

    assert (sent.status, sent.json["emergency_line"]) == (201, "114")
    assert numbers.codes() == []


async def test_without_a_number_it_says_why_one_is_needed(phone: Phone) -> None:
    refused = await phone.report(**{**WHO, "phone": ""})

    assert (refused.status, refused.code) == (422, "data_missing")
    assert "phone" in refused.json["details"]["fields"]


async def test_where_no_password_can_be_sent_the_report_waits_for_a_call(phone: Phone) -> None:
    asked = await begin(phone, email="", declared_none=["email"])
    assert (asked.status, asked.json["sent_to"]) == (202, "")
    assert (await answer(phone, asked.json["challenge"], "123456")).status == 422

    assert (await phone("POST", f"/challenges/{asked.json['challenge']}/call-back")).status == 201
