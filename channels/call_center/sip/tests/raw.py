"""A telephone without a mind: it sends what it is given and shows what it gets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiosipua import SipMessage, SipRequest, SipResponse

LOOPBACK = "127.0.0.1"
PATIENCE = 20.0
G711 = (
    "v=0\r\no=- 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na={direction}\r\n"
)


def sdp(direction: str = "sendrecv", version: int = 1) -> str:
    """An ordinary description."""
    return G711.format(direction=direction, version=version)


class RawPhone(asyncio.DatagramProtocol):
    """One UDP socket; `target` is whom it calls, `answer` what they said last to a call."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.got: asyncio.Queue[SipRequest | SipResponse] = asyncio.Queue()
        self.count = 0
        self.answer: SipResponse | None = None
        self._seen: set[tuple[str, ...]] = set()
        self._wire: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = transport  # type: ignore[assignment]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.count += 1
        self.got.put_nowait(SipMessage.parse(data))

    @property
    def port(self) -> int:
        assert self._wire
        return int(self._wire.get_extra_info("sockname")[1])

    def send(self, message: str | bytes) -> None:
        """One datagram."""
        assert self._wire
        self._wire.sendto(message.encode() if isinstance(message, str) else message, (LOOPBACK, self.target))

    async def get(self) -> SipRequest | SipResponse:
        """The next message, whatever it is."""
        async with asyncio.timeout(PATIENCE):
            return await self.got.get()

    async def status(self, wanted: int, *, copies: bool = False) -> SipResponse:
        """The next answer with this status; others are passed over, and so are copies unless they are wanted."""
        while True:
            message = await self.get()
            if not isinstance(message, SipResponse) or message.status_code != wanted:
                continue
            if self._is_new(str(wanted), message) or copies:
                return message

    async def request(self, method: str) -> SipRequest:
        """The next new request of this method; copies, and everything else, are passed over."""
        while True:
            message = await self.get()
            if isinstance(message, SipRequest) and message.method == method and self._is_new(method, message):
                return message

    def _is_new(self, kind: str, message: SipRequest | SipResponse) -> bool:
        """Whether nothing of the same transaction was seen that said the same."""
        key = (kind, message.via[0].branch or "", message.get_header("to") or "")
        new = key not in self._seen
        self._seen.add(key)
        return new

    def build(
        self, method: str, *, number: int = 1, branch: str = "a", call: str = "goi-1", to_tag: str = "", body: str = "",
        more: str = "", via: str = "", from_: str = "<sip:0900000001@example.vn>;tag=toi",
    ) -> str:  # fmt: skip
        """A request; `more` are further header lines."""
        via = via or f"SIP/2.0/UDP {LOOPBACK}:{self.port};branch=z9hG4bK{branch};rport"
        kind = "Content-Type: application/sdp\r\n" if body else ""
        return (
            f"{method} sip:1022@{LOOPBACK}:{self.target} SIP/2.0\r\nVia: {via}\r\nFrom: {from_}\r\n"
            f"To: <sip:1022@{LOOPBACK}>{f';tag={to_tag}' if to_tag else ''}\r\nCall-ID: {call}\r\n"
            f"CSeq: {number} {method}\r\nContact: <sip:0900000001@{LOOPBACK}:{self.port}>\r\nMax-Forwards: 70\r\n"
            f"{more}{kind}Content-Length: {len(body.encode())}\r\n\r\n{body}"
        )

    async def call(self, *, call: str = "goi-1", more: str = "", ack: bool = True, body: str = "") -> str:
        """Set up a call; the tag of the other side."""
        self.send(self.build("INVITE", call=call, branch=f"{call}-1", body=body or sdp(), more=more))
        answer = self.answer = await self.status(200)
        tag = tag_of(answer)
        if ack:
            self.send(self.build("ACK", call=call, branch=f"{call}-ack", to_tag=tag))
        return tag

    def reply(self, request: SipRequest, status: str, *, tag: str = "ho", body: str = "", more: str = "") -> None:
        """Answer one of theirs."""
        to = request.get_header("to") or ""
        vias = "".join(f"Via: {via}\r\n" for via in request.get_header_values("via"))
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self.send(
            f"SIP/2.0 {status}\r\n{vias}From: {request.get_header('from')}\r\n"
            f"To: {to if 'tag=' in to else f'{to};tag={tag}'}\r\nCall-ID: {request.get_header('call-id')}\r\n"
            f"CSeq: {request.get_header('cseq')}\r\nContact: <sip:ho@{LOOPBACK}:{self.port}>\r\n"
            f"{more}{kind}Content-Length: {len(body.encode())}\r\n\r\n{body}"
        )


def tag_of(answer: SipResponse) -> str:
    """Their tag."""
    address = answer.to_addr
    return (address.tag if address else "") or ""


@asynccontextmanager
async def a_phone(target: int = 0) -> AsyncIterator[RawPhone]:
    """A phone on a port of its own."""
    loop = asyncio.get_running_loop()
    wire, phone = await loop.create_datagram_endpoint(lambda: RawPhone(target), local_addr=(LOOPBACK, 0))
    try:
        yield phone
    finally:
        wire.close()
