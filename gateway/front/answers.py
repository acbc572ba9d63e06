"""
The two answers that the front gives itself, each one string of bytes; their connection is kept.

What any other answer needs (headers in a multidict, signals, a writer) costs a tenth of a whole webhook.
"""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from functools import lru_cache

from core.contract.errors import IntakeUnavailable
from gateway.hooks import RETRY_SECONDS


def receipt() -> bytes:
    """It is on disk."""
    return _receipt(int(time.time()))


@lru_cache(maxsize=1)
def _receipt(second: int) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: {_date(second)}\r\n\r\n".encode()


def come_back() -> bytes:
    """It could not be stored: the provider shall send it again in a moment."""
    body = json.dumps({"error": IntakeUnavailable.code, "message": IntakeUnavailable.vi}, ensure_ascii=False).encode()
    head = (
        f"HTTP/1.1 503 Service Unavailable\r\nRetry-After: {RETRY_SECONDS}\r\n"
        f"Content-Type: application/json; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        f"Date: {_date(int(time.time()))}\r\n\r\n"
    )
    return head.encode() + body


def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
