"""News that reaches nobody otherwise is told in a call; and what comes of that call."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from channels.call_center.calling_people import CallingChannel, Manners, TelephonyAway
from channels.call_center.errands import Outcome
from channels.call_center.facts import CHANNEL, MACHINE
from core.contract.errors import RecipientUnreachable, WindowClosed
from core.contract.schema import Address
from core.service.carrying import Way
from core.service.proving import Sent, Wanted
from core.storage import cases, outbox
from core.storage.tables import identity
from core.storage.tables import outbox as outbox_table
from gateway.workers.crew import asker_of
from tests.gateway.flows.office import only_case, published, state_of
from tests.gateway.flows.test_ways import NUMBER, Town, town
from tests.support.calls import hand_over, leave_call, only_call
from tests.support.databases import on_both_engines
from tests.support.errands import CALL as OURS
from tests.support.errands import Telephony, with_calls

__all__ = ["town"]


@pytest.fixture
def telephony(town: Town) -> Telephony:
    """The hotline calls out, and neither chat nor SMS reaches anybody."""
    made = with_calls(town.world)
    town.page.problem, town.phones.problem = WindowClosed(), RecipientUnreachable()
    return made


@pytest.mark.rule("QB-QD.III.1.1b")
@on_both_engines
async def test_a_call_is_the_last_way(town: Town, telephony: Telephony) -> None:
    """To a number that is only said to be theirs: that there is news, and the rest after the PIN."""
    await town.world.pass_time(hours=51)
    await town.news()

    (errand,) = telephony.errands
    assert (errand.kind, errand.number, errand.proved, errand.text) == ("result", NUMBER, False, "")
    assert errand.code.isdigit()
    entries = await town.entries()
    assert [one[:2] for one in entries] == [
        ("testchat/chat", "passed_on"),
        ("sms/phone", "passed_on"),
        ("call_center/voice", "sent"),
    ]
    assert entries[-1][2] == "SMS không đến được người nhận → gọi tự động"


async def test_a_proved_number_hears_the_news_itself(town: Town, telephony: Telephony) -> None:
    await town.prove()
    await town.news()

    (errand,) = telephony.errands
    assert (errand.proved, "đã tiếp nhận" in errand.text) == (True, True)


async def test_it_rings_three_times_and_not_at_night(town: Town, telephony: Telephony) -> None:
    """At 8:00, 8:30 and 11:30; who is tried in the evening is tried again in the morning."""
    telephony.outcome = Outcome.NOT_REACHED
    town.world.clock.advance(hours=12, minutes=40)
    await town.news()
    assert (len(telephony.errands), (await town.entries())[-1][1]) == (1, "pending")

    state = await town.world.deployment.database.read(outbox.outbox_state)
    assert state.oldest is not None
    assert state.oldest > town.world.clock(), "nobody is alarmed by a pause"

    for hours, tried in ((9, 1), (1.5, 2), (2.9, 2), (0.2, 3), (30, 3)):
        await town.world.pass_time(hours=hours)
        assert len(telephony.errands) == tried, hours
    assert (await town.entries())[-1][:2] == ("call_center/voice", "failed")


async def test_urgent_news_waits_for_the_morning_too(town: Town, telephony: Telephony) -> None:
    town.world.clock.advance(hours=14)
    await town.news()
    assert telephony.errands == []

    await town.world.pass_time(hours=10)
    assert len(telephony.errands) == 1


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Outcome.NO_NUMBER, "failed"), (Outcome.NO_LINE, "pending"), (Outcome.FULL, "pending")],
)
async def test_what_comes_of_it(town: Town, telephony: Telephony, outcome: Outcome, state: str) -> None:
    telephony.outcome = outcome
    await town.news()

    assert (await town.entries())[-1][:2] == ("call_center/voice", state)


async def test_without_a_telephony_process_it_waits(town: Town, telephony: Telephony) -> None:
    telephony.away = TelephonyAway("nobody listens")
    await town.news()
    assert (await town.entries())[-1][1] == "pending"

    telephony.away = None
    await town.world.pass_time(seconds=11)
    assert (await town.entries())[-1][1] == "sent"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.REACHED, "sent"),
        (Outcome.NOT_REACHED, "failed"),
        (Outcome.UNDER_WAY, "unknown"),
        (Outcome.UNKNOWN, "unknown"),
    ],
)
async def test_a_call_whose_end_nobody_heard_is_asked_about(
    town: Town, telephony: Telephony, outcome: Outcome, state: str
) -> None:
    """It is never made again blindly."""
    telephony.away = ConnectionResetError("gone")
    await town.news()
    assert (await town.entries())[-1][1] == "unknown"

    telephony.away, telephony.outcome = None, outcome
    town.world.clock.advance(minutes=1)
    await asker_of(town.world.deployment).run_once()

    assert (await town.entries())[-1][1] == state
    assert len(telephony.errands) == 1


async def machine_called(town: Town, **facts: object) -> None:
    """A call of the machine to them has just ended, and is handed over; for the news that was told last."""
    query = select(outbox_table.c.id).where(outbox_table.c.case_id.is_not(None)).order_by(outbox_table.c.seq.desc())
    message = await town.world.deployment.database.read(lambda connection: connection.scalar(query))
    ours = {"way": "out", "caller": "", "called": NUMBER, "message": message or OURS}
    ours |= {"answered_at": town.world.clock()}
    leave_call(town.world, "whole", id=OURS, **ours | facts)
    await hand_over(town.world)


async def verified(town: Town) -> list[str | None]:
    """By what each known number is proved."""
    query = select(identity.c.verified_by).where(identity.c.kind == "phone")
    return list(await town.world.deployment.database.read(lambda connection: connection.scalars(query).all()))


async def test_who_wants_no_calls_gets_none(town: Town, telephony: Telephony) -> None:
    """They said so by a key, in an earlier call; a password is not read out to them either."""
    await machine_called(town, opted_out=True)
    await town.news()
    wanted = Wanted("send:1", Way(Address(channel=CHANNEL, account=MACHINE, value=NUMBER)), "203.0.113.7", aloud=True)
    await town.world.deployment.proving.request(wanted)
    await town.world.settle()

    assert telephony.errands == []
    assert (await town.entries())[-1][:2] == ("sms/phone", "failed")


@on_both_engines
async def test_the_call_stands_with_the_case_and_rates_it(town: Town, telephony: Telephony) -> None:
    """Its recording is kept as long as the report; the number becomes theirs by the PIN."""
    case_id = (await only_case(town.world)).id
    await published(town.world, case_id)
    code = telephony.errands[-1].code
    await machine_called(town, proved=True, followed=True, rated=(code, "1"))

    call = await only_call(town.world)
    assert (call.about, call.row.outcome, call.owed) == (case_id, "served", False)
    (rating,) = (await state_of(town.world, case_id)).publications[-1].ratings
    assert rating.level == "satisfied"
    assert "callback" in await verified(town)


@pytest.mark.parametrize("facts", [{"followed": True}, {}], ids=["proved before", "not reached"])
async def test_a_call_without_the_pin_proves_nothing(town: Town, telephony: Telephony, facts: dict[str, bool]) -> None:
    """Nor is it an attempt to verify the report: only a person makes those."""
    await town.news()
    await machine_called(town, **facts)

    assert set(await verified(town)) == {None}
    rows = await town.world.deployment.database.read(
        partial(cases.load_events, case_id=(await only_case(town.world)).id)
    )
    assert "verification_call_logged" not in [row.name for row in rows]


async def test_who_asked_for_a_person_is_owed_a_call(town: Town, telephony: Telephony) -> None:
    await town.news()
    await machine_called(town, purpose="callback")

    call = await only_call(town.world)
    assert (call.row.outcome, call.owed) == ("callback", True)


@pytest.mark.rule("QB-QD.III.1.1a")
async def test_a_password_is_read_out_on_request(town: Town, telephony: Telephony) -> None:
    """By the telephone alone: the message before it brought nothing."""
    proving = town.world.deployment.proving
    way = proving.carriers.aloud(Way(Address(channel="sms", account="1022", value=NUMBER)))
    assert way.to == Address(channel=CHANNEL, account=MACHINE, value=NUMBER)
    asked = await proving.request(Wanted("send:1", way, "203.0.113.7", aloud=True))
    assert isinstance(asked, Sent)
    await town.world.settle()

    (errand,) = telephony.errands
    assert (errand.kind, errand.text, len(errand.otp)) == ("code", "", 6)
    assert await proving.check(asked.challenge_id, errand.otp, purpose="send:1")


async def test_a_password_rings_once_and_at_any_hour(town: Town, telephony: Telephony) -> None:
    """Whoever asked for it sits there."""
    telephony.outcome = Outcome.NOT_REACHED
    town.world.clock.advance(hours=15)
    wanted = Wanted("send:1", Way(Address(channel=CHANNEL, account=MACHINE, value=NUMBER)), "203.0.113.7", aloud=True)
    await town.world.deployment.proving.request(wanted)
    await town.world.settle()
    await town.world.pass_time(minutes=3)

    assert len(telephony.errands) == 1


def test_lines_are_left_for_those_who_call_us() -> None:
    channel = CallingChannel(
        errands=Telephony(),
        manners=Manners(at_once=2, tells=False, reads_codes=False),
        secret=b"s" * 16,
        spool=None,
        hash_pin=lambda pin, _code: pin,
    )

    assert (channel.allowance.at_once, channel.reaches, channel.spoken_codes_from) == (2, (), "")
    assert channel.allowance.patience > timedelta(minutes=2).total_seconds()
