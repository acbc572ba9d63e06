"""
The head of a webhook, read from its bytes; what is not as plain as can be is not read here at all.

Plain is what no two readers of HTTP understand differently: POST to a path without query or escapes, HTTP/1.1, ASCII,
no header twice, a length in digits, nothing encoded, nothing expected. A reader that knows less can be fooled about
less: all other requests go to aiohttp's parser, with every byte that came.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MOST_HEAD = 8 * 1024
"""Bytes; longer heads are for aiohttp to refuse."""

_START = b"POST /hooks/"
_END = b"\r\n\r\n"
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_PLAIN = re.compile(rb"POST (/hooks/[\w./~-]+) HTTP/1\.1\r\n((?:" + _TOKEN + rb":[\t\x20-\x7e]*\r\n)+)\r\n", re.ASCII)
_LENGTH = re.compile(r"[0-9]{1,9}")
_NOT_PLAIN = frozenset({"transfer-encoding", "content-encoding", "expect", "upgrade"})


class Head(NamedTuple):
    """`headers`: by name in lower case. The body is what stands from `begin` to `end` of the bytes read."""

    path: str
    headers: dict[str, str]
    begin: int
    end: int


def read_head(data: bytes) -> Head | None:
    """The head at the beginning of these bytes; None where it is not plain, or not complete."""
    found = _PLAIN.match(data)
    if found is None or found.end() > MOST_HEAD:
        return None
    headers = _headers(found[2])
    if headers is None or not _LENGTH.fullmatch(length := headers.get("content-length", "")):
        return None
    return Head(found[1].decode(), headers, found.end(), found.end() + int(length))


def may_become_plain(data: bytes) -> bool:
    """Whether these bytes are the beginning of a hook's head whose end has not come yet, and will be a plain one."""
    if not _START.startswith(data[: len(_START)]) or len(data) >= MOST_HEAD or _END in data:
        return False
    return data.count(b"\n") == data.count(b"\r\n")


def _headers(block: bytes) -> dict[str, str] | None:
    """By name; None where one of them makes the request more than plain."""
    lines = block.decode().split("\r\n")
    lines.pop()
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    if len(headers) != len(lines) or "host" not in headers or not _NOT_PLAIN.isdisjoint(headers):
        return None
    return headers if headers.get("connection", "keep-alive").lower() == "keep-alive" else None
