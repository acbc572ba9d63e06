"""Zalo's side of the contract suite."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

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
    RecipientOptedOut,
    RecipientUnreachable,
    Throttled,
    WindowClosed,
)
from core.contract.ports import HOOK_LIMIT, RawDelivery
from core.contract.schema import DeliveryStatus
from tests.contract.subject import Played, ProviderMood, Subject, Trouble, Written
from tests.support.tokens import MemoryTokens

LONG_USER, LONG_NUMBER = "9223372036854775809", "18446744073709551617"
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
    "unknown__other_account",
)
BROKEN = ("place_without_point", "file_without_address", "from_nobody", "no_time")
EVENTS = (
    *(f"user_send_{sort}" for sort in ("text", "image", "gif", "link", "audio", "video", "sticker", "location")),
    *("user_send_business_card", "user_send_file", "user_received_message", "user_seen_message"),
    *(f"anonymous_send_{sort}" for sort in ("text", "image", "file", "sticker")),
    *(f"oa_send_{sort}" for sort in ("text", "image", "gif", "list", "file", "sticker", "template", "anonymous_text")),
    *("user_reacted_message", "oa_reacted_message", "follow", "unfollow", "user_click_chatnow"),
    *("user_submit_info", "update_user_info", "user_withdraw", "user_feedback"),
    *("add_user_to_tag", "remove_user_from_tag", "remove_tag", "change_oa_daily_quota", "change_template_quality"),
    *("change_template_quota", "change_template_status", "change_oa_template_tags"),
    *("event_journey_time_out", "event_journey_acknowledged", "widget_interaction_accepted", "shop_has_order"),
    *("oa_send_consent", "user_reply_consent", "user_call_oa", "oa_call_user", "group", "unknown", "quarantine"),
)
"""Zalo's pages "Webhook", by name; `group`: what happens in groups, of which we are no member."""
WITH_FILES = ("user_send_image__caption", "user_send_image__album", "user_send_audio", "user_send_file__tricky_name")


def channel() -> ZaloChannel:
    """The channel by itself, connected nowhere."""
    return ZaloChannel(settings(), tokens=MemoryTokens(Clock()), clock=Clock())


def write(written: Written) -> RawDelivery:
    """A citizen's message as a delivery."""
    message = {"msg_id": f"{written.sender}-{written.key}", "text": written.text}
    body = event("user_send_text", message, user=PEOPLE[written.sender], at=written.at)
    return replace(delivery(body), received_at=written.at)


def _long_numbers() -> RawDelivery:
    return delivery(event("user_send_text", {"msg_id": LONG_NUMBER, "text": "Xin chào"}, user=LONG_USER))


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
async def provided(**changes: Any) -> AsyncIterator[OfficialAccount]:
    """The channel and the sandbox behind it."""
    async with running(**changes) as opened:
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
            Trouble.THROTTLED: ("throttled", Throttled),
            "too many this minute": ("busy", Throttled),
            Trouble.ERROR: ("error", OutcomeUnknown),
            Trouble.BROKEN: ("broken", OutcomeUnknown),
            Trouble.EXPIRED: ("burnt", NeedsReauth),
            Trouble.WINDOW: ("window", WindowClosed),
            Trouble.OPTED_OUT: ("refuses", RecipientOptedOut),
            "quota spent": ("no_quota", QuotaSpent),
            "no follower any more": ("refuse", RecipientUnreachable),
        },
        signs_bytes=True,
        unknown={name: payload(name) for name in ("unknown__event",)},
        albums={"in one event": [payload("user_send_image__album")]},
        huge={"sender and message": (_long_numbers(), LONG_USER, LONG_NUMBER)},
        gone="{url}/media/no-such-file",
        events=EVENTS,
        replay=payload,
        outbound=outbound,
        provider=provided,
        impatient=partial(provided, seconds=0.4),
    )
