"""Telegram's side of the contract suite."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from channels.telegram.adapter import TelegramChannel
from channels.telegram.sandbox import BOT, Mood, TelegramSandbox
from channels.telegram.signature import HEADER
from channels.telegram.tests.builders import CHAT, SECRET, channel, delivery, outbound, payload, provider, said
from core.contract.errors import NeedsReauth, OutcomeUnknown, RecipientOptedOut, RecipientUnreachable, Throttled
from core.contract.ports import HOOK_LIMIT, AcceptRaw, RawDelivery
from tests.contract.subject import Provider, ProviderMood, Subject, Trouble, Wire, Written

CHATS = {"an": CHAT, "binh": 5987654321}
LONG_CHAT, LONG_NUMBER = 2**62 + 1, 2**53 + 1
EVENTS = ("message", "edited_message", "callback_query", "my_chat_member", "channel_post", "unknown")
EDITED = {"text": 71, "caption": 75}
FETCHED = ("photo_with_caption", "album_second", "voice", "audio", "video", "video_note", "animation", "document")
_MOODS: Mapping[str, Mood] = {
    ProviderMood.NORMAL: Mood.NORMAL,
    ProviderMood.TEMPORARY: Mood.THROTTLED,
    ProviderMood.CUT: Mood.CUT,
    Mood.SLOW: Mood.SLOW,
    Mood.THROTTLED: Mood.THROTTLED,
    Mood.ERROR: Mood.ERROR,
    Mood.BROKEN: Mood.BROKEN,
}


@dataclass
class _Running:
    """The sandbox as the contract wants a provider."""

    channel: TelegramChannel
    sandbox: TelegramSandbox

    @property
    def url(self) -> str:
        return self.sandbox.url

    async def set_mood(self, mood: ProviderMood | str) -> None:
        self.sandbox.phone(CHAT).blocked = mood in {ProviderMood.REFUSED, "blocked"}
        if mood == ProviderMood.DOWN:
            await self.sandbox.stop()
        if mood == "another token":
            self.sandbox.token = f"{BOT}-renewed"
        if mood == "unknown chat":
            self.sandbox.phones.clear()
        self.sandbox.mood = _MOODS.get(mood, Mood.NORMAL)

    def received(self) -> Sequence[str]:
        return self.sandbox.phone(CHAT).read()


@asynccontextmanager
async def running(**changes: Any) -> AsyncIterator[Provider]:
    """Telegram, and the channel that sends to it."""
    async with provider(**changes) as (sandbox, talking):
        yield _Running(talking, sandbox)


@dataclass
class _Polled:
    """Telegram's queue of updates, asked by the channel."""

    sandbox: TelegramSandbox

    async def bring(self, written: Written) -> bool:
        """Confirmed: it is asked for what comes after it. Not confirmed: it is asked for once more."""
        update = _update(written)
        number = update.pop("update_id")
        await self.sandbox.bring(update, number=number)
        for _ in range(2):
            async with self.sandbox.changed:
                handed = self.sandbox.handings
                await self.sandbox.changed.wait_for(
                    lambda handed=handed: self.sandbox.handings > handed or not self._waits(number)
                )
            if not self._waits(number):
                return True
        return False

    def _waits(self, number: int) -> bool:
        return any(one["update_id"] == number for one in self.sandbox.updates)


def _update(written: Written) -> dict[str, object]:
    number = int(written.key)
    update = said(
        written.text, chat=CHATS[written.sender], number=70 + number, update=500_000_000 + number, at=written.at
    )
    return dict(update)


@asynccontextmanager
async def wired(accept: AcceptRaw) -> AsyncIterator[Wire]:
    """The channel asks a running Telegram."""
    async with provider() as (sandbox, talking):
        await talking.start(accept)
        yield _Polled(sandbox)


def write(written: Written) -> RawDelivery:
    """The webhook that these words make."""
    return delivery(_update(written))


def _forged() -> dict[str, RawDelivery]:
    good = write(Written("bimat"))
    return {
        "without a secret": replace(good, headers={}),
        "with an empty one": replace(good, headers={HEADER: ""}),
        "with another's": replace(good, headers={HEADER: "bimat" + SECRET}),
        "with a strange one": replace(good, headers={HEADER: "mật\udcff"}),
    }


def _long_numbers() -> RawDelivery:
    return delivery(said("Xin chào", chat=LONG_CHAT, number=LONG_NUMBER))


def _escaped(text: str) -> RawDelivery:
    return delivery(json.dumps(_update(Written(text)), ensure_ascii=True).encode())


def subject() -> Subject:
    """Everything the contract asks of this channel."""
    return Subject(
        name="telegram",
        channel=channel,
        write=write,
        secret=SECRET,
        forged=_forged(),
        broken={
            "not JSON": delivery(b"{"),
            "no update": delivery(b"[]"),
            "without a number": delivery({"message": {}}),
            "a message without a chat": delivery({"update_id": 1, "message": {"message_id": 1, "date": 1}}),
            "a year beyond the calendar": delivery(said("x") | {"message": said("x")["message"] | {"date": 10**17}}),
        },
        ignored={
            name: payload(name)
            for name in (
                "message__sticker",
                "message__poll",
                "message__pinned",
                "message__group",
                "edited_message__live_location",
                "callback_query__in_group",
                "my_chat_member__in_group",
                "channel_post__not_asked_for",
            )
        },
        edits={name: (payload(f"edited_message__{name}"), f"{CHAT}:{number}") for name, number in EDITED.items()},
        to_fetch={name: payload(f"message__{name}") for name in FETCHED},
        standings={
            "blocked": (payload("my_chat_member__kicked"), False),
            "let in": (payload("my_chat_member__let_in"), True),
        },
        failures={
            Trouble.THROTTLED: (Mood.THROTTLED, Throttled),
            Trouble.ERROR: (Mood.ERROR, OutcomeUnknown),
            Trouble.BROKEN: (Mood.BROKEN, OutcomeUnknown),
            Trouble.OPTED_OUT: ("blocked", RecipientOptedOut),
            "nobody of that number": ("unknown chat", RecipientUnreachable),
            Trouble.EXPIRED: ("another token", NeedsReauth),
        },
        oversized={"over the limit": delivery(b"x" * (HOOK_LIMIT + 1))},
        unknown={"a kind that is new": payload("unknown__new_kind")},
        albums={"one by one": [payload("message__album_first"), payload("message__album_second")]},
        huge={"chat and message": (_long_numbers(), str(LONG_CHAT), str(LONG_NUMBER))},
        gone="no-such-file",
        impatient=partial(running, send_seconds=0.4),
        encodings={"escaped": (_escaped("Lụt ở Huế 🌊"), "Lụt ở Huế 🌊")},
        events=EVENTS,
        replay=payload,
        outbound=outbound,
        provider=running,
        wire=wired,
    )
