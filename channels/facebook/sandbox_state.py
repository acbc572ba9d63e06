"""What the sandbox knows: citizens and what their screens show, comments, moods; and how it writes and signs."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Mood(StrEnum):
    """How the provider behaves."""

    NORMAL = "normal"
    SLOW = "slow"
    THROTTLED = "throttled"
    RATE = "rate"
    ERROR = "error"
    BROKEN = "broken"
    EXPIRED = "expired"
    WINDOW = "window"
    UNAVAILABLE = "unavailable"
    CUT_AFTER = "cut_after"
    DUPLICATE = "duplicate"
    DISORDER = "disorder"


@dataclass
class Shown:
    """One thing on a citizen's screen. `where`: messenger, or the comment it stands under."""

    id: str
    text: str
    where: str = "messenger"
    by: str = "page"
    buttons: list[dict[str, str]] = field(default_factory=list)
    kind: str = "RESPONSE"


@dataclass
class Phone:
    """One citizen, on one Page: `id` is theirs on Messenger, `public_id` under posts."""

    id: str
    page: str
    name: str
    public_id: str
    wrote_at: datetime | None = None
    shown: list[Shown] = field(default_factory=list)

    @property
    def received(self) -> list[str]:
        """The texts that the Page's side has written privately, oldest first."""
        return [one.text for one in self.shown if one.by != "citizen" and one.where == "messenger"]


@dataclass
class Comment:
    """What a citizen wrote under a post."""

    id: str
    post: str
    author: Phone
    at: datetime
    text: str
    has_private_reply: bool = False
    answers: list[str] = field(default_factory=list)


def batch(entries: Sequence[tuple[str, dict[str, Any]]], *, at: int) -> dict[str, Any]:
    """Events as the provider puts them together, of several Pages perhaps."""
    return {"object": "page", "entry": [{"id": page, "time": at} | lists for page, lists in entries]}


def written(event: Mapping[str, Any]) -> bytes:
    """The provider's JSON: letters beyond ASCII and slashes are escaped, and the signature is over just that."""
    return json.dumps(event, separators=(",", ":")).replace("/", "\\/").encode()


def signature(body: bytes, secret: str) -> str:
    """The value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
