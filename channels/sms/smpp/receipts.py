"""
What a centre reports on a message of ours. Pure.

In two spellings: optional parameters, or a text "id:… stat:DELIVRD err:000" (SMPP 3.4, appendix B). And the id itself
may be written otherwise than in the answer to the message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from smpp34 import DeliverSm

from channels.sms.carrier import CHANNEL, key_part
from channels.sms.smpp.pdu import Tag
from channels.sms.smpp.texts import payload_of
from core.contract.errors import PayloadInvalid
from core.contract.ports import ItemKey
from core.contract.schema import DeliveryReceipt, DeliveryStatus, Ignored, Parsed

Spelling = Literal["text", "hex", "decimal"]

_KIND, _RECEIPT_KIND = 0x3C, 0x04
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


def is_receipt(pdu: DeliverSm) -> bool:
    """Whether it reports on a message of ours."""
    return pdu.esm_class & _KIND == _RECEIPT_KIND


def key_of_receipt(pdu: DeliverSm) -> ItemKey:
    """By message and state. Raises PayloadInvalid."""
    told = _receipt(pdu)
    return ItemKey(f"dlr:{key_part(told.message_id)}:{key_part(told.state)}", f"receipt:{told.message_id}")


def meaning_of_receipt(pdu: DeliverSm, *, account: str, at: datetime, spellings: Spellings) -> Parsed:
    """How far it got, or that it is still on its way. Raises PayloadInvalid."""
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


def _receipt(pdu: DeliverSm) -> _Receipt:
    """What a receipt says. Raises PayloadInvalid."""
    tlvs = {tlv.tag: tlv for tlv in pdu.tlvs}
    text = payload_of(pdu)
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
