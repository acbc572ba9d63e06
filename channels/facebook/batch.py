"""
Cutting a delivery into its events, and their keys; pure.

The provider puts events of several Pages and people into one body, and groups them otherwise when it sends them again:
so each event has a key of its own, which does not depend on its place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from channels.base import clean_text
from core.contract.errors import PayloadInvalid
from core.contract.ports import ItemKey

Stream = Literal["messaging", "standby", "changes"]
STREAMS: tuple[Stream, ...] = ("messaging", "standby", "changes")
Json = Mapping[str, Any]
_KEY_LIMIT = 150
_ID_LIMIT = 300
_LAST_MS = 253_402_300_799_000


@dataclass(frozen=True)
class Event:
    """One event of a batch: whose Page, in which list, what. `part` finds it again in the same body."""

    page: str
    stream: Stream
    part: str
    value: Json


def events(body: bytes) -> list[Event]:
    """All events of a body, in order. PayloadInvalid: it is no batch of a Page's events, or an empty one."""
    found = list(_walk(read(body)))
    if not found:
        raise PayloadInvalid("no event in it")
    return found


def read(body: bytes) -> Json:
    """The body as an object. PayloadInvalid."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PayloadInvalid("not JSON") from error
    if not isinstance(value, dict):
        raise PayloadInvalid("not an object")
    return value


def is_of_a_page(batch: Json) -> bool:
    """Whether it tells of a Page at all; one app may be subscribed to more."""
    return batch.get("object") == "page"


def split(body: bytes) -> Sequence[ItemKey]:
    """One item an event. PayloadInvalid: nothing in it."""
    batch = read(body)
    if not is_of_a_page(batch):
        if "object" not in batch:
            raise PayloadInvalid("not a webhook of this provider")
        key = "other:" + hashlib.sha256(body).hexdigest()
        return [ItemKey(dedupe_key=key, conversation_key=key)]
    return [key_of(event) for event in events(body)]


def find(body: bytes, part: str) -> Event:
    """The event that an item is about. PayloadInvalid: there is none."""
    for event in _walk(read(body)):
        if event.part == part:
            return event
    raise PayloadInvalid("no such event in the body")


def key_of(event: Event) -> ItemKey:
    """The permanent key of an event, and whose conversation it belongs to."""
    name = comment_name(event.value) if event.stream == "changes" else message_name(event.value)
    who = commenter(event.value) if event.stream == "changes" else person(event)
    return ItemKey(
        dedupe_key=f"{event.page}:{_short(name or 'hash:' + _digest(event.value))}",
        conversation_key=f"{event.page}:{_short(who or 'page')}",
        part=event.part,
        provider_time=when(event),
    )


def message_name(value: Json) -> str:
    """What a Messenger event is called, whichever batch it comes in; empty: it has no name."""
    who, at = ident(inner(value, "sender").get("id")), ident(value.get("timestamp"))
    if mid := ident(inner(value, "message").get("mid") or inner(value, "postback").get("mid")):
        return f"m:{mid}"
    if edit := inner(value, "message_edit"):
        return f"edit:{ident(edit.get('mid'))}:{ident(edit.get('num_edit'))}"
    if reaction := inner(value, "reaction"):
        return f"reaction:{ident(reaction.get('mid'))}:{who}:{at}"
    for kind in ("delivery", "read"):
        if kind in value:
            return f"{kind}:{who}:{ident(inner(value, kind).get('watermark'))}"
    return ""


def comment_name(change: Json) -> str:
    """What a comment's event is called; empty: it is about something else."""
    value = inner(change, "value")
    comment = ident(value.get("comment_id"))
    if not comment or value.get("item") != "comment":
        return ""
    return f"comment:{comment}:{ident(value.get('verb'))}:{ident(value.get('created_time'))}"


def person(event: Event) -> str:
    """The citizen of a Messenger event: whoever of the two is not the Page."""
    sides = [ident(inner(event.value, side).get("id")) for side in ("sender", "recipient")]
    return next((side for side in sides if side and side != event.page), "")


def commenter(change: Json) -> str:
    """
    Who wrote a comment, as an address of ours; whom the provider does not name is known by the comment alone.

    It is not the id under which the same person writes on Messenger.
    """
    value = inner(change, "value")
    author, comment = ident(inner(value, "from").get("id")), ident(value.get("comment_id"))
    if author:
        return f"commenter:{author}"
    return f"comment:{comment}" if comment else ""


def when(event: Event) -> datetime | None:
    """The provider's time: milliseconds for messages, seconds for comments."""
    if event.stream == "changes":
        created = inner(event.value, "value").get("created_time")
        return moment(created * 1000) if isinstance(created, int) else None
    return moment(event.value.get("timestamp"))


def moment(milliseconds: object) -> datetime | None:
    """An instant from milliseconds since 1970; None for what can be none."""
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool) or not 0 < milliseconds < _LAST_MS:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def inner(value: Json, name: str) -> Json:
    """The object under a name; empty where there is none."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def ident(value: object) -> str:
    """An id as text, also where it was written as a number; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return clean_text(str(value))[:_ID_LIMIT]


def words(value: object) -> str:
    """Text as it may be kept; empty for anything else."""
    return clean_text(value) if isinstance(value, str) else ""


def _walk(batch: Json) -> Iterator[Event]:
    for number, entry in enumerate(objects(batch.get("entry"))):
        for stream in STREAMS:
            for place, value in enumerate(objects(entry.get(stream))):
                yield Event(ident(entry.get("id")), stream, f"{number}.{stream}.{place}", value)


def objects(value: object) -> list[Json]:
    """The objects of a list; nothing where it is none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _short(name: str) -> str:
    """Fit for an index: short, and only what can be printed."""
    if len(name) <= _KEY_LIMIT and name.isascii() and name.isprintable():
        return name
    return "hash:" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def _digest(value: Json) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
