"""Our text → the submit_sm PDUs that carry it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from smpp34 import SubmitSm, Tlv

from channels.sms.carrier import Submission
from channels.sms.phones import international
from channels.sms.segments import Alphabet, alphabet_of, cut, to_gsm
from channels.sms.settings import SmppSettings
from channels.sms.smpp.pdu import Tag

GSM, UCS2 = 0x00, 0x08
UDH = 0x40
"""esm_class: the text begins with a header that says which part it is."""
FIVE_MINUTES = "000000000500000R"
"""From now, as SMPP writes a length of time; a one-time password is of no use later."""
_INTERNATIONAL, _ISDN = (1, 1), (3, 0)
_ALPHANUMERIC = (5, 0)

Writer = Callable[[int], bytes]


def write(submission: Submission, settings: SmppSettings) -> Sequence[Writer]:
    """
    One function a PDU, which wants a sequence number. Only the last asks for a receipt: one message, one fate.

    The same outbox id always gives the same parts, so that a phone puts a repeated one where it belongs.
    """
    alphabet = alphabet_of(submission.text)
    parts = cut(submission.text)
    if len(parts) > 1 and settings.long_messages == "payload":
        payload = Tlv(Tag.MESSAGE_PAYLOAD, encode(submission.text, alphabet))
        return [_writer(submission, settings, coding=_coding(alphabet), tlvs=[payload])]
    reference = hashlib.sha256(submission.id.encode()).digest()[0]
    return [
        _writer(
            submission,
            settings,
            coding=_coding(alphabet),
            text=(header(reference, len(parts), number) if len(parts) > 1 else b"") + encode(part, alphabet),
            esm_class=UDH if len(parts) > 1 else 0,
            is_last=number == len(parts),
        )
        for number, part in enumerate(parts, 1)
    ]


def encode(text: str, alphabet: Alphabet) -> bytes:
    """The octets of a text."""
    return to_gsm(text) if alphabet is Alphabet.GSM else text.encode("utf-16-be", "surrogatepass")


def header(reference: int, total: int, number: int) -> bytes:
    """The user data header of one part (TS 23.040 §9.2.3.24.1)."""
    return bytes([5, 0, 3, reference, total, number])


def kind_of_sender(sender: str) -> tuple[int, int]:
    """Type and plan of our own number: a name, an international number, or a short one."""
    if sender.startswith("+"):
        return _INTERNATIONAL
    return _ISDN if sender.isdigit() else _ALPHANUMERIC


def _coding(alphabet: Alphabet) -> int:
    return GSM if alphabet is Alphabet.GSM else UCS2


def _writer(
    submission: Submission,
    settings: SmppSettings,
    *,
    coding: int,
    text: bytes = b"",
    esm_class: int = 0,
    is_last: bool = True,
    tlvs: list[Tlv] | None = None,
) -> Writer:
    ton, npi = kind_of_sender(settings.sender)

    def write_pdu(sequence: int) -> bytes:
        return SubmitSm(
            source_addr=international(settings.sender),
            source_addr_ton=ton,
            source_addr_npi=npi,
            destination_addr=international(submission.to),
            dest_addr_ton=_INTERNATIONAL[0],
            dest_addr_npi=_INTERNATIONAL[1],
            short_message=text,
            esm_class=esm_class,
            validity_period=FIVE_MINUTES if submission.purpose == "otp" else "",
            registered_delivery=int(is_last),
            data_coding=coding,
            tlvs=tlvs or [],
            sequence_number=sequence,
        ).encode()

    return write_pdu
