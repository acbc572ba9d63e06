"""Phones that have nothing but SMS and MMS: every number that ever got one has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType

from aiohttp import ClientError

from channels.sms.sandbox import Mood as SmsMood
from channels.sms.sandbox import Network, Secrets, Shown, SmsSandbox
from gateway.sandbox.credentials import Credentials
from gateway.sandbox.players import PEOPLE, Act, Arrived, Facts, Mood, NotTaken, Person

_FIRST_PERSON = 84_900_000_001
_MOODS = MappingProxyType(
    {
        Mood.SLOW: SmsMood.SLOW,
        Mood.THROTTLED: SmsMood.THROTTLED,
        Mood.ERROR: SmsMood.ERROR,
        Mood.LOST: SmsMood.CUT_AFTER,
        Mood.DUPLICATE: SmsMood.DUPLICATE,
        Mood.OUT_OF_ORDER: SmsMood.OUT_OF_ORDER,
    }
)


class SmsPlayer:
    """Twilio, and the phones behind it. `first` numbers messages, so that no start repeats those of another."""

    facts = Facts("sms", "Tin nhắn SMS", can=frozenset({"photo", "place"}))

    def __init__(self, known: Credentials, *, gateway: str, public_url: str, first: int) -> None:
        self._network = Network(
            number=known.twilio_number,
            hook=f"{public_url}/hooks/twilio/{known.twilio_account}/sms",
            public_url=public_url,
            gateway=gateway,
            secrets=Secrets(account_sid=known.twilio_account, auth_token=known.twilio_auth_token),
        )
        self._network.phones.last_id = first
        self._provider = SmsSandbox("twilio", self._network)
        self._people = {str(number): name for number, (name, _) in enumerate(PEOPLE, _FIRST_PERSON)}

    @property
    def addresses(self) -> Mapping[str, str]:
        """Twilio's interface."""
        return {"http": self._provider.url}

    async def start(self, ports: Mapping[str, int]) -> None:
        """One port; the message centre beside it is for tests."""
        await self._provider.start(http_port=ports.get("sms", 0))

    async def stop(self) -> None:
        """Close it."""
        await self._network.settle()
        await self._provider.stop()

    def people(self) -> Sequence[Person]:
        """Ours, and whoever got something, a one-time password for example."""
        known = {number: f"+{number}" for number in self._network.phones.numbers()}
        return [Person(number, name, f"+{number}") for number, name in (self._people | known | self._people).items()]

    async def act(self, person: str, act: Act) -> None:
        """Words, a picture, or the link to a map."""
        text = "\n".join(part for part in (act.text, act.button, act.link) if part)
        try:
            status = await self._provider.say(person, text, photo=act.photo or None)
        except (ClientError, TimeoutError) as error:
            raise NotTaken(type(error).__name__) from error
        if status != HTTPStatus.OK:
            raise NotTaken(f"HTTP {status}")

    def arrived(self, person: str) -> Sequence[Arrived]:
        """What came, with what it cost."""
        return [_seen(one) for one in self._network.phones.shown if one.to == person]

    def waiting(self) -> bool:
        """A message was taken when `act` returns."""
        return False

    def behave(self, mood: Mood) -> None:
        """The provider's own."""
        self._network.mood = _MOODS.get(mood, SmsMood.NORMAL)

    async def retry(self) -> None:
        """Nothing waits."""


def _seen(one: Shown) -> Arrived:
    return Arrived(one.text, state=f"Đã đến máy ({one.segments} đoạn SMS)")
