"""What lies with the provider: phones, files, what was said, and what the gateway is told of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from channels.zalo.sandbox.events import Webhooks
from channels.zalo.sandbox.moods import Mood
from channels.zalo.sandbox.phones import Phone, Shown, said_in
from channels.zalo.sandbox.tokens import TokenServer


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Account:
    """The official account and its app; secrets that nobody names are made up."""

    oa_id: str = "3880000000000000004"
    app_id: str = "3600000000000000001"
    app_secret: str = field(default_factory=secrets.token_hex)
    oa_secret: str = field(default_factory=secrets.token_hex)


class State:
    """Everything of one official account that lies with the provider."""

    def __init__(
        self, account: Account | None = None, *, gateway: str = "", now: Callable[[], datetime] = utc_now
    ) -> None:
        self.account = account or Account()
        self._now = now
        self.seconds = 1.0
        self.phones: dict[str, Phone] = {}
        self.tokens = TokenServer(self.account.app_id, self.account.app_secret, self.account.oa_id)
        self.webhooks = Webhooks(self.account.app_id, self.account.oa_secret, url=f"{gateway}/hooks/zalo")
        self.requests: list[tuple[str, Any]] = []
        self.quota = 500
        self._mood = Mood.NORMAL
        self.media: dict[str, bytes] = {}
        self.said: dict[str, list[dict[str, Any]]] = {}
        self._prefix, self._count = secrets.token_hex(4), 0
        self.url = ""

    @property
    def mood(self) -> Mood:
        """How it behaves."""
        return self._mood

    @mood.setter
    def mood(self, mood: Mood) -> None:
        self._mood = self.webhooks.mood = mood

    def phone(self, user: str) -> Phone:
        """The phone of a citizen, bought now if there is none."""
        return self.phones.setdefault(user, Phone(user, number=f"8490{int(user[-7:]):07d}"))

    async def say(self, user: str, wanted: Mapping[str, Any], *, deliver: bool = True) -> str:
        """The citizen does something; the event goes to the gateway. Without `deliver` the gateway was away."""
        name, message, beside = said_in(wanted, keep=self.keep)
        person = self.phone(user)
        message_id = str(wanted.get("msg_id") or self.next_id("msg"))
        sides = {"sender": {"id": person.user}, "recipient": {"id": self.account.oa_id}}
        if message:
            message = {"msg_id": message_id, **message}
        if wanted.get("visit"):
            name, message["conversation_id"] = name.replace("user_", "anonymous_"), str(wanted["visit"])
        elif message:
            self._note(user, name, message)
        event = self.event(name, message or None, **sides, **beside)
        if deliver:
            await self.webhooks.post(event)
        return message_id

    async def press(self, user: str, title: str) -> None:
        """The newest button with this title."""
        buttons = [button for shown in self.phone(user).shown[::-1] for button in shown.buttons]
        await self.say(user, {"press": next(sends for named, sends in buttons if named == title)})

    async def typed_by_a_person(self, user: str, text: str) -> None:
        """Somebody of the office writes in the provider's own tool."""
        message_id = self.next_id("oa")
        self.phone(user).shown.append(Shown(message_id, text))
        sides = {"sender": {"id": self.account.oa_id, "admin_id": "7700000000000000005"}, "recipient": {"id": user}}
        await self.webhooks.post(self.event("oa_send_text", {"msg_id": message_id, "text": text}, **sides))

    def uploaded(self, known_as: str) -> bytes:
        """A file that the gateway brought over."""
        return self.media[known_as]

    async def tell(self, user: str, message_id: str, message: Mapping[str, Any]) -> None:
        """Echo and receipt; in one mood they are faster than the answer."""
        sides = {"sender": {"id": self.account.oa_id}, "recipient": {"id": user}}
        echo = self.event("oa_send_text", {"msg_id": message_id, "text": message.get("text", "")}, **sides)
        receipt = self.event("user_received_message", {"msg_id": message_id}, **sides)
        for event in (echo, receipt):
            if self.mood is Mood.ECHO_FIRST:
                await self.webhooks.post(event)
            else:
                self.webhooks.post_later(event)

    def event(self, name: str, message: Mapping[str, Any] | None, **beside: Any) -> dict[str, Any]:
        """An event as the provider writes it."""
        event = {"app_id": self.account.app_id, "event_name": name, "timestamp": str(self.ms()), **beside}
        return event | ({"message": message} if message is not None else {})

    def _note(self, user: str, name: str, message: Mapping[str, Any]) -> None:
        """For the list of recent chats."""
        sort = name.removeprefix("user_send_")
        payloads = [one["payload"] for one in message.get("attachments", [])]
        more = {"url": payloads[0].get("url", "")} if payloads else {}
        if sort == "location":
            more = {"location": json.dumps(payloads[0]["coordinates"])}
        self.said.setdefault(user, []).insert(
            0,
            {
                "src": 1,
                "time": self.ms(),
                "type": {"image": "photo", "audio": "voice"}.get(sort, sort),
                "message": message.get("text", ""),
                "message_id": message["msg_id"],
                "from_id": user,
                "to_id": self.account.oa_id,
            }
            | more,
        )

    def note_ours(self, user: str, message_id: str, text: str) -> None:
        """What the official account said stands in the list of the chat as well."""
        said = {"src": 0, "time": self.ms(), "type": "text", "message": text, "message_id": message_id}
        self.said.setdefault(user, []).insert(0, {**said, "from_id": self.account.oa_id, "to_id": user})

    def keep(self, data: bytes, sort: str) -> str:
        """Hold a file that a citizen sent; where it lies."""
        name = self.next_id(sort)
        self.media[name] = data
        return f"{self.url}/media/{name}"

    def ms(self) -> int:
        """The present, in milliseconds since 1970."""
        return round(self._now().timestamp() * 1000)

    def next_id(self, sort: str) -> str:
        """An id that was never used before."""
        self._count += 1
        return f"{sort}-{self._prefix}-{self._count:06d}"
