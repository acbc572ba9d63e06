"""Where a name is served, told by a real name server on the loopback, and what is done when one place is silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from channels.call_center.ports import TrunkState
from channels.call_center.sip import EndpointSettings, SipEndpoint, SipTrunk, TrunkSettings
from channels.call_center.sip.locating import KEPT_S, Locator, in_order
from channels.call_center.sip.tests.fake_media import FakeMedia
from channels.call_center.sip.tests.lines import FAST, LOOPBACK, a_line
from tests.support.servers.ports import free_port
from tests.support.waiting import until

HOST = "sip.example.vn"


class Names(asyncio.DatagramProtocol):
    """A name server; `asked` are its questions."""

    def __init__(self, records: dict[tuple[str, str], list[str]]) -> None:
        self.records, self.asked = records, 0
        self.deaf = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.asked += 1
        question = dns.message.from_wire(data)
        answer = dns.message.make_response(question)
        (asked,) = question.question
        kind = dns.rdatatype.to_text(asked.rdtype)
        found = self.records.get((str(asked.name).rstrip("."), kind))
        if found:
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *found))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        if not self.deaf:
            self.transport.sendto(answer.to_wire(), addr)

    def resolver(self) -> dns.asyncresolver.Resolver:
        made = dns.asyncresolver.Resolver(configure=False)
        made.nameservers = [LOOPBACK]
        made.port = self.transport.get_extra_info("sockname")[1]
        made.lifetime = 0.5
        return made


@pytest.fixture
async def names() -> AsyncIterator[Names]:
    loop = asyncio.get_running_loop()
    transport, made = await loop.create_datagram_endpoint(lambda: Names({}), local_addr=(LOOPBACK, 0))
    yield made
    transport.close()


@pytest.mark.parametrize(
    ("host", "port", "expected"),
    [
        (HOST, 5070, (HOST, 5070)),
        ("192.0.2.1", None, ("192.0.2.1", 5060)),
        ("2001:db8::1", 5080, ("2001:db8::1", 5080)),
    ],
)
async def test_what_is_said_is_not_looked_up(
    names: Names, host: str, port: int | None, expected: tuple[str, int]
) -> None:
    assert await Locator(names.resolver()).places(host, port, "udp") == [expected]
    assert names.asked == 0


async def test_srv_names_the_places_in_their_order(names: Names) -> None:
    names.records["_sip._udp." + HOST, "SRV"] = ["20 0 5062 b.example.vn.", "10 0 5061 a.example.vn."]

    places = await Locator(names.resolver()).places(HOST, None, "udp")

    assert places == [("a.example.vn", 5061), ("b.example.vn", 5062)]


async def test_naptr_names_the_srv(names: Names) -> None:
    """The best of those for our transport."""
    names.records[HOST, "NAPTR"] = [
        '20 10 "s" "SIP+D2T" "" later.example.vn.',
        '10 20 "s" "SIP+D2T" "" best.example.vn.',
        '5 10 "s" "SIP+D2U" "" udp.example.vn.',
    ]
    names.records["best.example.vn", "SRV"] = ["1 1 5099 c.example.vn."]

    assert await Locator(names.resolver()).places(HOST, None, "tcp") == [("c.example.vn", 5099)]


@pytest.mark.parametrize(("transport", "port"), [("udp", 5060), ("tcp", 5060), ("tls", 5061)])
async def test_a_name_without_records_is_its_own_place(names: Names, transport: Any, port: int) -> None:
    assert await Locator(names.resolver()).places(HOST, None, transport) == [(HOST, port)]


async def test_a_server_that_is_silent_holds_nobody_up_twice(names: Names) -> None:
    names.deaf, clock = True, [0.0]
    locator = Locator(names.resolver(), now=lambda: clock[0])

    assert await locator.places(HOST, None, "udp") == [(HOST, 5060)]
    asked = names.asked
    assert await locator.places(HOST, None, "udp") == [(HOST, 5060)]
    assert names.asked == asked
    clock[0] = KEPT_S[0] + 1
    names.deaf = False
    names.records["_sip._udp." + HOST, "SRV"] = ["1 1 5061 a.example.vn."]
    assert await locator.places(HOST, None, "udp") == [("a.example.vn", 5061)]


def test_the_heavier_come_first_more_often() -> None:
    records = [SimpleNamespace(priority=1, weight=weight) for weight in (90, 10)]
    heavy = sum(in_order(records)[0].weight == 90 for _ in range(300))

    assert 200 < heavy < 300


async def test_a_line_goes_to_the_next_place_when_the_first_is_silent(names: Names) -> None:
    """Nobody is at the first; OPTIONS find the second, and calls go there."""
    async with a_line() as second:
        names.records["_sip._udp." + HOST, "SRV"] = [
            f"1 0 {free_port()} localhost.", f"2 0 {second.port} localhost."
        ]  # fmt: skip
        endpoint = SipEndpoint(EndpointSettings(host=LOOPBACK, port=0, timers=FAST), locator=Locator(names.resolver()))
        settings = TrunkSettings(host=HOST, port=0, options_s=0.1, silence_s=1)
        trunk = SipTrunk("thu", settings, endpoint=endpoint, media=FakeMedia())
        await trunk.start()
        await until(lambda: trunk.status().state is TrunkState.UP, "the second answers")
        call = await trunk.dial("1022", caller="0900000001")
        assert len(second.calls) == 1
        await call.hangup()
        await trunk.stop()
