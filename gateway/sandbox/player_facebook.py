"""Phones with Messenger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from aiohttp import ClientError

from channels.facebook.sandbox import FacebookSandbox
from channels.facebook.sandbox_state import Mood as FacebookMood
from channels.facebook.sandbox_state import Phone, Shown
from gateway.sandbox.credentials import Credentials
from gateway.sandbox.players import PEOPLE, Act, Arrived, CannotDo, Facts, Mood, NotTaken, Person

_FIRST_PERSON = 246_000_000_000_001
_FIRST_PUBLIC = 122_000_000_000_001
_MOODS = MappingProxyType(
    {
        Mood.SLOW: FacebookMood.SLOW,
        Mood.THROTTLED: FacebookMood.THROTTLED,
        Mood.ERROR: FacebookMood.ERROR,
        Mood.LOST: FacebookMood.CUT_AFTER,
        Mood.DUPLICATE: FacebookMood.DUPLICATE,
    }
)


class FacebookPlayer:
    """The provider of our Page. `first` numbers what happens, so that no start repeats the numbers of another."""

    facts = Facts("facebook", "Messenger")

    def __init__(self, known: Credentials, *, gateway: str, first: int) -> None:
        page = known.facebook_page_id
        self._provider = FacebookSandbox(
            {page: known.facebook_page_token},
            app_secret=known.facebook_app_secret,
            verify_token=known.facebook_verify_token,
            hook=f"{gateway}/hooks/facebook",
            app_id=known.facebook_app_id,
            first=first,
        )
        for place, (name, _) in enumerate(PEOPLE):
            phone = Phone(str(_FIRST_PERSON + place), page, name, str(_FIRST_PUBLIC + place))
            self._provider.phones[phone.id] = phone

    @property
    def addresses(self) -> Mapping[str, str]:
        """The Graph API."""
        return {"http": self._provider.url}

    async def start(self, ports: Mapping[str, int]) -> None:
        """One port."""
        await self._provider.start(port=ports.get("facebook", 0))

    async def stop(self) -> None:
        """Close it."""
        await self._provider.stop()

    def people(self) -> Sequence[Person]:
        """Whoever has a phone."""
        return [Person(one.id, one.name) for one in self._provider.phones.values()]

    async def act(self, person: str, act: Act) -> None:
        """What a thumb does."""
        phone, refused = self._provider.phones[person], self._provider.refused
        try:
            await self._do(phone, act)
        except IndexError as error:
            raise CannotDo("Không có nút này trên màn hình.") from error
        except (ClientError, TimeoutError) as error:
            raise NotTaken(type(error).__name__) from error
        if self._provider.refused > refused:
            raise NotTaken("refused")

    async def _do(self, phone: Phone, act: Act) -> None:
        if act.button:
            await self._provider.press(phone, act.button)
        elif act.place is not None:
            await self._provider.show_place(phone, *act.place)
        else:
            await self._provider.say(phone, act.text, photo=act.photo)

    def arrived(self, person: str) -> Sequence[Arrived]:
        """What the Page said."""
        return [_seen(one) for one in self._provider.phones[person].shown if one.by != "citizen"]

    def waiting(self) -> bool:
        """An event was taken when `act` returns."""
        return False

    def behave(self, mood: Mood) -> None:
        """The provider's own."""
        self._provider.mood = _MOODS.get(mood, FacebookMood.NORMAL)

    async def retry(self) -> None:
        """Echoes and receipts for which nobody was there."""
        await self._provider.repeat()


def _seen(one: Shown) -> Arrived:
    return Arrived(one.text, tuple(button["title"] for button in one.buttons))
