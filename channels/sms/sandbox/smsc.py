"""A carrier's message centre (SMPP 3.4): binds, keeps what is submitted, reports on it, delivers."""

from __future__ import annotations

import asyncio
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

import smpp34

from channels.sms.sandbox.moods import Mood
from channels.sms.sandbox.network import Network
from channels.sms.sandbox.phones import Shown, is_small, unpack

HOST = "127.0.0.1"
BINDS = {1, 2, 9}
SUBMIT, DELIVER, UNBIND, ENQUIRE = 4, 5, 6, 0x15
ANSWER = 1 << 31
OK, NOT_BOUND, TROUBLE, BAD_TO, BIND_REFUSED, THROTTLED = 0, 4, 8, 0x0B, 0x0D, 0x58
REFUSALS = {
    Mood.THROTTLED: THROTTLED,
    Mood.ERROR: TROUBLE,
    Mood.REFUSE: BAD_TO,
    Mood.OPTED_OUT: 0x65,
    Mood.NO_MONEY: 0x45,
}
PATIENCE = 30.0


@dataclass
class MessageCentre:
    """
    `receipts`: whether reports write ids in the "hex" digits of the answer, or in "decimal" ones, as some centres do.

    `concatenation`: how long messages of citizens come: parts with a header, or one PDU with a payload.
    """

    network: Network
    receipts: Literal["hex", "decimal"] = "hex"
    concatenation: Literal["udh", "payload"] = "udh"
    address: tuple[str, int] = (HOST, 0)
    sessions: list[CentreSession] = field(default_factory=list)
    enquiries: int = 0
    _server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> None:
        """Open the port (0: any free one)."""
        self._server = await asyncio.start_server(self._serve, HOST, port)
        self.address = (HOST, int(self._server.sockets[0].getsockname()[1]))

    async def stop(self) -> None:
        """Hang up on everybody."""
        if self._server is not None:
            self._server.close()
        self.drop()

    def drop(self) -> None:
        """Cut all lines; whoever wants may bind again."""
        for session in tuple(self.sessions):
            session.writer.transport.abort()

    async def say(self, number: str, text: str) -> int:
        """A citizen writes; the command status with which the gateway confirmed it, the worst of all parts."""
        session = next((one for one in self.sessions if one.listens), None)
        if session is None:
            return NOT_BOUND
        answers = [await session.deliver(pdus) for pdus in self.network.in_order([_written(self, number, text)])]
        return max(status for answer in answers for status in answer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = CentreSession(self, reader, writer)
        self.sessions.append(session)
        with suppress(asyncio.IncompleteReadError, OSError):
            await session.run()
        self.sessions.remove(session)
        writer.close()


@dataclass
class CentreSession:
    """One line of the gateway's."""

    centre: MessageCentre
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    bound_as: int = 0
    _parts: dict[int, dict[int, bytes]] = field(default_factory=dict)
    _waiting: dict[int, asyncio.Future[int]] = field(default_factory=dict)
    _sequence: int = 0

    @property
    def listens(self) -> bool:
        """Whether it may be told what phones say."""
        return self.bound_as in (1, 9)

    async def run(self) -> None:
        """Until the gateway hangs up."""
        while True:
            head = await self.reader.readexactly(16)
            length, command, status, sequence = struct.unpack(">4I", head)
            body = await self.reader.readexactly(length - 16)
            if command & ANSWER:
                if sequence in self._waiting:
                    self._waiting.pop(sequence).set_result(status)
            elif command == UNBIND:
                return self._answer(command, sequence)
            else:
                await self._take(command, sequence, head + body)

    async def deliver(self, pdus: list[dict[str, object]]) -> list[int]:
        """Send deliver_sm PDUs at once; the status of each answer."""
        answers = []
        for fields in pdus:
            self._sequence += 1
            answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            self._waiting[self._sequence] = answer
            self.writer.write(smpp34.DeliverSm(**fields, sequence_number=self._sequence).encode())  # type: ignore[arg-type]
            answers.append(answer)
        async with asyncio.timeout(PATIENCE):
            return list(await asyncio.gather(*answers))

    async def _take(self, command: int, sequence: int, raw: bytes) -> None:
        if command in BINDS:
            self._bind(command, sequence, raw[16:])
        elif command == ENQUIRE:
            self.centre.enquiries += 1
            self._answer(command, sequence)
        elif not self.bound_as or command != SUBMIT:
            self._answer(command, sequence, status=NOT_BOUND)
        else:
            await self._submit(sequence, raw)

    def _bind(self, command: int, sequence: int, body: bytes) -> None:
        system_id, password = (part.decode() for part in body.split(b"\0")[:2])
        own, mood = self.centre.network.secrets, self.centre.network.mood
        known = (system_id, password) == (own.system_id, own.password) and mood is not Mood.WRONG_KEY
        self.bound_as = command if known else 0
        self._answer(command, sequence, b"SANDBOX\0", status=OK if known else BIND_REFUSED)

    async def _submit(self, sequence: int, raw: bytes) -> None:
        network = self.centre.network
        if network.mood is Mood.SLOW:
            await asyncio.sleep(network.seconds)
        if network.mood in REFUSALS:
            return self._answer(SUBMIT, sequence, b"\0", status=REFUSALS[network.mood])
        submitted = smpp34.decode(raw)
        assert isinstance(submitted, smpp34.SubmitSm)
        number = network.phones.next_id()
        message = self._show(submitted, number)
        if network.mood is Mood.CUT_AFTER and message is not None:  # the last part has come
            return self.writer.transport.abort()
        if network.mood is Mood.BROKEN:
            return self.writer.write(b"\0\0\0\1garbage that is no PDU")
        self._answer(SUBMIT, sequence, f"{number:X}".encode() + b"\0")
        if submitted.registered_delivery and network.reports and message is not None and self.listens:
            network.later(self._report(number, message))
        return None

    def _show(self, pdu: smpp34.SubmitSm, number: int) -> Shown | None:
        """On the phone, once all parts are there."""
        payload = [bytes(tlv.value) for tlv in pdu.tlvs if tlv.tag == smpp34.TLV_MESSAGE_PAYLOAD]  # type: ignore[attr-defined]
        text = payload[0] if payload else bytes(pdu.short_message)
        parts = [text]
        if pdu.esm_class & 0x40:
            reference, total, which = text[3:6]
            known = self._parts.setdefault(reference, {})
            known[which] = text[6:]
            if len(known) < total:
                return None
            parts = [data for _, data in sorted(self._parts.pop(reference).items())]
        shown = _decoded(b"".join(parts), pdu.data_coding)
        segments = len(parts) if not payload else 0
        return self.centre.network.phones.keep(
            pdu.destination_addr, pdu.source_addr, shown, named=str(number), segments=segments
        )

    async def _report(self, number: int, message: Shown) -> None:
        end = "UNDELIV" if self.centre.network.mood is Mood.UNDELIVERED else "DELIVRD"
        spelled = f"{number:X}" if self.centre.receipts == "hex" else f"{number:010d}"
        for state in self.centre.network.in_order(["ACCEPTD", end]):
            text = f"id:{spelled} sub:001 dlvrd:001 submit date:2611231000 done date:2611231001 stat:{state} err:000"
            receipt = {"source_addr": message.to, "destination_addr": message.sender, "esm_class": 4}
            await self.deliver([{**receipt, "short_message": text.encode()}])

    def _answer(self, command: int, sequence: int, body: bytes = b"", *, status: int = OK) -> None:
        self.writer.write(struct.pack(">4I", 16 + len(body), command | ANSWER, status, sequence) + body)


def _decoded(octets: bytes, coding: int) -> str:
    return octets.decode("utf-16-be") if coding == 8 else unpack(octets)


def _written(centre: MessageCentre, number: str, text: str) -> list[dict[str, object]]:
    """The deliver_sm fields of one message."""
    base: dict[str, object] = {"source_addr": number, "destination_addr": centre.network.number, "source_addr_ton": 1}
    small = is_small(text) and all(ord(char) < 128 and char not in "@$_^{}\\[~]|`" for char in text)
    data, coding, most = (text.encode("ascii"), 0, 153) if small else (text.encode("utf-16-be"), 8, 134)
    base |= {"data_coding": coding}
    if len(data) <= (160 if small else 140):
        return [{**base, "short_message": data}]
    if centre.concatenation == "payload" or len(data) > most * 255:
        payload = smpp34.Tlv(smpp34.TLV_MESSAGE_PAYLOAD, data)  # type: ignore[attr-defined]
        return [{**base, "tlvs": [payload]}]
    pieces = [data[at : at + most] for at in range(0, len(data), most)]
    reference = centre.network.phones.next_id() % 256
    return [
        {**base, "esm_class": 0x40, "short_message": bytes([5, 0, 3, reference, len(pieces), which]) + piece}
        for which, piece in enumerate(pieces, 1)
    ]
