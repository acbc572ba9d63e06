"""Every event that a carrier may tell us of, from a recorded payload to what it means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.sms.tests.builders import CITIZEN, NOON, PAYLOADS, channel, meaning, payload
from core.contract.errors import PayloadInvalid
from core.contract.schema import (
    AttachmentKind,
    DeliveryReceipt,
    DeliveryStatus,
    Ignored,
    InboundMessage,
    MessageKind,
    Standing,
)

FOREIGN = "+15005550006"
LONG = (
    "Kính gửi Trung tâm, đường Lê Lợi ngập sâu; rác thải bốc mùi đã ba ngày nay mà chưa ai thu gom ạ, "
    "mong sớm xử lý. 🌊"
)
MESSAGES = {
    "twilio_message__marks": (FOREIGN, "Đường Lê Lợi ngập sâu trước số 12 ạ"),
    "twilio_message__no_marks": (FOREIGN, "bao o ga tai phuong Dong Hai"),
    "twilio_message__vietnamese_number": (CITIZEN, "Xin chào"),
    "esms_message__sign_base64": (CITIZEN, "PA bao o ga tai phuong Dong Hai"),
    "esms_message__sign_hex": (CITIZEN, "Đường Lê Lợi ngập sâu"),
    "esms_message__no_time": (CITIZEN, "PA bao o ga tai phuong Dong Hai"),
    "speedsms_message__no_marks": (CITIZEN, "bao o ga tai phuong Dong Hai"),
    "speedsms_message__marks": (CITIZEN, "Rác thải bốc mùi ở kiệt 5"),
    "smpp_message__gsm": (CITIZEN, "bao o ga tai phuong Dong Hai"),
    "smpp_message__gsm_signs": (CITIZEN, "Gia €5 @ $ {x}"),
    "smpp_message__ucs2": (CITIZEN, "Đường ngập 🌊"),
    "smpp_message__latin1": (CITIZEN, "Déjà vu"),
    "smpp_message__two_parts_udh": (CITIZEN, LONG),
    "smpp_message__part_udh16": (CITIZEN, "phan mot"),
    "smpp_message__payload": (CITIZEN, LONG),
    "smpp_message__from_service": ("VIETTEL", "Quy khach da su dung het 80% data"),
}
TWILIO, ESMS, SMPP = "SM0000000000000000000000000000000a", "0190a0b0c0d0e0f00000000000000001", "0011256320"
SENT, DELIVERED, READ, FAILED = (
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.READ,
    DeliveryStatus.FAILED,
)
RECEIPTS: dict[str, tuple[str, DeliveryStatus, bool, str]] = {
    "twilio_status__sent": (TWILIO, SENT, False, ""),
    "twilio_status__partially_delivered": (TWILIO, SENT, False, ""),
    "twilio_status__delivered": (TWILIO, DELIVERED, False, ""),
    "twilio_status__read": (TWILIO, READ, False, ""),
    "twilio_status__canceled": (TWILIO, FAILED, True, "canceled"),
    "twilio_status__undelivered_phone_off": (TWILIO, FAILED, False, "undelivered 30003"),
    "twilio_status__failed_landline": (TWILIO, FAILED, True, "failed 30006"),
    "esms_status__sent": (ESMS, SENT, False, ""),
    "esms_status__done_delivered": (ESMS, DELIVERED, False, ""),
    "esms_status__done_failed": (ESMS, FAILED, True, "eSMS thuê bao không liên lạc được"),
    "esms_status__rejected": (ESMS, FAILED, True, "eSMS 4"),
    "esms_status__without_request_id": ("d8e0f1f0702544b2acb456ca9ccfd111250", DELIVERED, False, ""),
    "speedsms_report__delivered": ("123", DELIVERED, False, ""),
    "speedsms_report__failed": ("123", FAILED, False, "SpeedSMS -1"),
    "speedsms_report__as_query": ("124", DELIVERED, False, ""),
    "smpp_receipt__text_delivered": (SMPP, DELIVERED, False, ""),
    "smpp_receipt__text_expired": (SMPP, FAILED, False, "EXPIRED 011"),
    "smpp_receipt__text_undeliverable": (SMPP, FAILED, True, "UNDELIV 001"),
    "smpp_receipt__accepted": (SMPP, SENT, False, ""),
    "smpp_receipt__parameters_delivered": ("ABC200", DELIVERED, False, ""),
    "smpp_receipt__parameters_rejected": ("ABC200", FAILED, True, "REJECTD"),
}
IGNORED = {
    "twilio_message__empty": "empty_message",
    "twilio_status__accepted": "still_on_its_way",
    "twilio_status__scheduled": "still_on_its_way",
    "twilio_status__queued": "still_on_its_way",
    "twilio_status__sending": "still_on_its_way",
    "twilio_status__receiving": "unknown_event",
    "esms_status__waits": "still_on_its_way",
    "esms_status__waits_for_approval": "still_on_its_way",
    "esms_status__unknown": "unknown_event",
    "speedsms_event__unknown": "unknown_event",
    "smpp_receipt__text_on_the_way": "still_on_its_way",
}
STANDINGS = {
    "twilio_opt_out__stop": (False, "stop"),
    "twilio_opt_out__start": (True, "let_in"),
    "twilio_opt_out__advanced": (False, "stop"),
}
BROKEN = (
    "twilio_broken__no_sender",
    "twilio_broken__no_sid",
    "twilio_broken__media_without_address",
    "esms_broken__no_smsid",
    "speedsms_broken__no_phone",
    "smpp_broken__receipt_about_nothing",
    "smpp_message__binary",
)
AS_TEXT: dict[str, Any] = {"answer_ids": "text", "receipt_ids": "text"}


def _changes(name: str) -> dict[str, Any]:
    return AS_TEXT if name.startswith("smpp") else {}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_read(name: str) -> None:
    """Who wrote, and what."""
    message = meaning(name)

    assert isinstance(message, InboundMessage)
    assert (message.sender.value, message.text) == MESSAGES[name]
    assert message.kind is MessageKind.TEXT
    assert message.received_at == NOON


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_receipt_is_read(name: str) -> None:
    """About which message, how far it got, whether for good, and why."""
    receipt = meaning(name, **_changes(name))

    assert isinstance(receipt, DeliveryReceipt)
    assert (receipt.provider_message_id, receipt.status, receipt.permanent, receipt.reason) == RECEIPTS[name]


@pytest.mark.parametrize("name", IGNORED)
def test_an_event_that_asks_nothing_of_us_is_ignored(name: str) -> None:
    """Counted by its reason."""
    assert meaning(name) == Ignored(reason=IGNORED[name])


@pytest.mark.parametrize("name", STANDINGS)
def test_who_wants_to_hear_no_more_is_told(name: str) -> None:
    """By Twilio's own words and by ours, which only Twilio knows; and who wants to hear again."""
    standing = meaning(name)

    assert isinstance(standing, Standing)
    assert (standing.reachable, standing.reason) == STANDINGS[name]
    assert (standing.address.value, standing.address.account, standing.at) == (FOREIGN, standing.account, NOON)


@pytest.mark.parametrize(
    ("kind", "meant"),
    [("HELP", Ignored(reason="help_word")), ("ADJOURN", Ignored(reason="unknown_event"))],
)
def test_another_word_for_twilio_changes_nothing(kind: str, meant: Ignored) -> None:
    """Twilio has answered it; the words of the message are not looked at."""
    stop = payload("twilio_opt_out__advanced")
    asked = replace(stop, body=stop.body.replace(b"OptOutType=STOP", b"OptOutType=" + kind.encode()))
    sms = channel("twilio")

    assert [sms.parse(asked, item) for item in sms.split(asked)] == [[meant]]


@pytest.mark.parametrize("name", BROKEN)
def test_what_nobody_can_read_goes_to_quarantine(name: str) -> None:
    """It is kept for a person."""
    with pytest.raises(PayloadInvalid):
        meaning(name)


def test_every_payload_is_expected_somewhere() -> None:
    """And nothing is expected of one that is not there."""
    expected = {*MESSAGES, *RECEIPTS, *IGNORED, *STANDINGS, *BROKEN, "twilio_message__photo"}

    assert {path.stem for path in PAYLOADS.iterdir()} == expected


def test_pictures_are_named_and_not_yet_fetched() -> None:
    """By their address at the provider."""
    message = meaning("twilio_message__photo")

    assert isinstance(message, InboundMessage)
    assert message.kind is MessageKind.MEDIA
    assert [(one.kind, one.name, one.sha256) for one in message.attachments] == [
        (AttachmentKind.IMAGE, "ME01", ""),
        (AttachmentKind.AUDIO, "ME02", ""),
    ]
    assert all((one.source_url or "").startswith("https://api.twilio.com/") for one in message.attachments)


def test_callbacks_have_a_key_for_each_state() -> None:
    """Twice the same is one; two states of one message are two, in one conversation."""
    keys = [channel("twilio").split(payload(f"twilio_status__{one}"))[0] for one in ("sent", "sent", "delivered")]

    assert keys[0] == keys[1]
    assert keys[0].dedupe_key != keys[2].dedupe_key
    assert keys[0].conversation_key == keys[2].conversation_key


@pytest.mark.parametrize("name", ["speedsms_message__no_marks", "smpp_message__gsm"])
def test_a_message_without_an_id_is_repeated_within_a_minute(name: str) -> None:
    """Later the same words are a new message; the key says nothing of them."""
    first = payload(name)
    keys = [
        channel(name.partition("_")[0]).split(replace(first, received_at=NOON + timedelta(seconds=after)))[0].dedupe_key
        for after in (0, 59, 60)
    ]

    assert keys[0] == keys[1] != keys[2]
    assert "bao" not in keys[0]


@pytest.mark.parametrize(
    ("spelling", "told", "same"),
    [("text", "0011256320", "0011256320"), ("decimal", "0011256320", "11256320"), ("hex", "ABC200", "11256320")],
)
def test_ids_are_the_same_in_both_spellings(spelling: str, told: str, same: str) -> None:
    """A centre may answer in hexadecimal digits and report in decimal ones."""
    receipt = {"ABC200": "smpp_receipt__parameters_delivered", "0011256320": "smpp_receipt__text_delivered"}[told]
    parsed = meaning(receipt, answer_ids=spelling, receipt_ids=spelling)

    assert isinstance(parsed, DeliveryReceipt)
    assert parsed.provider_message_id == same


def test_the_time_of_a_message_is_vietnamese() -> None:
    """And believed only where it is not in the future."""
    message = meaning("esms_message__sign_base64")

    assert isinstance(message, InboundMessage)
    assert message.provider_time == datetime(2026, 11, 16, 4, 59, 58, tzinfo=UTC)
