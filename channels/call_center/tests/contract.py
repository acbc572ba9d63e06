"""The hotline's side of the contract suite: calls as the telephony process hands them over."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from channels.base import sign
from channels.call_center.adapter import SIGNATURE, CallCenterChannel
from channels.call_center.facts import CHANNEL
from channels.call_center.spool import Spool
from core.contract.ports import RawDelivery
from tests.contract.subject import NOON, Subject, Written

PAYLOADS = Path(__file__).parents[1] / "payloads"
SECRET = b"a-secret-of-our-own-telephony"
TRUNK = "main"
CALLERS = {"an": "+84900000001", "binh": "+84900000002"}


def subject() -> Subject:
    """The hotline under contract."""
    good = write(Written("bimat"))
    return Subject(
        name=CHANNEL,
        channel=_channel,
        write=write,
        worded=False,
        secret=SECRET.decode(),
        signs_bytes=True,
        forged={
            "unsigned": replace(good, headers={}),
            "by a stranger": _delivery(good.body, secret=b"a-secret-of-somebody-else"),
            "no hexadecimal": replace(good, headers={SIGNATURE: "đ"}),
        },
        oversized={"over the limit": _delivery(b"x" * 300_000)},
        broken={
            "not JSON": _delivery(b"{"),
            "no id": _call(id=""),
            "a file elsewhere": _call(recordings=[{"part": "what", "file": "../what.wav"}]),
            "an end without a zone": _call(ended_at="2026-11-16T12:00:00"),
        },
        albums={"all that was recorded": [_payload("in__report")]},
        events=("in", "out", "later", "broken"),
        replay=_payload,
    )


def write(written: Written) -> RawDelivery:
    """Somebody hung up in the menu: what they said nobody reads, and one call is told from another by its id."""
    who = list(CALLERS).index(written.sender)
    delivery = _call(id=f"{int(written.key):030x}{who:02x}", caller=CALLERS[written.sender], at=written.at)
    return replace(delivery, received_at=written.at)


def _call(*, at: datetime = NOON, **facts: Any) -> RawDelivery:
    usual = {"id": f"{1:032x}", "trunk": TRUNK, "began_at": at.isoformat(), "ended_at": at.isoformat()}
    return _delivery(json.dumps(usual | facts).encode())


def _payload(name: str) -> RawDelivery:
    return _delivery((PAYLOADS / f"{name}.json").read_bytes())


def _delivery(body: bytes, *, secret: bytes = SECRET) -> RawDelivery:
    return RawDelivery(CHANNEL, TRUNK, body, {SIGNATURE: sign(secret, body)}, received_at=NOON)


def _channel() -> CallCenterChannel:
    return CallCenterChannel(secret=SECRET, spool=Spool(PAYLOADS), hash_pin=lambda pin, code: f"{pin}/{code}")
