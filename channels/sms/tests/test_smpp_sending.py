"""What we hand to a message centre: parts, reports, refusals, and half a message."""

from __future__ import annotations

import asyncio

import pytest
import smpp34

from channels.sms.carrier import Submission
from channels.sms.sandbox import Mood
from channels.sms.settings import SmppSettings
from channels.sms.smpp import outgoing
from channels.sms.tests.builders import (
    CITIZEN,
    LONG,
    Store,
    carrier,
    is_well,
    outbound,
    sandboxed,
)
from core.contract.errors import (
    OutcomeUnknown,
    ProviderRefused,
    RecipientUnreachable,
    SendError,
    TemporarySendError,
    Throttled,
)
from core.contract.schema import DeliveryReceipt, DeliveryStatus
from tests.support.waiting import until


@pytest.mark.parametrize("long_messages", ["udh", "payload"])
@pytest.mark.parametrize(("text", "segments"), [("Đã tiếp nhận ạ.", 1), (LONG.strip(), 5), ("€" * 100, 2)])
async def test_a_message_is_handed_over(long_messages: str, text: str, segments: int) -> None:
    """In one part or in several; the phone shows it as it was written."""
    async with sandboxed("smpp", most=5, long_messages=long_messages) as (opened, sandbox):
        result = await opened.send(outbound(text, name="smpp"))

    [shown] = sandbox.network.phones.shown
    assert (shown.to, shown.sender, shown.text, shown.segments) == ("84900000001", "8100", text, segments)
    assert result.provider_message_id == shown.id


@pytest.mark.parametrize("receipts", ["hex", "decimal"])
@pytest.mark.parametrize(("mood", "status"), [(Mood.NORMAL, "delivered"), (Mood.UNDELIVERED, "failed")])
async def test_a_report_names_the_message_however_ids_are_written(receipts: str, mood: Mood, status: str) -> None:
    """Also twice and out of order: each is a fact of its own."""
    store = Store()
    async with sandboxed("smpp", store=store, receipt_ids=receipts) as (opened, sandbox):
        sandbox.centre.receipts = receipts  # type: ignore[assignment]
        sandbox.network.reports, sandbox.network.mood = True, mood
        result = await opened.send(outbound(LONG, name="smpp"))
        await until(lambda: len(store.kept) == 2, "both reports")
    parsed = [one for delivery, [item] in store.kept for one in opened.parse(delivery, item)]

    assert all(isinstance(one, DeliveryReceipt) for one in parsed)
    assert {one.provider_message_id for one in parsed if isinstance(one, DeliveryReceipt)} == {
        result.provider_message_id
    }
    assert {one.status for one in parsed if isinstance(one, DeliveryReceipt)} == {
        DeliveryStatus.SENT,
        DeliveryStatus(status),
    }


@pytest.mark.parametrize(
    ("mood", "expected", "code"),
    [
        (Mood.THROTTLED, Throttled, "0x58"),
        (Mood.ERROR, TemporarySendError, "0x8"),
        (Mood.REFUSE, RecipientUnreachable, "0xb"),
        (Mood.OPTED_OUT, ProviderRefused, "0x65"),
        (Mood.CUT_AFTER, OutcomeUnknown, ""),
        (Mood.BROKEN, OutcomeUnknown, ""),
    ],
)
async def test_errors_are_told_apart(mood: Mood, expected: type[SendError], code: str) -> None:
    """By the command status; and afterwards the line works again, a new one if need be."""
    async with sandboxed("smpp") as (opened, sandbox):
        sandbox.network.mood = mood
        with pytest.raises(expected) as failure:
            await opened.send(outbound("x", name="smpp"))
        sandbox.network.mood = Mood.NORMAL
        await until(lambda: is_well(opened), "the line")
        await opened.send(outbound("y", name="smpp"))

    assert (type(failure.value), failure.value.provider_code) == (expected, code)


async def test_no_answer_in_time_leaves_the_outcome_unknown() -> None:
    """The centre may have taken it."""
    async with sandboxed("smpp", response_seconds=0.2) as (opened, sandbox):
        sandbox.network.mood, sandbox.network.seconds = Mood.SLOW, 0.6
        with pytest.raises(OutcomeUnknown):
            await opened.send(outbound("x", name="smpp"))


async def test_half_a_message_is_insisted_on() -> None:
    """Where the first part has left and the next is refused for now, it is offered again; the phone gets all of it."""
    async with sandboxed("smpp") as (opened, sandbox):
        [session] = sandbox.centre.sessions
        take, refused = session._submit, 0

        async def moody(sequence: int, raw: bytes) -> None:
            nonlocal refused
            if sandbox.network.phones.last_id > 0xABCDEF and refused < 2:
                refused += 1
                return session._answer(4, sequence, b"\0", status=0x14)
            return await take(sequence, raw)

        session._submit = moody  # type: ignore[method-assign]
        await opened.send(outbound(LONG, name="smpp"))

    assert refused == 2
    assert sandbox.network.phones.shown[0].text.startswith("Đường Lê Lợi")


async def test_half_a_message_that_stays_half_is_an_unknown_outcome() -> None:
    """Nobody resends it blindly: the citizen would read its beginning twice."""
    async with sandboxed("smpp") as (opened, sandbox):
        [session] = sandbox.centre.sessions
        take = session._submit

        async def moody(sequence: int, raw: bytes) -> None:
            if sandbox.network.phones.last_id > 0xABCDEF:
                return session._answer(4, sequence, b"\0", status=0x0B)
            return await take(sequence, raw)

        session._submit = moody  # type: ignore[method-assign]
        with pytest.raises(OutcomeUnknown) as failure:
            await opened.send(outbound(LONG, name="smpp"))

    assert failure.value.provider_code == "0xb"


async def test_no_more_is_unanswered_than_the_window_allows() -> None:
    """Forty messages at once through a window of three, all arrive once."""
    async with sandboxed("smpp", window=3) as (opened, sandbox):
        sandbox.network.mood, sandbox.network.seconds = Mood.SLOW, 0.001
        sent = await asyncio.gather(*(opened.send(outbound(f"so {number}", name="smpp")) for number in range(40)))

    assert len({one.provider_message_id for one in sent}) == 40
    assert sorted(shown.text for shown in sandbox.network.phones.shown) == sorted(f"so {n}" for n in range(40))


def test_a_password_has_an_end_and_only_the_last_part_a_report() -> None:
    """One message, one fate."""
    own = SmppSettings.model_validate(carrier("smpp"))
    parts = [smpp34.decode(write(7)) for write in outgoing.write(Submission("m1", CITIZEN, LONG), own)]
    [password] = [
        smpp34.decode(write(8)) for write in outgoing.write(Submission("m2", CITIZEN, "482913", purpose="otp"), own)
    ]

    assert [one.registered_delivery for one in parts if isinstance(one, smpp34.SubmitSm)][-2:] == [0, 1]
    assert isinstance(password, smpp34.SubmitSm)
    assert password.validity_period == "000000000500000R"
    assert [write(1) for write in outgoing.write(Submission("m1", CITIZEN, LONG), own)] == [
        write(1) for write in outgoing.write(Submission("m1", CITIZEN, LONG), own)
    ]


@pytest.mark.parametrize(("sender", "kind"), [("8100", (3, 0)), ("+84900000009", (1, 1)), ("LANGNGHE", (5, 0))])
def test_our_own_number_has_a_type(sender: str, kind: tuple[int, int]) -> None:
    """A short number, a subscriber's, a name."""
    assert outgoing.kind_of_sender(sender) == kind
