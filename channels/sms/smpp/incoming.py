"""
The deliver_sm PDUs of a centre → what they mean: a citizen's message, in one or several parts, or a receipt. Pure.

Receipts come in two spellings: optional parameters, or a text "id:… stat:DELIVRD err:000" (SMPP 3.4, appendix B).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import smpp34
from smpp34 import DeliverSm

from channels.base import clean_text
from channels.sms.carrier import CHANNEL, key_part
from channels.sms.phones import sender_of
from channels.sms.repeats import repeat_key
from channels.sms.segments import from_gsm
from channels.sms.smpp.pdu import Broken, Tag, cut_up
from core.contract.errors import PayloadInvalid
from core.contract.ports import ItemKey
from core.contract.schema import Address, DeliveryReceipt, DeliveryStatus, Ignored, InboundMessage, Parsed

Spelling = Literal["text", "hex", "decimal"]

_KIND, _RECEIPT, _UDH = 0x3C, 0x04, 0x40
_CONCATENATION = {0x00: 1, 0x08: 2}
"""Header elements that say which part this is → bytes of their reference."""
_TEXT_ID = re.compile(rb"\bid:(\S+)", re.IGNORECASE)
_TEXT_STATE = re.compile(rb"\bstat:(\w+)", re.IGNORECASE)
_TEXT_ERROR = re.compile(rb"\berr:(\w+)", re.IGNORECASE)
_STATES = {
    2: ("DELIVRD", DeliveryStatus.DELIVERED),
    3: ("EXPIRED", DeliveryStatus.FAILED),
    4: ("DELETED", DeliveryStatus.FAILED),
    5: ("UNDELIV", DeliveryStatus.FAILED),
    6: ("ACCEPTD", DeliveryStatus.SENT),
    8: ("REJECTD", DeliveryStatus.FAILED),
}
_BY_WORD = dict(_STATES.values())
_WORDS = {number: word for number, (word, _) in _STATES.items()}
_FOR_GOOD = frozenset({"DELETED", "UNDELIV", "REJECTD"})


@dataclass(frozen=True)
class Spellings:
    """How the centre writes the id of a message when it takes it (and in parameters), and in the text of receipts."""

    answers: Spelling = "text"
    receipts: Spelling = "text"


@dataclass(frozen=True)
class _Receipt:
    """`in_text`: the id stands in the text of the receipt, not in a parameter."""

    message_id: str
    in_text: bool
    state: str
    error: str


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


def key_of(pdus: Sequence[DeliverSm], *, at: datetime) -> ItemKey:
    """A receipt by message and state; a message by its bytes, within a minute: it has no id. Raises PayloadInvalid."""
    first = pdus[0]
    if is_receipt(first):
        told = _receipt(first)
        return ItemKey(f"dlr:{key_part(told.message_id)}:{key_part(told.state)}", f"receipt:{told.message_id}")
    sender = sender_of(first.source_addr)
    return ItemKey(repeat_key(sender, b"".join(_payload(pdu) for pdu in pdus), at=at), sender)


def meaning_of(pdus: Sequence[DeliverSm], item: ItemKey, *, account: str, at: datetime, spellings: Spellings) -> Parsed:
    """A message, a receipt, or nothing we want."""
    first = pdus[0]
    if is_receipt(first):
        return _meaning_of_receipt(first, account=account, at=at, spellings=spellings)
    text = clean_text(text_of(pdus)).strip()
    if not text:
        return Ignored(reason="empty_message")
    return InboundMessage(
        channel=CHANNEL,
        account=account,
        provider_message_id=item.dedupe_key,
        sender=Address(channel=CHANNEL, account=account, value=sender_of(first.source_addr)),
        text=text,
        provider_time=at,
        received_at=at,
    )


def is_receipt(pdu: DeliverSm) -> bool:
    """Whether it reports on a message of ours."""
    return pdu.esm_class & _KIND == _RECEIPT


def text_of(pdus: Sequence[DeliverSm]) -> str:
    """The text of all parts together; joined before it is read, for a letter may be cut in two."""
    data, coding = b"".join(_payload(pdu) for pdu in pdus), pdus[0].data_coding
    if coding == 0x08:
        return data.decode("utf-16-be", "replace")
    if coding in (0x01, 0x03):
        return data.decode("latin-1")
    if coding == 0x00 or coding & 0xF0 == 0xF0:
        return from_gsm(data)
    raise PayloadInvalid(f"data coding {coding:#04x} is no text")


def comparable(message_id: str, spelling: Spelling) -> str:
    """
    The id of a message so that an answer and a receipt about it are the same, however the centre writes them.

    Hexadecimal and decimal digits become a decimal number; what is not in digits stays.
    """
    if spelling == "text":
        return message_id
    try:
        return str(int(message_id, 16 if spelling == "hex" else 10))
    except ValueError:
        return message_id


def _meaning_of_receipt(pdu: DeliverSm, *, account: str, at: datetime, spellings: Spellings) -> Parsed:
    told = _receipt(pdu)
    if told.state not in _BY_WORD:
        return Ignored(reason="still_on_its_way")
    status = _BY_WORD[told.state]
    failed = status is DeliveryStatus.FAILED
    return DeliveryReceipt(
        channel=CHANNEL,
        account=account,
        provider_message_id=comparable(told.message_id, spellings.receipts if told.in_text else spellings.answers),
        status=status,
        at=at,
        reason=f"{told.state} {told.error}".strip() if failed else "",
        permanent=failed and told.state in _FOR_GOOD,
    )


def _receipt(pdu: DeliverSm) -> _Receipt:
    """What a receipt says. Raises PayloadInvalid."""
    tlvs = {tlv.tag: tlv for tlv in pdu.tlvs}
    text = _payload(pdu)
    in_text = message_id = _found(_TEXT_ID, text)
    if not message_id and Tag.RECEIPTED_MESSAGE_ID in tlvs:
        message_id = tlvs[Tag.RECEIPTED_MESSAGE_ID].value.rstrip(b"\0").decode("ascii", "replace")
    state = _found(_TEXT_STATE, text).upper()
    if not state and Tag.MESSAGE_STATE in tlvs:
        state = _WORDS.get(tlvs[Tag.MESSAGE_STATE].as_int() or 0, "ENROUTE")
    if not message_id or not state:
        raise PayloadInvalid("a receipt about nothing")
    return _Receipt(message_id, bool(in_text), state, _found(_TEXT_ERROR, text))


def _found(pattern: re.Pattern[bytes], text: bytes) -> str:
    found = pattern.search(text)
    return found[1].decode("ascii", "replace") if found else ""


def _payload(pdu: DeliverSm) -> bytes:
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
