"""
Every provider's sandbox in one process, and their tempers: each behaves differently from one moment to the next.

A tenth of the answers is lost behind the message; others are refused for now, late, told twice. Over a small HTTP side
the run is told what the phones show (`GET /shown`), and ends the storm (`POST /calm`).
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web

from channels.email.sandbox import MailSandbox
from channels.email.sandbox import Mood as MailMood
from channels.facebook.sandbox import FacebookSandbox
from channels.facebook.sandbox_state import Mood as FacebookMood
from channels.facebook.sandbox_state import Phone as FacebookPhone
from channels.sms.sandbox import Mood as SmsMood
from channels.sms.sandbox import Network, Secrets, SmsSandbox
from channels.telegram.sandbox import Mood as TelegramMood
from channels.telegram.sandbox import TelegramSandbox
from channels.zalo.sandbox import Account, ZaloSandbox
from channels.zalo.sandbox import Mood as ZaloMood
from gateway.sandbox.credentials import Credentials

CHANNELS = ("sms", "email", "zalo", "facebook", "telegram")
NUMBER = re.compile(r"so (\d{7}) ")
_TEMPER_SECONDS = 0.02
_WEIGHTS = (78, 10, 3, 3, 3, 3)
"""Of: normal, the answer is lost, an error, throttled, slow, told twice."""
_TEMPERS: dict[str, Sequence[StrEnum]] = {
    "sms": (SmsMood.NORMAL, SmsMood.CUT_AFTER, SmsMood.ERROR, SmsMood.THROTTLED, SmsMood.SLOW, SmsMood.DUPLICATE),
    "email": (
        MailMood.NORMAL,
        MailMood.CUT_AFTER,
        MailMood.TEMPORARY,
        MailMood.CUT_BEFORE,
        MailMood.SLOW,
        MailMood.NORMAL,
    ),
    "zalo": (
        ZaloMood.NORMAL,
        ZaloMood.CUT_AFTER,
        ZaloMood.THROTTLED,
        ZaloMood.ECHO_FIRST,
        ZaloMood.SLOW,
        ZaloMood.DUPLICATE,
    ),
    "facebook": (
        FacebookMood.NORMAL,
        FacebookMood.CUT_AFTER,
        FacebookMood.ERROR,
        FacebookMood.THROTTLED,
        FacebookMood.SLOW,
        FacebookMood.DUPLICATE,
    ),
    "telegram": (
        TelegramMood.NORMAL,
        TelegramMood.CUT,
        TelegramMood.ERROR,
        TelegramMood.THROTTLED,
        TelegramMood.SLOW,
        TelegramMood.NORMAL,
    ),
}
_SLOW_SECONDS = 0.5


@dataclass
class Providers:
    """All of them, for one gateway. `each` is how many people have a phone on every channel."""

    gateway: str
    known: Credentials
    each: int
    chance: random.Random
    _tempers: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        known, gateway = self.known, self.gateway
        network = Network(
            number=known.twilio_number,
            hook=f"{gateway}/hooks/twilio/{known.twilio_account}/sms",
            public_url=gateway,
            gateway=gateway,
            secrets=Secrets(account_sid=known.twilio_account, auth_token=known.twilio_auth_token),
        )
        self.sms = SmsSandbox("twilio", network)
        self.email = MailSandbox(gateway=("127.0.0.1", 0))
        account = Account(known.zalo_oa_id, known.zalo_app_id, known.zalo_app_secret, known.zalo_oa_secret)
        self.zalo = ZaloSandbox(account, gateway=gateway)
        self.facebook = FacebookSandbox(
            {known.facebook_page_id: known.facebook_page_token},
            app_secret=known.facebook_app_secret,
            verify_token=known.facebook_verify_token,
            hook=f"{gateway}/hooks/facebook",
            app_id=known.facebook_app_id,
        )
        self.telegram = TelegramSandbox(token=known.telegram_token)
        for number in range(self.each):
            person = people("facebook", number)
            phone = FacebookPhone(person, known.facebook_page_id, "Nguyễn Văn An", f"9{person}")
            phone.wrote_at = self.facebook.clock()
            self.facebook.phones[person] = phone
            self.telegram.phone(int(people("telegram", number)))

    async def start(self) -> dict[str, dict[str, str]]:
        """Where each of them is."""
        for sandbox in (self.sms, self.email, self.zalo, self.facebook, self.telegram):
            await sandbox.start()
        smtp = f"{self.email.smtp[0]}:{self.email.smtp[1]}"
        web_sides = {name: {"http": getattr(self, name).url} for name in CHANNELS if name != "email"}
        return web_sides | {"email": {"smtp": smtp}}

    def rage(self) -> None:
        """From now on they are in their worst mood."""
        self._tempers = [asyncio.create_task(self._temper(name)) for name in CHANNELS]

    async def _temper(self, name: str) -> None:
        while True:
            self._behave(name, self.chance.choices(_TEMPERS[name], _WEIGHTS)[0])
            await asyncio.sleep(_TEMPER_SECONDS)

    def _behave(self, name: str, mood: StrEnum) -> None:
        one: Any = self.sms.network if name == "sms" else getattr(self, name)
        one.mood, one.seconds = mood, _SLOW_SECONDS

    async def calm(self) -> None:
        """The storm is over, and what nobody took is told again."""
        for temper in self._tempers:
            temper.cancel()
        for name in CHANNELS:
            self._behave(name, _TEMPERS[name][0])
        await self.zalo.webhooks.repeat()
        await self.facebook.repeat()

    def shown(self) -> dict[str, Counter[int]]:
        """By channel and number of the notice, how often a phone shows it."""
        facebook = (text for phone in self.facebook.phones.values() for text in phone.received)
        telegram = (text for phone in self.telegram.phones.values() for text in phone.read())
        zalo = (one.text for phone in self.zalo.phones.values() for one in phone.shown)
        mails = (mail.raw.decode(errors="replace") for mail in self.email.mails)
        sms = (one.text for one in self.sms.network.phones.shown)
        texts = {"sms": sms, "email": mails, "zalo": zalo, "facebook": facebook, "telegram": telegram}
        return {name: _numbers(told) for name, told in texts.items()}


def people(channel: str, number: int) -> str:
    """The address of somebody on a channel; nobody gets two notices."""
    made: dict[str, Callable[[int], str]] = {
        "sms": lambda one: f"+8490{one:07d}",
        "email": lambda one: f"citizen{one}@hopthu.example.vn",
        "zalo": lambda one: f"246000000000{one:07d}",
        "facebook": lambda one: f"246000000000{one:07d}",
        "telegram": lambda one: str(500_000_000 + one),
    }
    return made[channel](number)


def _numbers(texts: Iterable[str]) -> Counter[int]:
    return Counter(int(found[1]) for text in texts if (found := NUMBER.search(text)))


async def provide(gateway: str, known: Credentials, each: int, seed: int, ready: int) -> None:
    """Serve until killed; tells the parent through the pipe where everybody is."""
    providers = Providers(gateway, known, each, random.Random(seed))
    addresses = await providers.start()
    control = await _control(providers)
    os.write(ready, (json.dumps({"control": control, "addresses": addresses}) + "\n").encode())
    await asyncio.Event().wait()


async def _control(providers: Providers) -> str:
    app = web.Application()

    async def shown(_request: web.Request) -> web.Response:
        return web.json_response(providers.shown())

    async def rage(_request: web.Request) -> web.Response:
        providers.rage()
        return web.Response()

    async def calm(_request: web.Request) -> web.Response:
        await providers.calm()
        return web.Response()

    app.add_routes([web.get("/shown", shown), web.post("/rage", rage), web.post("/calm", calm)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"
