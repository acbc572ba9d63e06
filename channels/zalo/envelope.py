"""
An event as it comes: its name, its moment, whose it is, its keys; and values that are read with care.

Ids are strings: they exceed 2^53. An event is one item; a repetition has the same key.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from channels.zalo import events
from core.contract.errors import PayloadInvalid
from core.contract.ports import RawDelivery

_LAST_MS = 4_102_444_800_000
_KEY_LIMIT = 150
_NOT_DIGITS = re.compile(r"\D+")


@dataclass(frozen=True)
class Event:
    """
    One event with what every reader of it needs. `user`: the citizen's id, empty where none is meant; `is_ours`: it
    names our official account, or none at all.
    """

    name: str
    body: Mapping[str, Any]
    at: datetime
    user: str
    is_ours: bool

    @property
    def message(self) -> Mapping[str, Any]:
        """Its message, or an empty one."""
        return as_object(self.body.get("message"))

    @property
    def message_id(self) -> str:
        """The provider's id of the message, or an empty text."""
        return as_text(self.message.get("msg_id"))

    @property
    def visit(self) -> str:
        """The conversation of a visitor without an account."""
        return as_text(self.message.get("conversation_id") or self.body.get("conversation_id"))

    @property
    def key(self) -> str:
        """
        The same for every repetition. A reaction names the message reacted to, and a look may name many, so that these
        and what has no message id are told apart by their moment.
        """
        unique = self.message_id if self.name not in (*events.UNWANTED, events.SEEN) else ""
        return _key(self.name, unique) if unique else _key(self.name, str(_ms(self.at)), self.user)

    @property
    def conversation(self) -> str:
        """What belongs in one order."""
        return _key("visit", self.visit) if self.visit else _key("user", self.user or self.name)


def read(delivery: RawDelivery) -> Event:
    """The event in a body. Raises PayloadInvalid."""
    try:
        body = json.loads(delivery.body)
    except (ValueError, RecursionError) as error:
        raise PayloadInvalid("not JSON") from error
    if not isinstance(body, dict) or not isinstance(body.get("event_name"), str):
        raise PayloadInvalid("not an event")
    people = [one for side in ("sender", "recipient") if (one := id_of(body, side, "id"))]
    named = {*people, as_text(body.get("oa_id"))} - {""}
    other = next((one for one in people if one != delivery.account), "")
    user = id_of(body, "follower", "id") or as_text(body.get("user_id")) or other
    is_ours = not named or delivery.account in named
    return Event(body["event_name"], body, moment(body.get("timestamp")), user, is_ours)


def as_size(given: Any) -> int:
    """A claim, in digits or as a number; nothing is built on it."""
    written = as_text(given)
    return int(written) if written.isascii() and written.isdigit() and len(written) < 16 else 0


def as_phone(given: Any) -> str:
    """ "84901234567" and "0901234567" in E.164; empty for anything that is no number."""
    digits = _NOT_DIGITS.sub("", as_text(given))
    if digits.startswith("0"):
        digits = f"84{digits[1:]}"
    return f"+{digits}" if digits.isascii() and 9 <= len(digits) <= 15 else ""


def card(description: str) -> Mapping[str, Any]:
    """A card's description is JSON inside a string."""
    try:
        return as_object(json.loads(description))
    except (ValueError, RecursionError):
        return {}


def moment(given: Any) -> datetime:
    """Milliseconds since 1970, in digits. Raises PayloadInvalid."""
    written = as_text(given)
    if not (written.isascii() and written.isdigit() and len(written) < 16) or int(written) >= _LAST_MS:
        raise PayloadInvalid("no time that can be")
    return datetime.fromtimestamp(int(written) / 1000, UTC)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def id_of(body: Mapping[str, Any], side: str, name: str) -> str:
    """An id inside an object of the event, or an empty text."""
    return as_text(as_object(body.get(side)).get(name))


def as_object(value: Any) -> Mapping[str, Any]:
    """An object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def as_text(value: Any) -> str:
    """Ids and numbers come as strings, mostly; a number is written out, anything else is nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        return str(value).encode("utf-8", "ignore").decode()
    except ValueError:  # a number of more digits than Python writes
        return ""


def _key(*parts: str) -> str:
    """Short and printable, whatever the provider's ids are made of."""
    whole = ":".join(parts)
    plain = len(whole) <= _KEY_LIMIT and whole.isascii() and whole.isprintable()
    return whole if plain else hashlib.sha256(whole.encode()).hexdigest()
