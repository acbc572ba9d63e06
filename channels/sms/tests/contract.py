"""The SMS channel's side of the contract suite, once for each carrier."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from channels.sms.adapter import LineSmsChannel, SmsChannel
from channels.sms.sandbox import Mood, SmsSandbox
from channels.sms.tests.builders import (
    SECRETS,
    Store,
    channel,
    outbound,
    sandboxed,
)
from channels.sms.tests.deliveries import NUMBERS, WRITE, prepared, twilio
from channels.sms.tests.test_mapping import BROKEN, IGNORED, MESSAGES, RECEIPTS
from channels.twilio import HEADER
from core.contract.errors import (
    NeedsReauth,
    NotLetIn,
    OutcomeUnknown,
    ProviderRefused,
    QuotaSpent,
    RecipientOptedOut,
    SendError,
    TemporarySendError,
    Throttled,
)
from core.contract.ports import HOOK_LIMIT, AcceptRaw, RawDelivery
from core.contract.schema import DeliveryStatus
from tests.contract.subject import ProviderMood, Subject, Trouble, Written
from tests.support.waiting import until

MOODS = {
    ProviderMood.NORMAL: Mood.NORMAL,
    ProviderMood.TEMPORARY: Mood.THROTTLED,
    ProviderMood.REFUSED: Mood.REFUSE,
    ProviderMood.CUT: Mood.CUT_AFTER,
}
PATIENCE = {"smpp": "response_seconds"}
SECRET = {"twilio": SECRETS.auth_token, "esms": SECRETS.secret_key, "speedsms": SECRETS.token, "smpp": SECRETS.password}


@dataclass
class Box:
    """The provider while it runs."""

    channel: SmsChannel
    sandbox: SmsSandbox

    @property
    def url(self) -> str:
        return self.sandbox.url

    async def set_mood(self, mood: ProviderMood | str) -> None:
        if mood is ProviderMood.DOWN:
            await self.sandbox.stop()
            if isinstance(self.channel, LineSmsChannel):  # until it has noticed, the outcome would be unknown
                await until(self._is_down, "the loss of the line")
        else:
            self.sandbox.network.mood = MOODS[mood] if isinstance(mood, ProviderMood) else Mood(mood)
            await until(lambda: self._is_well(mood), "the line")

    async def _is_down(self) -> bool:
        return not (await self.channel.check_health()).ok

    async def _is_well(self, mood: ProviderMood | str) -> bool:
        return mood is not ProviderMood.NORMAL or (await self.channel.check_health()).ok

    def received(self) -> Sequence[str]:
        return [shown.text for shown in self.sandbox.network.phones.shown]


@asynccontextmanager
async def running(carrier: str, **changes: Any) -> AsyncIterator[Box]:
    """The channel and the sandbox behind it."""
    async with sandboxed(carrier, **changes) as (opened, sandbox):
        yield Box(opened, sandbox)


@dataclass
class Line:
    """The message centre, seen from a citizen's phone."""

    sandbox: SmsSandbox

    async def bring(self, written: Written) -> bool:
        return await self.sandbox.say(NUMBERS[written.sender], written.text) == 0


@dataclass
class Handing(Store):
    """An inbox that hands everything on."""

    on: AcceptRaw | None = None

    async def accept(self, delivery: RawDelivery, items: Any) -> None:
        """To the suite's own."""
        assert self.on is not None
        await self.on(delivery, items)


@asynccontextmanager
async def wired(accept: AcceptRaw) -> AsyncIterator[Line]:
    """The channel listening on its line."""
    async with sandboxed("smpp", store=Handing(on=accept)) as (_, sandbox):
        yield Line(sandbox)


def forged(carrier: str) -> dict[str, RawDelivery]:
    """What must not be believed."""
    good = WRITE[carrier](Written("bimat"))
    found = {"nothing": replace(good, body=b"")}
    if carrier in ("twilio", "esms"):
        found["an altered byte"] = replace(good, body=good.body.replace(b"bimat", b"bimal"))
    if carrier == "twilio":
        found |= {
            "no signature": replace(good, headers={}),
            "no ASCII": replace(good, headers={HEADER: "đ"}),
            "another address": replace(good, query="x=1"),
        }
    return found


def receipts(carrier: str) -> dict[str, tuple[RawDelivery, DeliveryStatus]]:
    """What the carrier says about our messages."""
    return {name: (prepared(name), told[1]) for name, told in RECEIPTS.items() if name.startswith(carrier)}


def standings() -> dict[str, tuple[RawDelivery, bool]]:
    """The words on which Twilio itself acts."""
    return {word: (twilio(Written(word)), word == "START") for word in ("STOP", "Unsubscribe", "START")}


FAILURES: Mapping[str, Mapping[str, tuple[str, type[SendError]]]] = {
    "twilio": {
        Trouble.THROTTLED: ("throttled", Throttled),
        Trouble.ERROR: ("error", TemporarySendError),
        Trouble.BROKEN: ("broken", OutcomeUnknown),
        Trouble.EXPIRED: ("wrong_key", NeedsReauth),
        Trouble.OPTED_OUT: ("opted_out", RecipientOptedOut),
    },
    "esms": {
        Trouble.THROTTLED: ("throttled", Throttled),
        Trouble.ERROR: ("error", TemporarySendError),
        Trouble.BROKEN: ("broken", TemporarySendError),
        "wrong key": ("wrong_key", NotLetIn),
        "no money": ("no_money", QuotaSpent),
    },
    "speedsms": {
        Trouble.THROTTLED: ("throttled", Throttled),
        Trouble.ERROR: ("error", TemporarySendError),
        Trouble.BROKEN: ("broken", OutcomeUnknown),
        "wrong key": ("wrong_key", NotLetIn),
        "no money": ("no_money", QuotaSpent),
    },
    "smpp": {
        Trouble.THROTTLED: ("throttled", Throttled),
        Trouble.ERROR: ("error", TemporarySendError),
        Trouble.BROKEN: ("broken", OutcomeUnknown),
        "refused": ("opted_out", ProviderRefused),
    },
}
"""What each carrier does to a message, and what that is."""
UNKNOWN = ("twilio_status__receiving", "esms_status__unknown", "speedsms_event__unknown")
ALBUM = {
    "NumMedia": "2",
    "MediaUrl0": "https://api.twilio.com/anh1",
    "MediaContentType0": "image/jpeg",
    "MediaUrl1": "https://api.twilio.com/anh2",
    "MediaContentType1": "image/jpeg",
}


EVENTS = {
    "twilio": ("message", "status", "opt_out", "broken"),
    "esms": ("message", "status", "broken"),
    "speedsms": ("message", "report", "event", "broken"),
    "smpp": ("message", "receipt", "broken"),
}


def of_twilio(carrier: str) -> dict[str, Any]:
    """What only Twilio carries: pictures, and who wants to hear no more."""
    if carrier != "twilio":
        return {}
    return {
        "standings": standings(),
        "to_fetch": {"photo": prepared("twilio_message__photo")},
        "albums": {"two pictures": [twilio(Written("Hai ảnh"), **ALBUM)]},
        "gone": "{url}/2010-04-01/Accounts/" + SECRETS.account_sid + "/Media/no-such-file",
    }


def subject(carrier: str) -> Subject:
    """The SMS channel with this carrier under contract."""
    mine = partial(filter, lambda name: name.startswith(carrier))
    good = WRITE[carrier](Written("x"))
    return Subject(
        name="sms",
        variant=carrier,
        longest=30_000 if carrier == "smpp" else None,
        numbered=carrier in ("twilio", "esms"),
        takes_once=carrier == "esms",
        channel=partial(channel, carrier),
        write=WRITE[carrier],
        secret=SECRET[carrier],
        forged=forged(carrier),
        oversized={"over the limit": replace(good, body=good.body + b"x" * HOOK_LIMIT)},
        broken={name: prepared(name) for name in mine(BROKEN)},
        ignored={name: prepared(name) for name in mine(IGNORED) if name not in UNKNOWN},
        receipts=receipts(carrier),
        encodings={name: (prepared(name), MESSAGES[name][1]) for name in mine(MESSAGES)},
        signs_bytes=carrier == "twilio",
        ordered=carrier == "esms",
        unknown={name: prepared(name) for name in mine(UNKNOWN)},
        failures=FAILURES[carrier],
        **of_twilio(carrier),
        events=[f"{carrier}_{kind}" for kind in EVENTS[carrier]],
        replay=prepared,
        outbound=partial(outbound, name=carrier),
        provider=partial(running, carrier),
        impatient=partial(running, carrier, **{PATIENCE.get(carrier, "timeout"): 0.4}),
        wire=wired if carrier == "smpp" else None,
    )


def subjects() -> list[Subject]:
    """One for each carrier."""
    return [subject(carrier) for carrier in WRITE]
