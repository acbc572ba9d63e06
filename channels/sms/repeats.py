"""Keys for messages to which a carrier gives no id. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime

WINDOW_SECONDS = 60


def repeat_key(sender: str, content: bytes, *, at: datetime) -> str:
    """
    The same for the same bytes from the same telephone within one minute of the clock; says nothing about either.

    `at`: when we took it. A repetition that comes as a minute ends is taken for a second message, and does no harm.
    """
    minute = int(at.timestamp()) // WINDOW_SECONDS
    return "mo:" + hashlib.sha256(b"\n".join([sender.encode(), str(minute).encode(), content])).hexdigest()
