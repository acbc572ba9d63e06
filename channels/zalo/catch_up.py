"""
After an outage: what citizens wrote meanwhile, fetched from the provider and taken like any other event.

The provider repeats an event for two hours at most. Here each message it still lists becomes the event it would have
been, under the same key and signed with our own secret, so that whatever came before is not taken twice.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from channels.zalo.client import PAGE, ZaloApi
from channels.zalo.mapping_in import CHANNEL, split
from channels.zalo.settings import ZaloSettings
from channels.zalo.signature import HEADER, mac_of
from core.contract.ports import AcceptRaw, RawDelivery

_FROM_CITIZEN, _FROM_US = "1", "0"
_EVENTS = {
    "text": "user_send_text",
    "photo": "user_send_image",
    "image": "user_send_image",
    "gif": "user_send_gif",
    "link": "user_send_link",
    "links": "user_send_link",
    "sticker": "user_send_sticker",
    "voice": "user_send_audio",
    "audio": "user_send_audio",
    "video": "user_send_video",
    "file": "user_send_file",
    "location": "user_send_location",
}
_OVERLAP = timedelta(minutes=10)
_CLOCKS = timedelta(minutes=1)  # the provider's may be behind ours
_MOST_PAGES = 50

Listed = Mapping[str, Any]

log = structlog.get_logger()


class CatchUp:
    """Looks back once after a start, and then now and again as far as the last look."""

    def __init__(self, api: ZaloApi, settings: ZaloSettings, *, now: Callable[[], datetime]) -> None:
        self._api = api
        self._settings = settings
        self._now = now
        self._looked_at: datetime | None = None

    async def run_once(self, accept: AcceptRaw) -> int:
        """Bring what was said since the last look; returns how many messages were looked at. Raises SendError."""
        began = self._now()
        since = began - timedelta(hours=self._settings.catch_up_hours)
        if self._looked_at is not None:
            since = max(since, self._looked_at - _OVERLAP)
        found = [delivery async for delivery in self._since(since)]
        for delivery in sorted(found, key=lambda one: split(one)[0].provider_time or since):
            await accept(delivery, split(delivery))
        self._looked_at = began
        log.info("caught_up", channel=CHANNEL, messages=len(found))
        return len(found)

    async def _since(self, since: datetime) -> AsyncIterator[RawDelivery]:
        async for chat in _pages(lambda offset: self._api.recent_chats(offset=offset), since):
            async for said in self._chat(_citizen(chat), since):
                event = as_event(said, self._settings)
                if event is not None:
                    yield self._delivery(event)

    async def own_words(self, user: str, text: str, *, since: datetime) -> str:
        """The provider's id of what we said to somebody in these words since then; empty: it has no such thing."""
        async for said in self._chat(user, since - _CLOCKS):
            if str(said.get("src")) == _FROM_US and said.get("message") == text:
                return str(said.get("message_id") or "")
        return ""

    def _chat(self, user: str, since: datetime) -> AsyncIterator[Listed]:
        return _pages(lambda offset: self._api.conversation(user, offset=offset), since)

    def _delivery(self, event: Mapping[str, Any]) -> RawDelivery:
        body = json.dumps(event, ensure_ascii=False).encode()
        signed = mac_of(
            body, timestamp=event["timestamp"], app_id=self._settings.app_id, secret=self._settings.secrets[0]
        )
        return RawDelivery(CHANNEL, self._settings.oa_id, body, {HEADER: f"mac={signed}"}, received_at=self._now())


async def _pages(ask: Callable[[int], Awaitable[Sequence[Listed]]], since: datetime) -> AsyncIterator[Listed]:
    """Newest first, until one is older."""
    for page in range(_MOST_PAGES):
        listed = await ask(page * PAGE)
        for one in listed:
            if _moment(one) < since:
                return
            yield one
        if len(listed) < PAGE:
            return


def as_event(said: Listed, settings: ZaloSettings) -> Mapping[str, Any] | None:
    """The event that this message would have been; None for our own words and for what is no message."""
    name = _EVENTS.get(str(said.get("type", "")).lower())
    if name is None or str(said.get("src")) != _FROM_CITIZEN or not said.get("message_id"):
        return None
    return {
        "app_id": settings.app_id,
        "event_name": name,
        "timestamp": str(said["time"]),
        "sender": {"id": str(said.get("from_id", ""))},
        "recipient": {"id": settings.oa_id},
        "message": {
            "msg_id": str(said["message_id"]),
            "text": said.get("message") or "",
            "attachments": [{"payload": payload} for payload in _payloads(said)],
        },
    }


def _payloads(said: Listed) -> list[Mapping[str, Any]]:
    if said.get("location"):
        return [{"coordinates": _place(said["location"])}]
    links = said.get("links")
    if isinstance(links, list) and links:
        return [one for one in links if isinstance(one, dict)]
    return [{"url": said["url"], "description": said.get("description") or ""}] if said.get("url") else []


def _place(given: Any) -> Any:
    """A place is JSON inside a string."""
    try:
        return json.loads(given) if isinstance(given, str) else given
    except ValueError:
        return {}


def _citizen(chat: Listed) -> str:
    mine = str(chat.get("src")) == _FROM_CITIZEN
    return str(chat.get("from_id" if mine else "to_id", ""))


def _moment(said: Listed) -> datetime:
    """When it was said; what has no time is too old."""
    written = str(said.get("time", ""))
    return datetime.fromtimestamp(int(written) / 1000, UTC) if written.isdecimal() and len(written) < 16 else _LONG_AGO


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
