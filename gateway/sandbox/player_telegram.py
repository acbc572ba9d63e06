"""Phones with Telegram."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from channels.telegram.sandbox import Mood as TelegramMood
from channels.telegram.sandbox import TelegramSandbox
from channels.telegram.sandbox_phones import CannotDo as CannotTelegram
from channels.telegram.sandbox_phones import Phone
from gateway.sandbox.credentials import Credentials
from gateway.sandbox.players import PEOPLE, Act, Arrived, CannotDo, Facts, Mood, Person

_FIRST_PERSON = 5_123_456_701
_MOODS = MappingProxyType(
    {
        Mood.SLOW: TelegramMood.SLOW,
        Mood.THROTTLED: TelegramMood.THROTTLED,
        Mood.ERROR: TelegramMood.ERROR,
        Mood.LOST: TelegramMood.CUT,
        Mood.DUPLICATE: TelegramMood.DUPLICATE,
    }
)


class TelegramPlayer:
    """The provider of our bot. `first` numbers what happens, so that no start repeats the numbers of another."""

    facts = Facts("telegram", "Telegram", can=frozenset({"photo", "place", "buttons", "contact"}))

    def __init__(self, known: Credentials, *, first: int) -> None:
        self._provider = TelegramSandbox(token=known.telegram_token, first=first)
        for number, (name, _) in enumerate(PEOPLE, _FIRST_PERSON):
            self._provider.phones[number] = Phone(number, name, last_id=first)

    @property
    def addresses(self) -> Mapping[str, str]:
        """The Bot API."""
        return {"http": self._provider.url}

    async def start(self, ports: Mapping[str, int]) -> None:
        """One port."""
        await self._provider.start(http_port=ports.get("telegram", 0))

    async def stop(self) -> None:
        """Close it."""
        await self._provider.stop()

    def people(self) -> Sequence[Person]:
        """Whoever has a phone."""
        return [Person(str(one.id), one.name) for one in self._provider.phones.values()]

    async def act(self, person: str, act: Act) -> None:
        """What a thumb does."""
        try:
            await self._provider.say(int(person), **_wanted(act))
        except CannotTelegram as error:
            raise CannotDo("Không có nút này trên màn hình.") from error

    def arrived(self, person: str) -> Sequence[Arrived]:
        """What the bot said."""
        return [_seen(line) for line in self._provider.phones[int(person)].shown if line["by"] == "bot"]

    def waiting(self) -> bool:
        """Updates that the gateway has not taken yet."""
        return bool(self._provider.updates)

    def behave(self, mood: Mood) -> None:
        """The provider's own."""
        self._provider.mood = _MOODS.get(mood, TelegramMood.NORMAL)

    async def retry(self) -> None:
        """It does so by itself."""


def _wanted(act: Act) -> dict[str, Any]:
    if act.photo:
        caption = {"caption": act.text} if act.text else {}
        return {"photo": base64.b64encode(act.photo).decode(), **caption}
    if act.place is not None:
        return {"place": {"latitude": act.place[0], "longitude": act.place[1]}}
    if act.button:
        return {"button": act.button}
    return {"contact": "own"} if act.contact else {"text": act.text}


def _seen(line: Mapping[str, Any]) -> Arrived:
    buttons = tuple(str(one["title"]) for one in line.get("buttons", ()))
    files = (str(line["file"]),) if "file" in line else ()
    return Arrived(str(line["text"]), buttons, files)
