"""Telephones whose calls go through Twilio: on the page they call, press keys, speak and hang up."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from channels.call_center.sandbox import Phone, VoiceSandbox, World, ulaw
from gateway.sandbox.credentials import Credentials
from gateway.sandbox.players import PEOPLE, Act, Arrived, CannotDo, Facts, Mood, Person

_FIRST_PERSON = 84_900_000_001
_LOOK_S = 0.1
CALL, HANG_UP, SPEAK = "Gọi tổng đài", "Gác máy", "Nói 3 giây"
_SPEECH_S = 3
_TYPED = (*"123450#9", SPEAK, HANG_UP)
_TROUBLES = MappingProxyType({Mood.THROTTLED: 429, Mood.ERROR: 500})
_KEYS = frozenset("0123456789*#")
CALLING, TAKEN, RINGS, OVER = (
    "Đang gọi tổng đài…",
    "Đã nối máy: bấm phím, hoặc gõ dãy số rồi gửi.",
    "Tổng đài gọi đến; đã nhấc máy.",
    "Cuộc gọi đã kết thúc.",
)


@dataclass
class _Screen:
    """One person's telephone: what it showed, and the call that is up."""

    shown: list[Arrived] = field(default_factory=list)
    phone: Phone | None = None

    @property
    def is_busy(self) -> bool:
        return self.phone is not None and not self.phone.over.is_set()


class VoicePlayer:
    """Twilio's voice side, and the telephones behind it."""

    facts = Facts("voice", "Điện thoại (Twilio)", can=frozenset({"buttons"}))

    def __init__(self, known: Credentials, *, gateway: str, public_url: str) -> None:
        world = World(
            known.twilio_account, known.twilio_auth_token, known.twilio_number, public_url=public_url, gateway=gateway
        )
        self._provider = VoiceSandbox(world)
        self._screens = {str(number): _Screen() for number, _ in enumerate(PEOPLE, _FIRST_PERSON)}
        self._watching: set[asyncio.Task[None]] = set()

    @property
    def addresses(self) -> Mapping[str, str]:
        """Twilio's interface."""
        return {"http": self._provider.url}

    async def start(self, ports: Mapping[str, int]) -> None:
        """One port; calls of the office are waited for."""
        await self._provider.start(ports.get("voice", 0))
        self._watch(self._take_calls())

    async def stop(self) -> None:
        """Everybody hangs up."""
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)
        await self._provider.stop()

    def people(self) -> Sequence[Person]:
        """Those of the page; a call to anybody else is taken too, and shown nowhere."""
        names = zip(self._screens, PEOPLE, strict=True)
        return [Person(number, name, f"+{number}") for number, (name, _) in names]

    async def act(self, person: str, act: Act) -> None:
        """Call, press, speak, hang up. Raises CannotDo."""
        screen, wanted = self._screens[person], (act.button or act.text).strip()
        if not screen.is_busy:
            screen.phone = self._provider.call(f"+{person}")
            screen.shown.append(Arrived(CALLING))
            self._watch(self._follow(screen, screen.phone))
        elif screen.phone is not None:
            _do(screen.phone, wanted)

    def arrived(self, person: str) -> Sequence[Arrived]:
        """What the telephone showed."""
        return self._screens[person].shown

    def waiting(self) -> bool:
        """A call waits for nobody."""
        return False

    def behave(self, mood: Mood) -> None:
        """What the gateway wants of Twilio is refused, or all that Twilio tells is told twice."""
        world = self._provider.world
        world.trouble, world.tells = _TROUBLES.get(mood, 0), 2 if mood is Mood.DUPLICATE else 1

    async def retry(self) -> None:
        """Nothing waits."""

    async def _take_calls(self) -> None:
        while True:
            phone = await self._provider.exchange.rung.get()
            screen = self._screens.get(phone.number.removeprefix("+"))
            if screen is not None and not screen.is_busy:
                screen.phone = phone
                screen.shown.append(Arrived(RINGS, _TYPED))
                self._watch(self._follow(screen, phone))

    async def _follow(self, screen: _Screen, phone: Phone) -> None:
        """Show what happens in a call until it is over."""
        said = streams = 0
        while not phone.over.is_set():
            await asyncio.sleep(_LOOK_S)
            if phone.streams > streams:
                streams = phone.streams
                screen.shown.append(Arrived(TAKEN, _TYPED))
            screen.shown += [Arrived(words, _TYPED) for words in phone.said[said:]]
            said = len(phone.said)
        screen.shown.append(Arrived(f"{OVER} Đã nghe {len(phone.heard) // 8000} giây.", (CALL,)))

    def _watch(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._watching.add(task)
        task.add_done_callback(self._watching.discard)


def _do(phone: Phone, wanted: str) -> None:
    if wanted == HANG_UP:
        phone.hang_up()
    elif wanted == SPEAK:
        phone.speak(_speech())
    elif wanted and set(wanted) <= _KEYS:
        phone.press(wanted)
    else:
        raise CannotDo("Trong cuộc gọi chỉ bấm được phím 0–9, * và #.")


def _speech() -> bytes:
    """Three seconds that are no silence: a tone that comes and goes four times a second, as syllables do."""
    times = (at / 8000 for at in range(_SPEECH_S * 8000))
    return ulaw(round(9000 * math.sin(math.tau * 300 * at) * math.sin(math.tau * 4 * at) ** 2) for at in times)
