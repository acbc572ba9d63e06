"""
What a deliver_sm holds: its text, and which part of a longer one it is. Pure.

Parts say so in a header in the text (TS 23.040 §9.2.3.24) or in optional parameters (SMPP 3.4, §5.3.2.22).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import smpp34
from smpp34 import DeliverSm

from channels.sms.segments import from_gsm
from channels.sms.smpp.pdu import Broken, Tag, cut_up
from core.contract.errors import PayloadInvalid

_UDH = 0x40
_CONCATENATION = {0x00: 1, 0x08: 2}
"""Header elements that say which part this is → bytes of their reference."""


@dataclass(frozen=True)
class Part:
    """Which part of a longer message a PDU is: parts of one share `whole`; numbers begin with 1."""

    whole: str
    total: int
    number: int


def read(body: bytes) -> list[DeliverSm]:
    """The PDUs of a delivery. Raises PayloadInvalid."""
    try:
        found = [smpp34.decode(raw) for raw in cut_up(body)]
    except (Broken, smpp34.SmppError) as error:
        raise PayloadInvalid("not a PDU") from error
    if not found or not all(isinstance(one, DeliverSm) for one in found):
        raise PayloadInvalid("not a deliver_sm")
    return [one for one in found if isinstance(one, DeliverSm)]


def part_of(pdu: DeliverSm) -> Part | None:
    """Which part it is; None where it is a message by itself. From a header in the text, or optional parameters."""
    given = _by_header(pdu) or _by_parameters(pdu)
    if given is None:
        return None
    reference, total, number = given
    if not (total > 1 and 1 <= number <= total):
        return None
    return Part(f"{pdu.source_addr}/{pdu.destination_addr}/{reference}/{total}", total, number)


def text_of(pdus: Sequence[DeliverSm]) -> str:
    """The text of all parts together; joined before it is read, for a letter may be cut in two."""
    data, coding = b"".join(payload_of(pdu) for pdu in pdus), pdus[0].data_coding
    if coding == 0x08:
        return data.decode("utf-16-be", "replace")
    if coding in (0x01, 0x03):
        return data.decode("latin-1")
    if coding == 0x00 or coding & 0xF0 == 0xF0:
        return from_gsm(data)
    raise PayloadInvalid(f"data coding {coding:#04x} is no text")


def payload_of(pdu: DeliverSm) -> bytes:
    """The octets of the text, without a header."""
    long = [tlv.value for tlv in pdu.tlvs if tlv.tag == Tag.MESSAGE_PAYLOAD]
    data = bytes(long[0] if long else pdu.short_message)
    return data[1 + data[0] :] if pdu.esm_class & _UDH and data else data


def _by_header(pdu: DeliverSm) -> tuple[int, int, int] | None:
    data = bytes(pdu.short_message)
    if not (pdu.esm_class & _UDH and data):
        return None
    elements = data[1 : 1 + data[0]]
    while len(elements) >= 2:
        kind, size = elements[0], elements[1]
        value = elements[2 : 2 + size]
        if _CONCATENATION.get(kind) == size - 2 and len(value) == size:
            return int.from_bytes(value[:-2], "big"), value[-2], value[-1]
        elements = elements[2 + size :]
    return None


def _by_parameters(pdu: DeliverSm) -> tuple[int, int, int] | None:
    tags = (Tag.SAR_REFERENCE, Tag.SAR_TOTAL, Tag.SAR_NUMBER)
    values = {tlv.tag: tlv.as_int() for tlv in pdu.tlvs}
    reference, total, number = (values.get(tag) for tag in tags)
    return None if reference is None or total is None or number is None else (reference, total, number)
