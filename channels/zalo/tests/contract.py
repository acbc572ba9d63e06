"""Zalo's side of the contract suite."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from channels.zalo.adapter import ZaloChannel
from channels.zalo.sandbox import Mood, ZaloSandbox
from channels.zalo.tests.builders import (
    NOON,
    OA,
    SECRET,
    USER,
    Clock,
    delivery,
    event,
    outbound,
    payload,
    running,
    settings,
)
from core.contract.errors import (
    NeedsReauth,
    OutcomeUnknown,
    QuotaSpent,
    RecipientUnreachable,
    Throttled,
    WindowClosed,
)
from core.contract.ports import HOOK_LIMIT, RawDelivery
from core.contract.schema import DeliveryStatus
from tests.contract.subject import Played, ProviderMood, Subject, Written
from tests.support.tokens import MemoryTokens

PEOPLE = {"an": USER, "binh": "2460000000000000009"}
MOODS = {
    ProviderMood.NORMAL: Mood.NORMAL,
    ProviderMood.TEMPORARY: Mood.BUSY,
    ProviderMood.REFUSED: Mood.REFUSE,
    ProviderMood.CUT: Mood.CUT_AFTER,
}
UNWANTED = (
    "user_send_sticker",
    "oa_send_text__by_us",
    "user_reacted_message",
    "change_oa_daily_quota",
    "group__text",
    "unknown__event",
    "unknown__other_account",
)
BROKEN = ("place_without_point", "file_without_address", "from_nobody", "no_time")
WITH_FILES = ("user_send_image__caption", "user_send_image__album", "user_send_audio", "user_send_file__tricky_name")


def channel() -> ZaloChannel:
    """The channel by itself, connected nowhere."""
    return ZaloChannel(settings(), tokens=MemoryTokens(Clock()), clock=Clock())


def write(written: Written) -> RawDelivery:
    """A citizen's message as a delivery."""
    message = {"msg_id": f"{written.sender}-{written.key}", "text": written.text}
    body = event("user_send_text", message, user=PEOPLE[written.sender], at=written.at)
    return replace(delivery(body), received_at=written.at)


def _forged() -> dict[str, RawDelivery]:
    good = write(Written("bimat"))
    return {
        "unsigned": replace(good, headers={}),
        "signed by a stranger": delivery(good.body, secret="a secret of somebody else"),
        "one byte altered": replace(good, body=good.body.replace(b"bimat", b"bimaT")),
        "written anew": replace(good, body=json.dumps(json.loads(good.body), separators=(",", ":")).encode()),
        "no hexadecimal": replace(good, headers={"x-zevent-signature": "mac=đ"}),
        "not JSON": delivery(b"bimat"),
    }


@dataclass
class OfficialAccount(Played):
    """The provider while it runs."""

    moods = MOODS
    channel: ZaloChannel
    sandbox: ZaloSandbox

    async def set_mood(self, mood: ProviderMood | str) -> None:
        if mood == "burnt":
            self.sandbox.tokens.grant()
        else:
            await super().set_mood(mood)

    def received(self) -> Sequence[str]:
        return [one.text for one in self.sandbox.phone(USER).shown]


@asynccontextmanager
async def provided() -> AsyncIterator[OfficialAccount]:
    """The channel and the sandbox behind it."""
    async with running() as opened:
        yield OfficialAccount(opened.channel, opened.sandbox)


def subject() -> Subject:
    """The Zalo channel under contract."""
    return Subject(
        name="zalo",
        channel=channel,
        write=write,
        account=OA,
        secret=SECRET,
        forged=_forged(),
        oversized={"over the limit": delivery(b"x" * (HOOK_LIMIT + 1))},
        broken={name: payload(f"quarantine__{name}") for name in BROKEN},
        ignored={name: payload(name) for name in UNWANTED},
        receipts={
            "user_received_message": (payload("user_received_message"), DeliveryStatus.DELIVERED),
            "the other way round": (payload("user_received_message__other_direction"), DeliveryStatus.DELIVERED),
            "of a template": (payload("user_received_message__template"), DeliveryStatus.DELIVERED),
        },
        encodings={
            "decomposed": (payload("user_send_text__decomposed"), "Rác thải bốc mùi"),
            "escaped": (
                delivery(json.dumps(event("user_send_text", {"msg_id": "e", "text": "Rác thải"}, at=NOON)).encode()),
                "Rác thải",
            ),
        },
        echoes={
            name: (payload(name), "person") for name in ("oa_send_text__by_a_person", "oa_send_image__by_a_person")
        },
        to_fetch={name: payload(name) for name in WITH_FILES},
        standings={"unfollowed": (payload("unfollow"), False), "followed": (payload("follow"), True)},
        failures={
            "too many requests": ("throttled", Throttled),
            "too many this minute": ("busy", Throttled),
            "error 500": ("error", OutcomeUnknown),
            "broken JSON": ("broken", OutcomeUnknown),
            "token expired, refresh token used": ("burnt", NeedsReauth),
            "window closed": ("window", WindowClosed),
            "quota spent": ("no_quota", QuotaSpent),
            "no follower any more": ("refuse", RecipientUnreachable),
        },
        outbound=outbound,
        provider=provided,
    )
