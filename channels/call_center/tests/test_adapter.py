"""The hotline as a channel: what is believed, what it means, how it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.call_center.adapter import AWAY, SIGNATURE, STARTING, CallCenterChannel
from channels.call_center.facts import CHANNEL, MACHINE, CallRecord
from channels.call_center.mapping import outcome_of, to_message
from channels.call_center.secrecy import sealed
from channels.call_center.spool import Spool, source_of
from channels.call_center.status import Line, TelephonyStatus
from channels.call_center.tests.played import CODE, NOON, wav
from core.contract.errors import (
    ChannelMisconfigured,
    MessageInvalid,
    PayloadInvalid,
    PayloadTooLarge,
    ProviderRefused,
    RecipientUnreachable,
    SignatureInvalid,
)
from core.contract.ports import RawDelivery
from core.contract.schema import Address, CallOutcome, InboundMessage, OutboundMessage, Standing

CALL = "0" * 31 + "1"
SECRET = b"s" * 32
PAYLOADS = Path(__file__).parents[1] / "payloads"


def channel(folder: Path, clock: list[float] | None = None) -> CallCenterChannel:
    """A channel whose clock the test holds."""
    at = clock or [0.0]
    return CallCenterChannel(
        secret=SECRET, spool=Spool(folder), hash_pin=lambda pin, code: f"{pin}/{code}", monotonic=lambda: at[0]
    )


def record(**facts: object) -> CallRecord:
    base = {"id": CALL, "trunk": "main", "caller": "+84900000001", "began_at": NOON, "ended_at": NOON}
    return CallRecord.model_validate(base | facts)


def test_only_our_own_process_is_believed(tmp_path: Path) -> None:
    ours = channel(tmp_path)
    delivery, items = ours.compose(record().model_dump_json().encode())

    ours.verify(delivery)
    assert items == ours.split(delivery)
    for body, headers in ((delivery.body + b" ", delivery.headers), (delivery.body, {SIGNATURE: "0" * 64})):
        with pytest.raises(SignatureInvalid):
            ours.verify(RawDelivery(CHANNEL, "main", body, headers))
    with pytest.raises(PayloadTooLarge):
        ours.verify(RawDelivery(CHANNEL, "main", bytes(300 * 1024)))


def test_a_body_that_is_no_record_names_no_number(tmp_path: Path) -> None:
    body = record().model_dump_json().replace(CALL, "0900000001").encode()

    with pytest.raises(PayloadInvalid, match="id:string_pattern_mismatch") as caught:
        channel(tmp_path).split(RawDelivery(CHANNEL, "main", body))
    assert "0900000001" not in str(caught.value)


def test_a_sealed_record_is_opened_before_it_is_kept_and_a_foreign_one_refused(tmp_path: Path) -> None:
    """Whoever cannot open it must not take it for a call without a number."""
    left = Spool(tmp_path, private=bytes(range(32)))
    ours = CallCenterChannel(secret=SECRET, spool=left, hash_pin=lambda pin, _: pin)
    body = sealed(record(), left.seal_to).model_dump_json().encode()

    delivery, items = ours.compose(body)

    assert (items[0].conversation_key, CallRecord.model_validate_json(delivery.body)) == ("+84900000001", record())
    with pytest.raises(PayloadInvalid, match="not_opened"):
        channel(tmp_path).compose(body)


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ChannelMisconfigured):
        CallCenterChannel(secret=b"short", spool=Spool(tmp_path), hash_pin=lambda pin, _: pin)
    assert "s" * 32 not in repr(channel(tmp_path))


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({}, CallOutcome.MISSED),
        ({"purpose": "report"}, CallOutcome.MISSED),
        ({"purpose": "report", "code": CODE}, CallOutcome.REPORTED),
        ({"purpose": "callback", "code": CODE}, CallOutcome.REPORTED),
        ({"purpose": "callback"}, CallOutcome.CALLBACK),
        ({"purpose": "callback", "talked": True}, CallOutcome.SERVED),
        ({"purpose": "status"}, CallOutcome.MISSED),
        ({"purpose": "status", "followed": True}, CallOutcome.SERVED),
        ({"finished": True}, CallOutcome.SERVED),
        ({"purpose": "emergency", "code": CODE}, CallOutcome.EMERGENCY),
        ({"purpose": "emergency", "finished": True}, CallOutcome.EMERGENCY),
    ],
)
def test_who_is_owed_a_call(facts: dict[str, object], outcome: CallOutcome) -> None:
    assert outcome_of(record(**facts)) is outcome


def test_who_wants_no_calls_of_a_machine_says_so_once(tmp_path: Path) -> None:
    """Beside the call itself; at the address from which the machine calls."""
    body = (PAYLOADS / "out__no_more_calls.json").read_bytes()
    delivery, items = channel(tmp_path).compose(body)

    called, refused = channel(tmp_path).parse(delivery, items[0])

    assert isinstance(called, InboundMessage)
    assert isinstance(refused, Standing)
    assert (refused.account, refused.address.value, refused.reachable) == (MACHINE, "+84900000001", False)


def test_a_recording_that_the_disk_cut_says_so() -> None:
    """Whoever listens knows that something is missing."""
    held = [{"part": "whole", "file": "whole.wav"}, {"part": "what", "file": "what.wav", "complete": False}]
    message = to_message(record(recordings=held), hash_pin=lambda pin, code: f"{pin}/{code}")

    names = [attachment.name for attachment in message.attachments]
    assert names == ["Toàn bộ cuộc gọi.wav", "Nội dung phản ánh (thiếu một phần).wav"]


async def test_recordings_are_fetched_and_let_go(tmp_path: Path) -> None:
    spool, ours = Spool(tmp_path), channel(tmp_path)
    content = wav(spool.begin(record()) / "what.wav")
    source = source_of(CALL, "what.wav")

    assert await ours.fetch(source, most=len(content)) == content
    with pytest.raises(MessageInvalid):
        await ours.fetch(source, most=len(content) - 1)
    await ours.let_go(source)
    with pytest.raises(ProviderRefused):
        await ours.fetch(source, most=len(content))


async def test_news_goes_another_way(tmp_path: Path) -> None:
    to = Address(channel=CHANNEL, account="main", value="+84900000001")
    message = OutboundMessage(id="m1", channel=CHANNEL, account="main", recipient=to, text="Đã có kết quả.")

    assert (await channel(tmp_path).send(message)).provider_message_id == "m1"
    with pytest.raises(RecipientUnreachable):
        await channel(tmp_path).send(message.model_copy(update={"purpose": "notice"}))


async def test_how_it_is(tmp_path: Path) -> None:
    clock = [0.0]
    ours = channel(tmp_path, clock)
    assert await ours.check_health() == STARTING
    clock[0] = 11.0
    assert await ours.check_health() == AWAY
    up = TelephonyStatus(pid=1, listening="127.0.0.1:5060", calls=2)
    ours.note(up)
    assert (ours.status, (await ours.check_health()).ok) == (up, True)
    ours.note(up.model_copy(update={"lines": (Line(name="viettel", state="down", problem="sai mật khẩu"),)}))
    assert "viettel: sai mật khẩu" in (await ours.check_health()).detail
    ours.note(up.model_copy(update={"listening": ""}))
    assert not (await ours.check_health()).ok
    clock[0] = 22.0
    assert ours.status is None


async def test_several_processes_are_one_hotline(tmp_path: Path) -> None:
    """Calls add up; while one is silent, or has no address, somebody's call may not be heard, and that is said."""
    clock = [0.0]
    ours = CallCenterChannel(
        secret=SECRET, spool=Spool(tmp_path), hash_pin=lambda pin, _: pin, monotonic=lambda: clock[0], nodes=2
    )
    first = TelephonyStatus(pid=1, listening="127.0.0.1:5061", calls=2, late_ms=1.5)
    second = first.model_copy(update={"node": 2, "pid": 2, "listening": "127.0.0.1:5062", "late_ms": 3.0})

    ours.note(first)
    assert ours.status is not None
    assert (ours.status.silent, ours.status.listening) == ((2,), "")
    assert "số 2 không trả lời" in (await ours.check_health()).detail
    ours.note(second)
    assert (ours.status.calls, ours.status.late_ms) == (4, 3.0)
    assert ours.status.listening == "127.0.0.1:5061, 127.0.0.1:5062"
    assert (await ours.check_health()).ok
    ours.note(second.model_copy(update={"listening": ""}))
    assert not ours.status.listening
    clock[0] = 9.0
    ours.note(second)
    clock[0] = 11.0
    assert ours.status.silent == (1,)
