"""eSMS and SpeedSMS: proofs, calls and errors against the sandbox."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from channels.sms.adapter import HookedSmsChannel
from channels.sms.esms.signature import check, digest
from channels.sms.sandbox import Mood, SmsSandbox
from channels.sms.tests.builders import HOOK_SECRET, SECRETS, channel, outbound, payload, sandboxed
from core.contract.errors import (
    ConnectionFailed,
    MessageInvalid,
    NotLetIn,
    OutcomeUnknown,
    QuotaSpent,
    RecipientUnreachable,
    SendError,
    SignatureInvalid,
    TemporarySendError,
    Throttled,
)
from core.contract.ports import Acknowledges, Fate, HookedByQuery, RawDelivery

FORM = {"cpid": "CP1", "smsid": "smsid1", "content": "DK MOI", "receiverTime": "20261121130101"}
OUR_ID = "0190a0b0c0d0e0f00000000000000001"


def test_the_signature_of_a_message_in_both_spellings() -> None:
    """The documentation says one thing and shows the other."""
    assert digest(FORM, "priv").hex() == "93959ba97388b12704e7b0ba401a274b"
    check(FORM | {"sign": "k5WbqXOIsScE57C6QBonSw=="}, "priv")
    check(FORM | {"sign": "93959BA97388B12704E7B0BA401A274B"}, "priv")
    for wrong in ({}, {"sign": ""}, {"sign": "đ"}, {"sign": "k5WbqXOIsScE57C6QBonSx=="}):
        with pytest.raises(SignatureInvalid):
            check(FORM | wrong, "priv")


def test_a_message_whose_words_were_changed_is_refused() -> None:
    """A status is not signed by anybody: its path proves it."""
    delivery = payload("esms_message__sign_base64")
    changed = RawDelivery("sms", delivery.account, delivery.body.replace(b"bao", b"cao"), {})

    channel("esms").verify(delivery)
    channel("esms").verify(payload("esms_status__done_delivered"))
    channel("esms", private_key="").verify(changed)
    with pytest.raises(SignatureInvalid):
        channel("esms").verify(changed)


@pytest.mark.parametrize("name", ["esms", "speedsms"])
def test_the_hook_has_a_secret_path_and_takes_queries(name: str) -> None:
    """Which no printout shows."""
    opened = channel(name)

    assert isinstance(opened, HookedSmsChannel)
    assert isinstance(opened, HookedByQuery)
    assert isinstance(opened, Acknowledges)
    assert opened.hook == f"sms/{name}/{HOOK_SECRET}"
    assert opened.hook_methods == {"GET", "POST"}
    assert HOOK_SECRET not in f"{opened!r} {opened.settings!r}"


@pytest.mark.parametrize("secret", ["", "short", "with/slash-and-sixteen", "{account}-is-a-template"])
def test_a_path_that_could_be_guessed_or_broken_is_refused(secret: str) -> None:
    """At start, not at the first message."""
    with pytest.raises(ValueError, match="at least 16"):
        channel("esms", hook_secret=secret)


def test_a_message_is_acknowledged_in_the_carriers_words() -> None:
    """With nothing to be sent back, and nothing that could break out of its place."""
    opened = channel("esms")
    assert isinstance(opened, HookedSmsChannel)
    tricky = RawDelivery("sms", "LANGNGHE", b"sender=84900000001&content=x&smsid=%3C%2FSmsid%3E", {})

    assert opened.acknowledge(payload("esms_message__sign_base64")) == (
        "text/xml",
        "<ClientResponse><Message></Message><Smsid>smsid1</Smsid><Receiver>84900000001</Receiver></ClientResponse>",
    )
    assert "<Smsid>&lt;/Smsid&gt;</Smsid>" in opened.acknowledge(tricky)[1]
    assert opened.acknowledge(payload("esms_status__sent")) == ("text/plain", "OK")


@pytest.mark.parametrize(("name", "sent"), [("esms", OUR_ID), ("speedsms", "11259376")])
async def test_a_message_is_handed_over(name: str, sent: str) -> None:
    """In GSM letters where the brand has no marks; the id is the one that receipts will name."""
    async with sandboxed(name, marks=False) as (opened, sandbox):
        result = await opened.send(outbound("Phản ánh đã được tiếp nhận ạ.", name=name))

    [shown] = sandbox.network.phones.shown
    assert result.provider_message_id == sent
    assert (shown.to, shown.text) == ("84900000001", "Phan anh da duoc tiep nhan a.")
    assert (shown.alphabet, shown.segments) == ("gsm-7", 1)


@pytest.mark.parametrize(
    ("name", "mood", "expected", "code"),
    [
        ("esms", Mood.THROTTLED, Throttled, "160"),
        ("esms", Mood.ERROR, TemporarySendError, "500"),
        ("esms", Mood.BROKEN, TemporarySendError, "cut"),
        ("esms", Mood.CUT_AFTER, TemporarySendError, "cut"),
        ("esms", Mood.REFUSE, RecipientUnreachable, "119"),
        ("esms", Mood.OPTED_OUT, MessageInvalid, "120"),
        ("esms", Mood.NO_MONEY, QuotaSpent, "103"),
        ("esms", Mood.WRONG_KEY, NotLetIn, "101"),
        ("speedsms", Mood.THROTTLED, Throttled, "429"),
        ("speedsms", Mood.ERROR, TemporarySendError, "500"),
        ("speedsms", Mood.BROKEN, OutcomeUnknown, "200"),
        ("speedsms", Mood.CUT_AFTER, OutcomeUnknown, ""),
        ("speedsms", Mood.REFUSE, RecipientUnreachable, "105"),
        ("speedsms", Mood.NO_MONEY, QuotaSpent, "300"),
        ("speedsms", Mood.WRONG_KEY, NotLetIn, "008"),
    ],
)
async def test_errors_are_told_apart(name: str, mood: Mood, expected: type[SendError], code: str) -> None:
    """By the carrier's own code."""
    async with sandboxed(name) as (opened, sandbox):
        sandbox.network.mood = mood
        with pytest.raises(expected) as failure:
            await opened.send(outbound("x", name=name))

    assert (type(failure.value), failure.value.provider_code) == (expected, code)


async def test_a_lost_answer_is_repeated_without_a_second_message() -> None:
    """ESMS takes a RequestId once; the phone shows the message once, and we know its id."""
    async with sandboxed("esms") as (opened, sandbox):
        sandbox.network.mood = Mood.CUT_AFTER
        with pytest.raises(TemporarySendError):
            await opened.send(outbound("Đã tiếp nhận ạ.", name="esms"))
        sandbox.network.mood = Mood.NORMAL
        result = await opened.send(outbound("Đã tiếp nhận ạ.", name="esms"))

    assert result.provider_message_id == OUR_ID
    assert [shown.request_id for shown in sandbox.network.phones.shown] == [OUR_ID]


@pytest.mark.parametrize("name", ["esms", "speedsms"])
async def test_health_knows_keys_and_money(name: str) -> None:
    """Good, without money, with a wrong key, away."""
    async with sandboxed(name) as (opened, sandbox):
        good = await opened.check_health()
        sandbox.network.mood = Mood.NO_MONEY
        poor = await opened.check_health()
    wrong_key: dict[str, Any] = {"api_key": "x"} if name == "esms" else {"token": "x"}
    async with sandboxed(name, **wrong_key) as (opened, _):
        unknown = await opened.check_health()
    away = await channel(name).check_health()

    assert [one.ok for one in (good, poor, unknown, away)] == [True, False, False, False]
    assert "1500000 đồng" in good.detail
    assert "hết tiền" in poor.detail
    assert NotLetIn.code in unknown.detail
    assert ConnectionFailed.code in away.detail


async def test_the_sandbox_signs_what_citizens_send() -> None:
    """Our own check takes it; see the gateway's test for the whole way."""
    sandbox = SmsSandbox("esms")
    fields = FORM | {"sign": sandbox.esms._sign(FORM)}

    assert fields["sign"] == "k5WbqXOIsScE57C6QBonSw=="
    check(fields, SECRETS.private_key)


async def test_a_recipient_that_is_no_telephone_costs_nothing() -> None:
    """Refused before anybody is asked."""
    async with sandboxed("esms") as (opened, sandbox):
        with pytest.raises(RecipientUnreachable):
            await opened.send(outbound("x", name="esms", to="8100"))

    assert sandbox.network.phones.shown == []


async def test_esms_tells_by_our_own_id_what_became_of_a_message() -> None:
    """Whose answer was lost, or whose sender died; what it never took it does not know."""
    now = datetime.now(UTC)
    message = outbound("Đã tiếp nhận ạ.", name="esms")
    async with sandboxed("esms") as (opened, _sandbox):
        before = await opened.asked(message, since=now)
        await opened.send(message)
        after = await opened.asked(message, since=now)

    assert (before.state, after) == ("unknown", Fate("delivered", message.id))


async def test_speedsms_tells_nothing_without_the_id_that_was_lost() -> None:
    async with sandboxed("speedsms") as (opened, _sandbox):
        assert (await opened.asked(outbound("x", name="speedsms"), since=datetime.now(UTC))).state == "unknown"
