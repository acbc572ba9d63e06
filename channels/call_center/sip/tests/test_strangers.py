"""Who is heard and who is not; bytes that are no SIP; streams."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from channels.call_center.ports import Answered, Call
from channels.call_center.sip import TrunkSettings
from channels.call_center.sip.framing import MAX_HEADERS
from channels.call_center.sip.tests.lines import Line, a_line
from channels.call_center.sip.tests.raw import LOOPBACK, RawPhone, a_phone, sdp
from tests.support.waiting import until

OTHERS = TrunkSettings(peers=("192.0.2.0/24",))
PUBLIC = TrunkSettings(public=True)
SCANNER = "User-Agent: friendly-scanner\r\n"


def count(line: Line, name: str) -> int:
    """A counter of the endpoint."""
    return line.trunk.endpoint.counters[name]


@pytest.mark.parametrize("method", ["INVITE", "OPTIONS", "REGISTER", "BYE", "CANCEL", "ACK"])
async def test_strangers_hear_nothing(method: str) -> None:
    """To an address that no trunk lists nobody is here: not even an error."""
    async with a_line(settings=OTHERS) as line, a_phone(line.port) as phone:
        phone.send(phone.build(method, body=sdp() if method == "INVITE" else ""))
        phone.send(b"INVITE sip:1 SIP/2.0\r\n\r\n")
        phone.send(phone.build("OPTIONS", branch="last", to_tag="x"))
        await until(lambda: count(line, "strangers") >= (1 if method == "ACK" else 2), "all were dropped")

        assert phone.count == 0
        assert line.calls == []


async def test_a_scanner_hears_nothing_while_telephones_beside_it_do() -> None:
    """By its name, also from an address of a peer; the same address may call meanwhile."""
    async with a_line() as line, a_phone(line.port) as scanner, a_phone(line.port) as phone:
        for number in range(200):
            scanner.send(scanner.build("INVITE", call=f"quet-{number}", branch=f"q{number}", body=sdp(), more=SCANNER))
        await phone.call()

        await until(lambda: count(line, "scanners") == 200, "all were dropped")
        await until(lambda: line.events() == [Answered()], "the call is up")
        assert scanner.count == 0


async def test_a_flood_is_throttled_source_by_source() -> None:
    """Many questions from one socket are dropped after a while; a call from another gets through."""
    async with a_line() as line, a_phone(line.port) as flood, a_phone(line.port) as phone:
        for number in range(500):
            flood.send(flood.build("OPTIONS", call=f"hoi-{number}", branch=f"h{number}"))
        await until(lambda: count(line, "throttled") > 300, "the flood is dropped")
        await phone.call()

        await until(lambda: line.events() == [Answered()], "the call is up")
        assert flood.count < 200


async def test_a_public_line_soon_hears_no_more_of_who_tries_numbers() -> None:
    """Each number that is not there costs; a listed peer would not be held back."""

    async def unknown(call: Call) -> None:
        await call.reject(404)

    async with a_line(unknown, settings=PUBLIC) as line, a_phone(line.port) as phone:
        for number in range(50):
            phone.send(phone.build("INVITE", call=f"so-{number}", branch=f"s{number}", body=sdp()))
        await until(lambda: count(line, "throttled") > 40, "it is dropped")

        assert len(line.calls) < 10


async def test_who_tries_numbers_on_this_machine_is_told_apart_by_port() -> None:
    """The programs of one machine share its address: one that scans does not silence the others."""

    async def only_ours(call: Call) -> None:
        await (call.answer() if call.called == "1022" else call.reject(404))

    async with a_line(only_ours) as line, a_phone(line.port) as scanner, a_phone(line.port) as phone:
        for number in range(50):
            wrong = scanner.build("INVITE", call=f"so-{number}", branch=f"s{number}", body=sdp())
            scanner.send(wrong.replace("sip:1022@", f"sip:{100 + number}@", 1))
            await asyncio.sleep(0)
        await until(lambda: count(line, "throttled") > 20, "it is dropped")
        await phone.call()

        await until(lambda: line.calls[-1].called == "1022" and line.events(-1) == [Answered()], "the call is up")


async def test_new_calls_faster_than_we_can_are_told_to_come_again() -> None:
    """503 with Retry-After beyond the set-up rate."""
    async with a_line(setups_per_s=0.001, setups_burst=2) as line, a_phone(line.port) as phone:
        for number in range(3):
            phone.send(phone.build("INVITE", call=f"nhanh-{number}", branch=f"n{number}", body=sdp()))
        refusal = await phone.status(503)

        assert refusal.get_header("retry-after") == "10"
        assert len(line.legs) == 2


async def test_a_draining_node_says_so() -> None:
    """OPTIONS and INVITE get 503 while the last call goes on; then the trunk stops."""
    async with a_line() as line, a_phone(line.port) as phone:
        tag = await phone.call()
        stopping = asyncio.ensure_future(line.trunk.stop(drain_s=30))
        await until(lambda: line.trunk.draining, "it drains")
        phone.send(phone.build("OPTIONS", branch="o", call="khac"))
        await phone.status(503)
        phone.send(phone.build("INVITE", branch="p", call="khac", body=sdp()))
        await phone.status(503)
        assert not stopping.done()
        phone.send(phone.build("BYE", number=2, branch="z", to_tag=tag))
        await phone.status(200)
        await stopping


MALFORMED = {
    "no Via": ("Via", "X-Via", None),
    "no Call-ID": ("Call-ID", "X-Id", None),
    "no CSeq": ("CSeq", "X-CSeq", None),
    "CSeq of another method": ("CSeq: 1 OPTIONS", "CSeq: 1 INVITE", 400),
    "CSeq too large": ("CSeq: 1 ", "CSeq: 9999999999 ", 400),
    "CSeq without a number": ("CSeq: 1 OPTIONS", "CSeq: OPTIONS", 400),
    "negative length": ("Content-Length: 0", "Content-Length: -999", 400),
    "too great a length": ("Content-Length: 0", "Content-Length: 9999", 400),
    "length in letters": ("Content-Length: 0", "Content-Length: không", 400),
    "From twice": ("From:", "From: <sip:b@example.vn>\r\nFrom:", 400),
    "open quote": ("From: <", 'From: "An <', 400),
    "open bracket": ("From: <", "From: <<", 400),
    "another version": (" SIP/2.0\r\nVia", " SIP/7.0\r\nVia", 505),
    "Via port too large": (f"UDP {LOOPBACK}:", f"UDP {LOOPBACK}:99999", None),
    "Via of another protocol": ("SIP/2.0/UDP", "HTTP/1.1/TCP", None),
    "two spaces in the first line": ("OPTIONS sip:", "OPTIONS  sip:", None),
    "no version": (" SIP/2.0\r\nVia", "\r\nVia", None),
}  # fmt: skip


async def test_a_damaged_cancel_is_refused_like_everything_else() -> None:
    """Its INVITE is looked for only where it can be read."""
    async with a_line() as line, a_phone(line.port) as phone:
        phone.send(
            phone.build("CANCEL", via=f"SIP/2.0/UDP {LOOPBACK}:{phone.port};branch=1;rport").replace(
                "CSeq: 1", "CSeq: x"
            )
        )
        await phone.status(400)
        await phone.call()

        assert count(line, "failed") == 0


@pytest.mark.parametrize("fault", MALFORMED)
async def test_what_is_malformed_is_refused_or_dropped_and_harms_nobody(fault: str) -> None:
    """400 where there is somebody to tell, silence where there is not (torture tests of RFC 4475 among them)."""
    old, new, status = MALFORMED[fault]
    async with a_line() as line, a_phone(line.port) as phone:
        broken = phone.build("OPTIONS").replace(old, new, 1)
        assert broken != phone.build("OPTIONS")
        phone.send(broken)
        if status:
            await phone.status(status)
        await until(lambda: count(line, "malformed") == 1, "it was noticed")
        await phone.call()

        assert count(line, "malformed") == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"\0",
        b"\xff" * 1000,
        b"SIP/2.0\r\n\r\n",
        b"SIP/2.0 999 Lots\r\n\r\n",
        b"OPTIONS",
        b"A" * 65_000,
    ],
)
async def test_what_is_no_sip_at_all_is_dropped(data: bytes) -> None:
    """Keep-alives and noise: no answer, and the next call is taken."""
    async with a_line() as line, a_phone(line.port) as phone:
        phone.send(data)
        await phone.call()

        assert len(line.calls) == 1
        assert phone.count >= 2  # 100 and 200, of the call


async def test_answers_to_nothing_are_dropped() -> None:
    """A response that no request of ours waits for."""
    async with a_line() as line, a_phone(line.port) as phone:
        for text in ("200 OK", "401 Unauthorized", "180 Ringing"):
            phone.send(
                phone.build("INVITE").replace(f"INVITE sip:1022@{LOOPBACK}:{line.port} SIP/2.0", f"SIP/2.0 {text}")
            )
        await phone.call()

        assert line.trunk.endpoint.transactions.strays == 3


async def open_stream(line: Line) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A TCP connection to a line."""
    return await asyncio.open_connection(LOOPBACK, line.port)


def over_tcp(phone: RawPhone, method: str, branch: str, **more: str) -> bytes:
    """A request as it goes over TCP."""
    via = f"SIP/2.0/TCP {LOOPBACK}:{phone.port};branch=z9hG4bK{branch};rport"
    return phone.build(method, via=via, **more).encode()


async def test_messages_in_a_stream_are_cut_by_their_length() -> None:
    """Two in one piece, one in single bytes, keep-alives between them: each is answered once."""
    async with a_line() as line, a_phone(line.port) as phone:
        reader, writer = await open_stream(line)
        writer.write(over_tcp(phone, "OPTIONS", "mot") + b"\r\n\r\n" + over_tcp(phone, "OPTIONS", "hai", body="thừa"))
        for byte in over_tcp(phone, "OPTIONS", "ba"):
            writer.write(bytes([byte]))
            await writer.drain()
        said = b""
        while said.count(b"SIP/2.0 200") < 3:
            said += await reader.read(4096)
        writer.close()

        assert [said.count(b"z9hG4bK" + branch) for branch in (b"mot", b"hai", b"ba")] == [1, 1, 1]
        assert said.startswith(b"\r\nSIP/2.0")  # the keep-alive was answered with one CRLF


@pytest.mark.parametrize(
    "flood",
    [
        b"A" * (MAX_HEADERS + 10),
        b"OPTIONS sip:a SIP/2.0\r\nContent-Length: 99999999\r\n\r\n",
        b"OPTIONS sip:a SIP/2.0\r\nContent-Length: 1\r\nl: 2\r\n\r\n",
    ],
)
async def test_a_stream_that_cannot_be_cut_is_closed(flood: bytes) -> None:
    """Headers without end, a body beyond all measure, two lengths."""
    async with a_line() as line:
        reader, writer = await open_stream(line)
        writer.write(flood)

        assert await reader.read() == b""
        writer.close()


async def test_strangers_cannot_hold_connections() -> None:
    """Closed before a byte is read: nobody can take those that a peer needs."""
    async with a_line(settings=OTHERS) as line:
        reader, writer = await open_stream(line)
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()


async def test_a_connection_that_breaks_in_mid_call_leaves_the_call_alone() -> None:
    """The dialog does not hang on its connection: our BYE opens another to the Contact."""
    async with a_line() as line, a_phone(line.port) as phone:
        goodbyes: list[bytes] = []

        async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            goodbyes.append(await reader.readuntil(b"\r\n\r\n"))
            writer.close()

        server = await asyncio.start_server(served, LOOPBACK, 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await open_stream(line)
        contact = f"Contact: <sip:an@{LOOPBACK}:{port};transport=tcp>"
        invite = over_tcp(phone, "INVITE", "a", body=sdp()).decode()
        writer.write(invite.replace(f"Contact: <sip:0900000001@{LOOPBACK}:{phone.port}>", contact).encode())
        said = await reader.readuntil(b"SIP/2.0 200")
        said += await reader.readuntil(b"\r\n\r\n")
        to_tag = said.split(b"\r\nTo: ")[-1].split(b";tag=")[1].split(b"\r\n")[0].decode()
        writer.write(over_tcp(phone, "ACK", "b", to_tag=to_tag))
        await until(lambda: line.events() == [Answered()], "the call is up")
        writer.close()
        await until(lambda: line.calls[0].near.closing, "the connection is gone")  # type: ignore[attr-defined]
        await line.calls[0].hangup()
        await until(lambda: goodbyes, "the BYE by another connection")
        server.close()

        assert goodbyes[0].startswith(b"BYE ")
