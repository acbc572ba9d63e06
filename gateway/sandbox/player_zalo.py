"""Phones with Zalo."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from channels.zalo.sandbox import Account, Shown, ZaloSandbox
from channels.zalo.sandbox import Mood as ZaloMood
from gateway.sandbox.credentials import Credentials
from gateway.sandbox.players import PEOPLE, Act, Arrived, CannotDo, Facts, Mood, Person

_FIRST_PERSON = 2_460_000_000_000_000_001
_MOODS = MappingProxyType(
    {
        Mood.SLOW: ZaloMood.SLOW,
        Mood.THROTTLED: ZaloMood.THROTTLED,
        Mood.ERROR: ZaloMood.ERROR,
        Mood.LOST: ZaloMood.CUT_AFTER,
        Mood.DUPLICATE: ZaloMood.DUPLICATE,
    }
)


class ZaloPlayer:
    """The provider of our official account."""

    facts = Facts("zalo", "Zalo")

    def __init__(self, known: Credentials, *, gateway: str) -> None:
        account = Account(known.zalo_oa_id, known.zalo_app_id, known.zalo_app_secret, known.zalo_oa_secret)
        self._provider = ZaloSandbox(account, gateway=gateway)
        for number, (name, _) in enumerate(PEOPLE, _FIRST_PERSON):
            self._provider.phone(str(number)).name = name

    @property
    def addresses(self) -> Mapping[str, str]:
        """All three servers of the provider in one."""
        return {"http": self._provider.url}

    async def start(self, ports: Mapping[str, int]) -> None:
        """One port."""
        await self._provider.start(port=ports.get("zalo", 0))

    async def stop(self) -> None:
        """Close it."""
        await self._provider.stop()

    def people(self) -> Sequence[Person]:
        """Whoever has a phone; the number is where templates go."""
        return [Person(one.user, one.name, f"+{one.number}") for one in self._provider.phones.values()]

    async def act(self, person: str, act: Act) -> None:
        """What a thumb does."""
        if not act.button:
            await self._provider.say(person, _wanted(act))
            return
        try:
            await self._provider.press(person, act.button)
        except StopIteration as error:
            raise CannotDo("Không có nút này trên màn hình.") from error

    def arrived(self, person: str) -> Sequence[Arrived]:
        """What the official account said."""
        return [_seen(one) for one in self._provider.phone(person).shown]

    def waiting(self) -> bool:
        """Events that nobody took."""
        return bool(self._provider.webhooks.undelivered)

    def behave(self, mood: Mood) -> None:
        """The provider's own."""
        self._provider.mood = _MOODS.get(mood, ZaloMood.NORMAL)

    async def retry(self) -> None:
        """The provider's repetition."""
        await self._provider.webhooks.repeat()


def _wanted(act: Act) -> dict[str, Any]:
    if act.photo:
        return {"photo": base64.b64encode(act.photo).decode(), "text": act.text}
    if act.place is not None:
        return {"place": {"latitude": act.place[0], "longitude": act.place[1]}}
    return {"text": act.text}


def _seen(one: Shown) -> Arrived:
    text = one.text or "\n".join(f"{name}: {value}" for name, value in one.template.items())
    return Arrived(text, tuple(title for title, sends in one.buttons if sends), one.files)
