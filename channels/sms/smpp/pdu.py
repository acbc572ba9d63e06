"""
PDUs that consist of little more than a header (SMPP 3.4, §3.2 and §4). Pure.

Messages themselves, with their optional parameters, are written and read by `smpp34`. Its session is not used: it
confirms a citizen's message before anybody can have stored it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

HEADER = struct.Struct(">IIII")
LONGEST = 128 * 1024
"""Bytes of a PDU; a `message_payload` may have 64 KiB."""
VERSION = 0x34
RESPONSE = 0x8000_0000
LAST_SEQUENCE = 0x7FFF_FFFF


class Command(IntEnum):
    """What a PDU asks for; its response has the highest bit set."""

    BIND_RECEIVER = 0x01
    BIND_TRANSMITTER = 0x02
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    ENQUIRE_LINK = 0x15
    GENERIC_NACK = 0x8000_0000


class Tag(IntEnum):
    """The optional parameters that we write or read; §5.3.2."""

    RECEIPTED_MESSAGE_ID = 0x001E
    SAR_REFERENCE = 0x020C
    SAR_TOTAL = 0x020E
    SAR_NUMBER = 0x020F
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


class Status(IntEnum):
    """The few that we ourselves answer with; §5.1.3."""

    OK = 0x00
    UNKNOWN_COMMAND = 0x03
    TRY_AGAIN = 0x64


@dataclass(frozen=True)
class Pdu:
    """A PDU with its header read; `raw` is all of it."""

    command: int
    status: int
    sequence: int
    raw: bytes

    @property
    def body(self) -> bytes:
        """What follows the header."""
        return self.raw[HEADER.size :]

    @property
    def is_response(self) -> bool:
        """Whether it answers a PDU of the same sequence number."""
        return bool(self.command & RESPONSE)


class Broken(ValueError):
    """What comes over a line is no PDU: nobody can say where the next one begins."""


def length_of(header: bytes) -> int:
    """How long the PDU is that begins with these sixteen bytes. Raises Broken."""
    length = int(HEADER.unpack(header)[0])
    if not HEADER.size <= length <= LONGEST:
        raise Broken(f"a PDU of {length} bytes")
    return length


def read(raw: bytes) -> Pdu:
    """One whole PDU."""
    _, command, status, sequence = HEADER.unpack_from(raw)
    return Pdu(command, status, sequence, raw)


def write(command: int, sequence: int, body: bytes = b"", *, status: int = Status.OK) -> bytes:
    """Header and body."""
    return HEADER.pack(HEADER.size + len(body), command, status, sequence) + body


def bind(command: Command, sequence: int, *, system_id: str, password: str, system_type: str = "") -> bytes:
    """A bind request; we do not say which numbers are ours, the carrier knows."""
    names = b"".join(part.encode("ascii") + b"\0" for part in (system_id, password, system_type))
    return write(command, sequence, names + bytes([VERSION, 0, 0]) + b"\0")


def enquire(sequence: int) -> bytes:
    """Are you still there?"""
    return write(Command.ENQUIRE_LINK, sequence)


def message_id(response: Pdu) -> str:
    """The id in a submit_sm_resp: the first zero-terminated string of its body."""
    return response.body.partition(b"\0")[0].decode("ascii", "replace")


def cut_up(body: bytes) -> list[bytes]:
    """Several PDUs that were stored as one. Raises Broken."""
    found = []
    while body:
        if len(body) < HEADER.size:
            raise Broken("half a header")
        length = length_of(body[: HEADER.size])
        if len(body) < length:
            raise Broken("half a PDU")
        found.append(body[:length])
        body = body[length:]
    return found
