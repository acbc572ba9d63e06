"""Facebook's side of the contract suite."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from channels.facebook.adapter import FacebookChannel
from channels.facebook.sandbox import FacebookSandbox
from channels.facebook.sandbox_state import Mood
from channels.facebook.sandbox_state import written as as_sent
from channels.facebook.tests.builders import (
    CITIZEN,
    PAGE,
    SECRET,
    channel,
    outbound,
    payload,
    provider,
    signed,
)
from core.contract.errors import (
    NeedsReauth,
    OutcomeUnknown,
    RecipientUnreachable,
    TemporarySendError,
    Throttled,
    WindowClosed,
)
from core.contract.ports import HOOK_LIMIT, RawDelivery
from core.contract.schema import DeliveryStatus
from tests.contract.subject import NOON, Played, ProviderMood, Subject, Trouble, Written

LONG_USER = "18446744073709551617"
PEOPLE = {"an": CITIZEN, "binh": "2460000000000002"}
MOODS = {
    ProviderMood.NORMAL: Mood.NORMAL,
    ProviderMood.TEMPORARY: Mood.ERROR,
    ProviderMood.REFUSED: Mood.UNAVAILABLE,
    ProviderMood.CUT: Mood.CUT_AFTER,
}
EVENTS = (
    *("message", "message_edit", "postback", "delivery", "read", "reaction", "echo", "optin", "referral"),
    *("handover", "standby", "policy_enforcement", "comment", "feed", "batch", "unknown", "quarantine"),
)
"""The fields that a Page subscribes to; `comment` is what of `feed` concerns us."""
ECHOES = {"echo__ours": "us", "echo__page_inbox": "person", "echo__page_inbox_photo": "person"}
UNWANTED = (
    "message__sticker",
    "message__unknown_attachment",
    "reaction__love",
    "optin__one_time",
    "handover__passed",
    "comment__of_the_page",
    "comment__hidden",
    "feed__like",
)


def write(written: Written) -> RawDelivery:
    """A citizen's message on Messenger as a delivery."""
    return _message(
        f"m_{written.sender}-{written.key}", written.text, sender=PEOPLE[written.sender], sent_at=written.at
    )


def _message(mid: str, text: str, *, sender: str = CITIZEN, sent_at: datetime = NOON) -> RawDelivery:
    at = int(sent_at.timestamp() * 1000)
    event = {
        "sender": {"id": sender},
        "recipient": {"id": PAGE},
        "timestamp": at,
        "message": {"mid": mid, "text": text},
    }
    return signed(as_sent({"object": "page", "entry": [{"id": PAGE, "time": at, "messaging": [event]}]}), at=sent_at)


def _forged() -> dict[str, RawDelivery]:
    good = write(Written("bimat"))
    anew = json.dumps(json.loads(good.body), ensure_ascii=False, separators=(",", ":")).encode()
    return {
        "unsigned": replace(good, headers={}),
        "signed by a stranger": signed(good.body, secret="a-secret-of-somebody-else"),
        "one byte altered": replace(good, body=good.body.replace(b"bimat", b"bimaT")),
        "signed before it was written anew": replace(write(Written("bí mật bimat")), body=anew),
        "no hexadecimal": replace(good, headers={"x-hub-signature-256": "sha256=đ"}),
    }


@dataclass
class Page(Played):
    """The provider while it runs."""

    moods = MOODS
    channel: FacebookChannel
    sandbox: FacebookSandbox

    def received(self) -> Sequence[str]:
        return self.sandbox.phones[CITIZEN].received


@asynccontextmanager
async def running(**changes: Any) -> AsyncIterator[Page]:
    """The channel and the sandbox behind it."""
    async with provider(**changes) as (made, sandbox):
        yield Page(made, sandbox)


def subject() -> Subject:
    """The Facebook channel under contract."""
    return Subject(
        name="facebook",
        channel=channel,
        write=write,
        account=PAGE,
        secret=SECRET,
        forged=_forged(),
        oversized={"over the limit": signed(b"x" * (HOOK_LIMIT + 1))},
        broken={
            "not JSON": signed(b"not JSON"),
            "no object": signed(b"[]"),
            "an empty batch": payload("quarantine__empty_batch"),
            "a message from nobody": payload("quarantine__no_sender"),
            "a receipt until nowhere": payload("quarantine__no_watermark"),
        },
        ignored={name: payload(name) for name in UNWANTED},
        receipts={"delivery__mids": (payload("delivery__mids"), DeliveryStatus.DELIVERED)},
        edits={"message_edit__text": (payload("message_edit__text"), "m_1")},
        echoes={
            "echo__ours": (payload("echo__ours"), "us"),
            "echo__page_inbox": (payload("echo__page_inbox"), "person"),
        },
        regrouped={"two pages": (payload("batch__two_pages"), payload("batch__regrouped"))},
        to_fetch={name: payload(name) for name in ("message__image", "message__album", "message__audio")},
        failures={
            Trouble.THROTTLED: ("throttled", Throttled),
            "rate limit": ("rate", Throttled),
            Trouble.ERROR: ("error", TemporarySendError),
            Trouble.BROKEN: ("broken", OutcomeUnknown),
            Trouble.EXPIRED: ("expired", NeedsReauth),
            Trouble.WINDOW: ("window", WindowClosed),
            "person unavailable": ("unavailable", RecipientUnreachable),
        },
        signs_bytes=True,
        unknown={name: payload(name) for name in ("unknown__new_event", "unknown__other_object")},
        albums={"in one message": [payload("message__album")]},
        encodings={"escaped": (_message("m_1", "Rác/đất đổ 🌊"), "Rác/đất đổ 🌊")},
        huge={"sender": (_message("m_1", "x", sender=LONG_USER), LONG_USER, "m_1")},
        gone="{url}/cdn/no-such-file",
        events=EVENTS,
        replay=payload,
        outbound=outbound,
        provider=running,
        impatient=partial(running, timeout=0.4),
    )
