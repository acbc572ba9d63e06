"""Whether a trunk is there: registration, OPTIONS, several trunks with failover."""

from __future__ import annotations

import asyncio

import pytest

from channels.call_center.ports import CallFailed, TrunkState
from channels.call_center.sip import EndpointSettings, SipEndpoint, SipTrunk, TrunkGroup, TrunkSettings
from channels.call_center.sip.tests.fake_media import FakeMedia
from channels.call_center.sip.tests.lines import FAST, Line, a_line
from channels.call_center.sip.tests.raw import LOOPBACK, RawPhone, a_phone, sdp
from tests.support.waiting import until


def towards(phone: RawPhone, **more: object) -> TrunkSettings:
    """A trunk that leads to a phone."""
    return TrunkSettings(**{"host": LOOPBACK, "port": phone.port, **more})  # type: ignore[arg-type]


def state(line: Line) -> TrunkState:
    """At this moment."""
    return line.trunk.status().state


async def test_a_line_that_only_takes_calls_is_up_while_it_listens() -> None:
    """Nobody to ask."""
    async with a_line() as line:
        assert state(line) is TrunkState.UP
        await line.trunk.stop()
        assert state(line) is TrunkState.IDLE


async def test_a_trunk_that_answers_options_is_up_until_it_does_not() -> None:
    """Any answer is a sign of life; silence and 503 are not; told once each way."""
    async with a_phone() as phone, a_line(settings=towards(phone, options_s=0.05)) as line:
        phone.target = line.port
        assert state(line) is TrunkState.DOWN
        phone.reply(await phone.request("OPTIONS"), "405 Method Not Allowed")
        await until(lambda: state(line) is TrunkState.UP, "it is up")
        assert (line.trunk.status().rtt_ms or 0) > 0
        phone.reply(await phone.request("OPTIONS"), "503 Service Unavailable")
        await until(lambda: state(line) is TrunkState.DOWN, "it is down")
        assert "không trả lời" in line.trunk.status().problem
        phone.reply(await phone.request("OPTIONS"), "200 OK")
        await until(lambda: state(line) is TrunkState.UP, "it is up again")
        assert line.trunk.status().problem == ""
        await until(lambda: state(line) is TrunkState.DOWN, "silence is noticed")


async def test_registering_once_more_and_taking_it_back() -> None:
    """401, then as long as they grant; at the end Expires 0."""
    settings = {"register": True, "user": "hotline", "password": "mat-khau", "domain": "example.vn", "options_s": 0}
    async with a_phone() as phone:
        async with a_line(settings=towards(phone, **settings)) as line:
            phone.target = line.port
            first = await phone.request("REGISTER")
            challenge = 'WWW-Authenticate: Digest realm="vn", nonce="n", qop="auth,auth-int", opaque="o"\r\n'
            phone.reply(first, "401 Unauthorized", more=challenge)
            second = await phone.request("REGISTER")
            phone.reply(second, "423 Interval Too Brief", more="Min-Expires: 3600\r\n")
            third = await phone.request("REGISTER")
            phone.reply(third, "200 OK", more="Expires: 3600\r\n")
            await until(lambda: state(line) is TrunkState.UP, "registered")
            stopping = asyncio.ensure_future(line.trunk.stop())
            last = await phone.request("REGISTER")
            phone.reply(last, "200 OK")
            await stopping

        assert 'opaque="o"' in (second.get_header("authorization") or "")
        assert [m.get_header("expires") for m in (first, second, third, last)] == ["600", "600", "3600", "0"]
        assert len({m.get_header("call-id") for m in (first, second, third, last)}) == 1
        numbers = [int((m.get_header("cseq") or "").split()[0]) for m in (first, second, third, last)]
        assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found"])
async def test_a_registrar_that_refuses_is_told_to_staff(status: str) -> None:
    """With what to look at; the account is not tried again at once."""
    settings = {"register": True, "user": "hotline", "password": "sai", "options_s": 0}
    async with a_phone() as phone, a_line(settings=towards(phone, **settings)) as line:
        phone.target = line.port
        phone.reply(await phone.request("REGISTER"), status)
        await until(lambda: line.trunk.status().problem, "it is told")

        assert state(line) is TrunkState.DOWN
        assert f"({status[:3]})" in line.trunk.status().problem


async def test_a_registrar_calls_back_over_the_connection_that_we_opened() -> None:
    """TCP behind a firewall: requests come the way our REGISTER went."""
    said: list[bytes] = []

    async def registrar(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = (await reader.readuntil(b"\r\n\r\n")).replace(b"Content-Length: 0\r\n", b"")
        head, _, rest = asked.partition(b"\r\n")
        assert head.startswith(b"REGISTER ")
        writer.write(b"SIP/2.0 200 OK\r\nExpires: 600\r\nContent-Length: 0\r\n" + rest)
        question = rest.replace(b" REGISTER", b" OPTIONS").replace(b"branch=z9hG4bK", b"branch=z9hG4bKq")
        writer.write(b"OPTIONS sip:hotline@127.0.0.1 SIP/2.0\r\nContent-Length: 0\r\n" + question)
        said.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    server = await asyncio.start_server(registrar, LOOPBACK, 0)
    port = server.sockets[0].getsockname()[1]
    settings = TrunkSettings(host=LOOPBACK, port=port, transport="tcp", register=True, user="hotline", options_s=0)
    async with a_line(settings=settings) as line:
        await until(lambda: said, "the answer")

        assert said[0].startswith(b"SIP/2.0 200 OK")
        assert state(line) is TrunkState.UP
    server.close()


async def test_a_carrier_that_answers_nonsense_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours in reading it does not end the asking."""
    monkeypatch.setattr("channels.call_center.sip.presence.LONGEST_PAUSE_S", 0.01)
    failures = iter([RuntimeError("hỏng")])

    def broken(answer: object, asked: int) -> float:
        for error in failures:
            raise error
        return 60.0

    monkeypatch.setattr("channels.call_center.sip.presence.granted", broken)
    settings = {"register": True, "user": "hotline", "options_s": 0}
    async with a_phone() as phone, a_line(settings=towards(phone, **settings)) as line:
        phone.target = line.port
        phone.reply(await phone.request("REGISTER"), "200 OK")
        phone.reply(await phone.request("REGISTER"), "200 OK")
        await until(lambda: state(line) is TrunkState.UP, "it goes on")


async def test_a_registrar_may_call_us_without_being_listed() -> None:
    """The host of a trunk is one of its peers."""
    async with a_phone() as phone, a_line(settings=towards(phone, options_s=0)) as line:
        phone.target = line.port
        await phone.call()

        assert len(line.calls) == 1


async def test_two_lines_of_one_carrier_are_told_apart_by_their_account() -> None:
    """The request URI names the account that was registered."""
    endpoint = SipEndpoint(EndpointSettings(port=0, timers=FAST))
    names = ("1022", "1023")
    trunks = [
        SipTrunk(name, TrunkSettings(peers=(LOOPBACK,), user=name), endpoint=endpoint, media=FakeMedia())
        for name in names
    ]
    group = TrunkGroup(trunks)
    await group.start()
    async with a_phone(endpoint.address[1]) as phone:
        for name in reversed(names):
            phone.send(
                phone.build("INVITE", call=name, branch=name, body=sdp()).replace("sip:1022@", f"sip:{name}@", 1)
            )
        calls = group.incoming()
        came = [(await anext(calls)).trunk for _ in names]
        await calls.aclose()  # type: ignore[attr-defined]
        assert group.status().calls == 2
    await group.stop()

    assert came == ["1023", "1022"]
    assert group.status().state is TrunkState.IDLE


async def test_a_call_goes_by_the_next_line_where_the_first_one_fails() -> None:
    """503 says something of the line, 486 something of the number."""
    async with a_phone() as first, a_phone() as second:
        endpoint = SipEndpoint(EndpointSettings(port=0, timers=FAST))
        legs = FakeMedia()
        group = TrunkGroup(
            [
                SipTrunk(name, towards(phone, options_s=0), endpoint=endpoint, media=legs)
                for name, phone in (("một", first), ("hai", second))
            ]
        )
        await group.start()
        first.target = second.target = endpoint.address[1]
        call = asyncio.ensure_future(group.dial("0900000002", caller="1022"))
        first.reply(await first.request("INVITE"), "503 Service Unavailable")
        second.reply(await second.request("INVITE"), "200 OK", body=sdp())
        made = await call
        busy = asyncio.ensure_future(group.dial("0900000003", caller="1022"))
        first.reply(await first.request("INVITE"), "486 Busy Here")
        with pytest.raises(CallFailed, match="486"):
            await busy
        assert made.trunk == "hai"
        assert group.status().counters["failed_over"] == 1
        await group.stop()


async def test_a_line_that_is_down_is_tried_last() -> None:
    """No caller waits for a carrier that is known to be away."""
    async with a_phone() as away, a_phone() as there:
        endpoint = SipEndpoint(EndpointSettings(port=0, timers=FAST))
        trunks = [
            SipTrunk("vắng", towards(away, options_s=60), endpoint=endpoint, media=FakeMedia()),
            SipTrunk("có", towards(there, options_s=0), endpoint=endpoint, media=FakeMedia()),
        ]
        group = TrunkGroup(trunks)
        await group.start()
        there.target = endpoint.address[1]
        call = asyncio.ensure_future(group.dial("0900000002", caller="1022"))
        there.reply(await there.request("INVITE"), "200 OK", body=sdp())

        assert (await call).trunk == "có"
        assert "INVITE" not in {message.method for message in away.got._queue}  # type: ignore[attr-defined]
        assert group.status().state is TrunkState.UP
        await group.stop()


async def test_a_group_that_cannot_start_leaves_nothing_open() -> None:
    """The address of the second is taken: the first one is closed again."""
    async with a_line() as line:
        free = SipEndpoint(EndpointSettings(port=0, timers=FAST))
        taken = SipEndpoint(EndpointSettings(port=line.port, timers=FAST))
        trunks = [SipTrunk("a", TrunkSettings(), endpoint=e, media=FakeMedia()) for e in (free, taken)]
        with pytest.raises(OSError, match="in use"):
            await TrunkGroup(trunks).start()

        assert all(trunk.status().state is TrunkState.IDLE for trunk in trunks)
