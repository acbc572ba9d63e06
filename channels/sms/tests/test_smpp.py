"""The line to a message centre: bind, send, receive, reports, and what happens when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import smpp34
import structlog

from channels.sms.adapter import LineSmsChannel, open_sms
from channels.sms.carrier import Submission
from channels.sms.sandbox import Mood, Network, Secrets
from channels.sms.sandbox.smsc import MessageCentre
from channels.sms.settings import SmppSettings
from channels.sms.smpp import outgoing
from channels.sms.smpp.line import Pace
from channels.sms.smpp.pdu import Broken, cut_up, read
from channels.sms.tests.builders import (
    CITIZEN,
    NOON,
    PAYLOADS,
    SECRETS,
    Store,
    carrier,
    meaning,
    outbound,
    sandboxed,
    settings,
)
from core.contract.errors import (
    ChannelMisconfigured,
    ConnectionFailed,
    IntakeUnavailable,
    NeedsReauth,
    OutcomeUnknown,
    ProviderRefused,
    RecipientUnreachable,
    SendError,
    TemporarySendError,
    Throttled,
)
from core.contract.ports import ListeningChannel
from core.contract.schema import DeliveryReceipt, DeliveryStatus, InboundMessage
from tests.support.waiting import until

LONG = "Đường Lê Lợi ngập sâu trước số nhà 12, xe máy không qua được, đề nghị cơ quan chức năng xử lý sớm. 🌊 " * 3


def texts(store: Store) -> list[str]:
    """What the gateway would make of what was stored."""
    found = []
    opened = open_sms(settings("smpp"), clock=lambda: NOON)
    for delivery, items in store.kept:
        for item in items:
            for parsed in opened.parse(delivery, item):
                assert isinstance(parsed, InboundMessage)
                found.append(parsed.text)
    return found


@pytest.mark.parametrize("text", ["Xin chào", "bao o ga", LONG.strip(), "Giá €5 {x}", "a" * 161])
async def test_what_a_citizen_writes_is_stored_whole_before_it_is_confirmed(text: str) -> None:
    """In one part or in several."""
    store = Store()
    async with sandboxed("smpp", store=store) as (opened, sandbox):
        assert isinstance(opened, ListeningChannel)
        assert await sandbox.say(CITIZEN, text) == 0

    assert texts(store) == [text]


async def test_a_payload_is_a_message_too() -> None:
    """Some centres send long messages in one PDU."""
    store = Store()
    async with sandboxed("smpp", store=store) as (_, sandbox):
        sandbox.centre.concatenation = "payload"
        assert await sandbox.say(CITIZEN, LONG) == 0

    assert texts(store) == [LONG.strip()]


async def test_what_cannot_be_stored_is_not_confirmed() -> None:
    """The centre keeps it and sends it again; the line stays open."""
    store = Store(IntakeUnavailable("no disk"))
    async with sandboxed("smpp", store=store) as (_, sandbox):
        assert await sandbox.say(CITIZEN, LONG) == 0x64
        store.failure = None
        assert await sandbox.say(CITIZEN, LONG) == 0

    assert texts(store) == [LONG.strip()]


async def test_parts_that_do_not_come_are_not_waited_for_long() -> None:
    """What has come is stored, part by part, and confirmed."""
    store = Store()
    part = {"source_addr": "84900000001", "destination_addr": "8100", "esm_class": 0x40}
    async with sandboxed("smpp", store=store, parts_seconds=0.05) as (_, sandbox):
        [session] = sandbox.centre.sessions
        pdus = [{**part, "short_message": bytes([5, 0, 3, 9, 3, number]) + b"phan %d" % number} for number in (1, 3)]
        assert await session.deliver(pdus) == [0, 0]

    assert texts(store) == ["phan 1", "phan 3"]


async def test_parts_out_of_order_and_repeated_are_put_together() -> None:
    """The last first, and the first twice; every PDU is confirmed."""
    store = Store()
    part = {"source_addr": "84900000001", "destination_addr": "8100", "esm_class": 0x40}
    numbers = (3, 1, 1, 2)
    async with sandboxed("smpp", store=store) as (_, sandbox):
        [session] = sandbox.centre.sessions
        pdus = [{**part, "short_message": bytes([5, 0, 3, 9, 3, number]) + b"<%d>" % number} for number in numbers]
        assert await session.deliver(pdus) == [0, 0, 0, 0]

    assert texts(store) == ["<1><2><3>"]


async def test_a_stop_stores_the_parts_that_are_there() -> None:
    """And unbinds, once."""
    store = Store()
    part = {"source_addr": "84900000001", "destination_addr": "8100", "esm_class": 0x40}
    async with sandboxed("smpp", store=store) as (opened, sandbox):
        assert isinstance(opened, LineSmsChannel)
        [session] = sandbox.centre.sessions
        answer = asyncio.create_task(session.deliver([{**part, "short_message": bytes([5, 0, 3, 9, 2, 1]) + b"mot"}]))
        await until(lambda: opened._line._assembler._wholes, "the part")
        await opened.stop()
        await opened.stop()
        await until(lambda: not sandbox.centre.sessions, "the unbind")
        with pytest.raises(ConnectionFailed):
            await opened.send(outbound("x", name="smpp"))
        assert await answer == [0]

    assert texts(store) == ["mot"]


async def test_an_unreadable_pdu_is_kept_for_a_person() -> None:
    """Confirmed, or the centre would send it for ever."""
    store = Store()
    async with sandboxed("smpp", store=store) as (opened, sandbox):
        [session] = sandbox.centre.sessions
        assert await session.deliver([{"source_addr": "\x01?", "destination_addr": "8100", "short_message": b"x"}]) == [
            0
        ]

    [(delivery, [item])] = store.kept
    assert item.dedupe_key.startswith("unsplit:")
    with pytest.raises(Exception, match="telephone"):
        opened.parse(delivery, item)


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
        await until(lambda: _is_well(opened), "the line")
        await opened.send(outbound("y", name="smpp"))

    assert (type(failure.value), failure.value.provider_code) == (expected, code)


async def _is_well(opened: Any) -> bool:
    return bool((await opened.check_health()).ok)


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


async def test_a_lost_line_is_bound_again_and_said_once() -> None:
    """Once down, once up, however many attempts there were."""
    with structlog.testing.capture_logs() as lines:
        async with sandboxed("smpp", reconnect_seconds=0.05) as (opened, sandbox):
            port = sandbox.centre.address[1]
            await sandbox.centre.stop()
            await until(lambda: _is_down(opened), "the loss")
            with pytest.raises(ConnectionFailed):
                await opened.send(outbound("x", name="smpp"))
            await sandbox.centre.start(port)
            await until(lambda: _is_well(opened), "the line")
            await opened.send(outbound("y", name="smpp"))

    assert [line["event"] for line in lines] == ["sms_line_up", "sms_line_down", "sms_line_up"]


async def _is_down(opened: Any) -> bool:
    return not await _is_well(opened)


async def test_a_wrong_password_needs_a_person() -> None:
    """Told by health and by every send; the line is tried again all the same."""
    sandbox_centre = MessageCentre(Network(secrets=Secrets()))
    await sandbox_centre.start()
    given = carrier("smpp", password="wrong", port=sandbox_centre.address[1])
    opened = open_sms(settings("smpp").model_copy(update={"carrier": SmppSettings.model_validate(given)}))
    with pytest.raises(NeedsReauth) as failure:
        await opened.send(outbound("x", name="smpp"))
    health = await opened.check_health()
    await opened.stop()
    await sandbox_centre.stop()

    assert issubclass(NeedsReauth, ChannelMisconfigured)
    assert failure.value.provider_code == "0xd"
    assert not health.ok


async def test_a_process_that_only_sends_hears_nothing_until_it_listens() -> None:
    """The worker's line is a transmitter; a process that listens binds as transceiver instead."""
    store = Store()
    async with sandboxed("smpp", store=store) as (listening, sandbox):
        sender = open_sms(listening.settings)
        await sender.send(outbound("x", name="smpp"))
        bound = sorted(session.bound_as for session in sandbox.centre.sessions)
        assert isinstance(sender, LineSmsChannel)
        await sender.start(store.accept)
        await until(lambda: [one.bound_as for one in sandbox.centre.sessions] == [9, 9], "the second transceiver")
        await sender.stop()

    assert bound == [2, 9]


async def test_the_line_is_asked_whether_it_is_alive() -> None:
    """And one that no longer answers is given up."""
    async with sandboxed("smpp", enquire_seconds=0.02, response_seconds=0.2) as (opened, sandbox):
        await until(lambda: sandbox.centre.enquiries >= 4, "enquiries")
        [session] = sandbox.centre.sessions
        session._answer = lambda *_, **__: None  # type: ignore[method-assign]
        await until(lambda: session not in sandbox.centre.sessions, "giving it up")
        await until(lambda: _is_well(opened), "the next line")


async def test_no_more_is_unanswered_than_the_window_allows() -> None:
    """Forty messages at once through a window of three, all arrive once."""
    async with sandboxed("smpp", window=3) as (opened, sandbox):
        sandbox.network.mood, sandbox.network.seconds = Mood.SLOW, 0.001
        sent = await asyncio.gather(*(opened.send(outbound(f"so {number}", name="smpp")) for number in range(40)))

    assert len({one.provider_message_id for one in sent}) == 40
    assert sorted(shown.text for shown in sandbox.network.phones.shown) == sorted(f"so {n}" for n in range(40))


async def test_the_pace_slows_down_and_recovers() -> None:
    """A centre that complains is left alone for a while; a queue that is too long goes back to the outbox."""
    pace = Pace(per_second=1000)
    slower = [pace.slow_down() for _ in range(3)]
    for _ in range(30):
        pace.speed_up()
    await pace.turn()

    assert slower == [0.002, 0.004, 0.008]
    assert pace._gap == 0.001
    slow = Pace(per_second=0.01)
    await slow.turn()
    with pytest.raises(Throttled) as failure:
        await slow.turn()
    assert 99 < failure.value.retry_after <= 100


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


@pytest.mark.parametrize("body", [b"\0" * 15, b"\0\0\0\x0f" + bytes(12), b"\xff\xff\xff\xff" + bytes(12), bytes(40)])
def test_what_is_no_pdu_is_told(body: bytes) -> None:
    """Nobody can say where the next one begins."""
    with pytest.raises(Broken):
        cut_up(body)


@asynccontextmanager
async def published_centre() -> AsyncIterator[tuple[smpp34.Server, int]]:
    """The library's own message centre, on a free port."""
    probe = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = int(probe.sockets[0].getsockname()[1])
    probe.close()
    await probe.wait_closed()
    server = smpp34.Server(host="127.0.0.1", port=port, system_id="MySMSC")
    await server.start()
    yield server, port
    await server.stop()


async def test_our_line_talks_to_the_published_centre() -> None:
    """Bind, message, report: another reading of the same standard."""
    store = Store()
    async with published_centre() as (server, port):
        given = carrier("smpp", port=port, answer_ids="text", receipt_ids="text")
        opened = open_sms(settings("smpp").model_copy(update={"carrier": SmppSettings.model_validate(given)}))
        assert isinstance(opened, LineSmsChannel)
        await opened.start(store.accept)
        esme = await server.next()
        assert isinstance(esme, smpp34.Esme)
        sending = asyncio.create_task(opened.send(outbound("Chào ạ", name="smpp")))
        event = await server.next()
        assert isinstance(event, smpp34.SubmitSmEvent)
        event.accept(message_id="abc")
        result = await sending
        report = await esme.deliver_sm(
            source_addr=event.destination_addr,
            destination_addr=event.source_addr,
            esm_class=4,
            short_message=b"id:abc stat:DELIVRD",
        )
        await opened.stop()

    [(delivery, [item])] = store.kept
    [parsed] = opened.parse(delivery, item)
    assert (bytes(event.short_message).decode("utf-16-be"), result.provider_message_id) == ("Chào ạ", "abc")
    assert report.is_success
    assert isinstance(parsed, DeliveryReceipt)
    assert (parsed.provider_message_id, parsed.status) == ("abc", DeliveryStatus.DELIVERED)


async def test_the_published_client_talks_to_the_sandbox() -> None:
    """Bind, message, report, and a citizen's message."""
    centre = MessageCentre(Network(secrets=SECRETS))
    await centre.start()
    host, port = centre.address
    client = smpp34.Client(
        host=host, port=port, system_id=SECRETS.system_id, password=SECRETS.password, bind_type="TRX"
    )
    smsc = await client.connect()
    answer = await smsc.submit_sm(
        destination_addr="84900000001", source_addr="8100", short_message=b"Chao", registered_delivery=1
    )
    reports = [await smsc.next(), await smsc.next()]
    said = await centre.say("84900000001", "bao o ga")
    message = await smsc.next()
    await smsc.unbind()
    await centre.stop()

    assert answer.is_success
    assert answer.message_id == "ABCDF0"
    assert all(isinstance(one, smpp34.DeliverSmEvent) for one in reports)
    assert said == 0
    assert isinstance(message, smpp34.DeliverSmEvent)
    assert bytes(message.short_message) == b"bao o ga"
    assert [shown.text for shown in centre.network.phones.shown] == ["Chao"]


def test_recorded_pdus_have_the_header_they_claim() -> None:
    """Each file is whole PDUs and nothing else."""
    for path in PAYLOADS.glob("smpp_*.hex"):
        assert all(read(raw).command == 5 for raw in cut_up(bytes.fromhex(path.read_text()))), path.name
    assert isinstance(meaning("smpp_message__gsm"), InboundMessage)
