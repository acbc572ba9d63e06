"""What each carrier delivers when a citizen writes, and recorded payloads as they would be verified."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta, timezone
from urllib.parse import parse_qsl, urlencode

import smpp34

from channels.playing import twilio_signature
from channels.sms.tests.builders import HOOKS, SECRETS, SENDERS, payload
from channels.twilio import HEADER
from core.contract.ports import RawDelivery
from tests.contract.subject import Written

NUMBERS = {"an": "84900000001", "binh": "84900000002"}
VIETNAM = timezone(timedelta(hours=7))


def twilio(written: Written, **more: str) -> RawDelivery:
    """A signed form."""
    fields = {
        "MessageSid": f"SM-{written.sender}-{written.key}",
        "AccountSid": SECRETS.account_sid,
        "From": f"+{NUMBERS[written.sender]}",
        "To": SENDERS["twilio"],
        "Body": written.text,
        "NumMedia": "0",
    } | more
    return signed(RawDelivery("sms", SENDERS["twilio"], urlencode(fields).encode(), {}, received_at=written.at))


def signed(delivery: RawDelivery) -> RawDelivery:
    """With Twilio's signature over the body."""
    fields = dict(parse_qsl(delivery.body.decode(), keep_blank_values=True))
    return replace(delivery, headers={HEADER: twilio_signature(SECRETS.auth_token, HOOKS["twilio"], fields)})


def esms(written: Written) -> RawDelivery:
    """A signed query."""
    fields = {
        "sender": NUMBERS[written.sender],
        "content": written.text,
        "serviceNumber": "8100",
        "cpid": "CP1",
        "smsid": f"{written.sender}-{written.key}",
        "receiverTime": f"{written.at.astimezone(VIETNAM):%Y%m%d%H%M%S}",
    }
    own = "".join(fields[name] for name in ("cpid", "smsid", "content", "receiverTime")) + SECRETS.private_key
    fields["sign"] = b64encode(hashlib.md5(own.encode(), usedforsecurity=False).digest()).decode()
    return RawDelivery("sms", SENDERS["esms"], urlencode(fields).encode(), {}, received_at=written.at)


def speedsms(written: Written) -> RawDelivery:
    """A form with the names of its JSON."""
    fields = {"type": "sms", "phone": NUMBERS[written.sender], "content": written.text}
    return RawDelivery("sms", SENDERS["speedsms"], urlencode(fields).encode(), {}, received_at=written.at)


def smpp(written: Written) -> RawDelivery:
    """A deliver_sm whose text is in a payload."""
    words = smpp34.Tlv(smpp34.TLV_MESSAGE_PAYLOAD, written.text.encode("utf-16-be"))  # type: ignore[attr-defined]
    pdu = smpp34.DeliverSm(NUMBERS[written.sender], SENDERS["smpp"], data_coding=8, tlvs=[words], sequence_number=1)
    return RawDelivery("sms", SENDERS["smpp"], pdu.encode(), {}, received_at=written.at)


WRITE: Mapping[str, Callable[[Written], RawDelivery]] = {
    "twilio": twilio,
    "esms": esms,
    "speedsms": speedsms,
    "smpp": smpp,
}


def prepared(name: str) -> RawDelivery:
    """A recorded payload as it would be verified."""
    return signed(payload(name)) if name.startswith("twilio") else payload(name)
