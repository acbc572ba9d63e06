"""What only SMS has: no marks, few characters, reports in any order, words that the network keeps for itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from sqlalchemy import select
from yarl import URL

from channels.playing import twilio_signature
from channels.sms.sandbox import Mood, Shown
from channels.sms.tests.builders import HOOK_SECRET
from channels.sms.tests.stage import PEOPLE, SmsStage, on_stage
from channels.sms.wording import without_marks
from core.intake.fold import fold
from core.storage.outbox import outbox_state
from core.storage.tables import outbox
from tests.gateway.flows.office import all_cases, only_case, published, spoken, stored_reports
from tests.support.deployments import World

MARKED = (
    "Báo ổ gà tại phường Vĩnh Ninh, trước số 12 Lê Lợi, xe máy té ngã 3 hôm nay",
    "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay",
    "Rác thải chất đống trước chợ Đông Ba, phường Phú Hòa từ sáng hôm qua, mùi hôi thối",
)
WORDS = "bao o ga tai phuong Vinh Ninh, truoc so 12 Le Loi, sau 30cm, xe may te nga 3 hom nay"


@asynccontextmanager
async def played(world: World, carrier: str, **changes: Any) -> AsyncIterator[SmsStage]:
    """A carrier beside the deployment."""
    async with on_stage(world, carrier=carrier, **changes) as stage:
        yield stage


async def settle(world: World, stage: SmsStage) -> None:
    """Until nothing is on its way, here or at the carrier; then five seconds pass."""
    for pause in (0.0, 5.0, 0.0):
        world.clock.advance(seconds=pause)
        await stage.quiet()
        await world.settle()


def phone(stage: SmsStage, name: str = "an") -> list[Shown]:
    """What stands on a phone."""
    return [shown for shown in stage.sandbox.network.phones.shown if shown.to == PEOPLE[name]]


async def outcomes(world: World) -> set[tuple[str, str]]:
    """State of every message we sent, and how far it got."""
    wanted = select(outbox.c.state, outbox.c.outcome).where(outbox.c.channel == "sms")
    return {(row[0], row[1]) for row in await world.deployment.database.read(lambda one: one.execute(wanted).all())}


@pytest.mark.parametrize(
    ("database_url", "carrier"), [("sqlite", "esms"), ("postgresql", "smpp")], indirect=["database_url"]
)
async def test_a_report_without_marks_is_answered_without_marks(world: World, carrier: str) -> None:
    """Each answer is in the small alphabet, of few segments, with its link whole; the words stay as they were sent."""
    async with played(world, carrier, marks=False, most=2) as stage:
        await stage.citizen("an").write(WORDS)
        await settle(world, stage)
        case, [report] = await only_case(world), await stored_reports(world)
        await published(world, case.id)
        await settle(world, stage)
        shown = phone(stage)

    assert report.content_as_sent == WORDS
    assert any(spoken(case.code) in one.text for one in shown)
    assert {(one.alphabet, one.segments <= 2, one.text.isascii()) for one in shown} == {("gsm-7", True, True)}
    link = f"{world.deployment.settings.public_url}/tra-cuu"
    assert any("da co ket qua xu ly" in one.text and link in one.text for one in shown)


@pytest.mark.parametrize("marked", MARKED)
async def test_words_without_marks_are_understood_as_well_as_with_them(world: World, marked: str) -> None:
    """What, where and since when: the same report, whoever typed it."""
    async with played(world, "esms") as stage:
        for name, words in (("an", marked), ("binh", without_marks(marked))):
            await stage.citizen(name).write(words)
            await settle(world, stage)
        with_marks, without = await stored_reports(world)

    assert without.content_as_sent == without_marks(marked)
    assert without.category_hint == with_marks.category_hint != ""
    assert fold(without.place.text) == fold(with_marks.place.text) != ""
    assert fold(without.occurred) == fold(with_marks.occurred) != ""
    assert without.completeness == with_marks.completeness


@pytest.mark.parametrize(
    ("database_url", "carrier"),
    [("sqlite", "twilio"), ("postgresql", "esms"), ("sqlite", "smpp")],
    indirect=["database_url"],
)
@pytest.mark.parametrize("mood", [Mood.OUT_OF_ORDER, Mood.DUPLICATE])
async def test_reports_in_any_order_never_go_backwards(world: World, carrier: str, mood: Mood) -> None:
    """Delivered is delivered, whatever is told later."""
    async with played(world, carrier) as stage:
        await stage.citizen("an").write(WORDS)
        stage.sandbox.network.mood = mood
        await settle(world, stage)
        told = await outcomes(world)

    assert phone(stage)
    assert stage.sandbox.network.refused == []
    assert told == {("sent", "delivered")}


async def test_a_message_that_did_not_arrive_is_shown_to_staff(world: World) -> None:
    """The carrier says so later."""
    async with played(world, "esms") as stage:
        await stage.citizen("an").write(WORDS)
        stage.sandbox.network.mood = Mood.UNDELIVERED
        await settle(world, stage)
        told = await outcomes(world)

    assert told == {("failed", "failed")}


async def test_whoever_stopped_messages_gets_none_and_makes_no_report(world: World) -> None:
    """Twilio keeps the words of the network for itself; what we would still send is refused and seen."""
    async with played(world, "twilio") as stage:
        for word in ("STOP", "start"):
            await stage.citizen("binh").write(word)
        await settle(world, stage)
        nothing = (await all_cases(world), phone(stage, "binh"))
        stage.sandbox.network.mood = Mood.OPTED_OUT
        await stage.citizen("an").write(WORDS)
        await settle(world, stage)

    assert nothing == ([], [])
    assert phone(stage) == []
    assert (await world.deployment.database.read(outbox_state)).failed >= 1


async def test_the_hook_is_where_nobody_guesses_it(world: World) -> None:
    """By GET and by POST; a bare call is no message; nothing of a stranger is stored."""
    query = "SMSID=1&RequestId=x&SendStatus=5&SendSuccess=1&phonenumber=84900000001"
    async with played(world, "esms") as stage, aiohttp.ClientSession(stage.sandbox.network.gateway) as session:
        answers = []
        for method, path, body in (
            ("GET", f"/hooks/sms/esms/guess?{query}", None),
            ("GET", f"/hooks/sms/esms/{HOOK_SECRET}", None),
            ("GET", f"/hooks/sms/esms/{HOOK_SECRET}?{query}", None),
            ("POST", f"/hooks/sms/esms/{HOOK_SECRET}", query.encode()),
            ("PUT", f"/hooks/sms/esms/{HOOK_SECRET}", query.encode()),
        ):
            async with session.request(method, URL(path, encoded=True), data=body) as answer:
                answers.append((answer.status, (await answer.text()) if answer.status == 200 else ""))

    assert answers == [(404, ""), (401, ""), (200, "OK"), (200, "OK"), (405, "")]


async def test_twilio_hears_an_empty_answer_in_its_own_language(world: World) -> None:
    """What is not signed is refused."""
    async with played(world, "twilio") as stage:
        network = stage.sandbox.network
        assert await stage.sandbox.say(PEOPLE["an"], WORDS) == 200
        status, _ = await network.call("POST", network.hook, data=b"MessageSid=SM1&From=%2B84900000001&Body=x")
        signed = {"MessageSid": "SM2", "AccountSid": network.secrets.account_sid, "From": "+84900000001", "Body": "x"}
        headers = {
            "X-Twilio-Signature": twilio_signature(network.secrets.auth_token, network.hook, signed),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        heard = await network.call("POST", network.hook, data=urlencode(signed).encode(), headers=headers)

    assert status == 401
    assert heard == (200, '<?xml version="1.0" encoding="UTF-8"?><Response/>')
