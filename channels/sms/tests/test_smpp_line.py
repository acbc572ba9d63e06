"""The line to a message centre: bound, asked, lost, bound again, and never too fast."""

from __future__ import annotations

from typing import Any

import pytest
import structlog

from channels.sms.adapter import LineSmsChannel, open_sms
from channels.sms.sandbox import Network, Secrets
from channels.sms.sandbox.smsc import MessageCentre
from channels.sms.settings import SmppSettings
from channels.sms.smpp.line import Pace
from channels.sms.smpp.pdu import Broken, cut_up, read
from channels.sms.tests.builders import (
    PAYLOADS,
    Store,
    carrier,
    is_well,
    meaning,
    outbound,
    sandboxed,
    settings,
)
from core.contract.errors import (
    ChannelMisconfigured,
    ConnectionFailed,
    NeedsReauth,
    Throttled,
)
from core.contract.schema import InboundMessage
from tests.support.waiting import until


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
            await until(lambda: is_well(opened), "the line")
            await opened.send(outbound("y", name="smpp"))

    assert [line["event"] for line in lines] == ["sms_line_up", "sms_line_down", "sms_line_up"]


async def _is_down(opened: Any) -> bool:
    return not await is_well(opened)


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
        await until(lambda: is_well(opened), "the next line")


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


@pytest.mark.parametrize("body", [b"\0" * 15, b"\0\0\0\x0f" + bytes(12), b"\xff\xff\xff\xff" + bytes(12), bytes(40)])
def test_what_is_no_pdu_is_told(body: bytes) -> None:
    """Nobody can say where the next one begins."""
    with pytest.raises(Broken):
        cut_up(body)


def test_recorded_pdus_have_the_header_they_claim() -> None:
    """Each file is whole PDUs and nothing else."""
    for path in PAYLOADS.glob("smpp_*.hex"):
        assert all(read(raw).command == 5 for raw in cut_up(bytes.fromhex(path.read_text()))), path.name
    assert isinstance(meaning("smpp_message__gsm"), InboundMessage)
