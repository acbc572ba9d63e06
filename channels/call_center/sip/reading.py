"""
Bytes to messages. The library reads lavishly; what it lets pass and we cannot answer rightly is refused here.
"""

from __future__ import annotations

import re

from aiosipua import SipMessage

from channels.call_center.sip.framing import MAX_DATAGRAM, MAX_HEADERS
from channels.call_center.sip.wire import Message, SipRequest, read_address, unquoted

_ONCE = ("from", "to", "call-id", "cseq", "content-length", "max-forwards")
_NEEDED = ("via", "from", "to", "call-id", "cseq")
_REQUEST_LINE = re.compile(rb"([\w.!%*+`'~-]{1,32}) (\S{1,2048}) SIP/(\d+\.\d+)")
_STATUS_LINE = re.compile(rb"SIP/2\.0 [1-6]\d\d(?: .*)?")
_CSEQ = re.compile(r"(\d{1,10})\s+(\S+)")
_SHORT = {"x": "session-expires", "o": "event", "r": "refer-to", "y": "identity"}  # forms the library does not expand


class Malformed(Exception):
    """
    Not a message we can work with.

    `request` is set where enough of it could be read to answer with `status`.
    """

    def __init__(self, why: str, *, request: SipRequest | None = None, status: int = 400) -> None:
        super().__init__(why)
        self.request = request
        self.status = status


def read(data: bytes) -> Message:
    """One message from one datagram or frame. Raises: Malformed."""
    if len(data) > MAX_DATAGRAM or _length_of_head(data) > MAX_HEADERS:
        raise Malformed("too long")
    first = data.split(b"\n", 1)[0].rstrip(b"\r")
    line = _REQUEST_LINE.fullmatch(first)
    if not line and not _STATUS_LINE.fullmatch(first):
        raise Malformed("neither request nor response")
    message = _parse(data)
    _expand(message)
    whole = isinstance(message, SipRequest) and all(message.headers.get(name) for name in _NEEDED)
    answerable = message if whole and isinstance(message, SipRequest) and not _bad_via(message) else None
    if line and line[3] != b"2.0":
        raise Malformed("unknown version", request=answerable, status=505)
    if fault := _fault(message):
        raise Malformed(fault, request=answerable)
    return message


def _length_of_head(data: bytes) -> int:
    """Anybody may send a datagram, and a head takes longer to read than a body: no more than in a stream."""
    ends = [end for mark in (b"\r\n\r\n", b"\n\n") if (end := data.find(mark)) >= 0]
    return ends[0] if ends else len(data)


def _parse(data: bytes) -> Message:
    try:
        return SipMessage.parse(data)
    except (ValueError, IndexError, KeyError) as error:
        raise Malformed("unreadable") from error


def _expand(message: Message) -> None:
    """Short names in full; Via without the white space that may stand around its slashes."""
    vias = message.headers.get("via")
    vias[:] = ["/".join(map(str.strip, value.split("/", 2))) for value in vias]
    for short, name in _SHORT.items():
        for value in message.headers.get(short):
            message.headers.append(name, value)
        message.headers.remove(short)


def _fault(message: Message) -> str:
    """What is wrong with it, in a few words; empty when it can be worked with."""
    headers = message.headers
    if missing := [name for name in _NEEDED if not headers.get(name)]:
        return f"no {missing[0]}"
    if doubled := [name for name in _ONCE if len(headers.get(name)) > 1]:
        return f"{doubled[0]} twice"
    return _bad_sequence(message) or _bad_via(message) or _bad_address(message) or _bad_length(message)


def _bad_sequence(message: Message) -> str:
    found = _CSEQ.fullmatch(message.headers.get_first("cseq") or "")
    if not found or int(found[1]) >= 2**31:
        return "bad cseq"
    wrong = isinstance(message, SipRequest) and found[2] != message.method
    return "cseq of another method" if wrong else ""


def _bad_via(message: Message) -> str:
    try:
        via = message.via[0]
    except (ValueError, UnboundLocalError):
        return "bad via"
    fine = via.protocol.upper() == "SIP/2.0" and via.host and (via.host.startswith("[") or ":" not in via.host)
    return "" if fine and (via.port is None or 0 < via.port < 2**16) else "bad via"


def _bad_address(message: Message) -> str:
    for name in ("from", "to"):
        text = unquoted(message.headers.get_first(name) or "")
        if '"' in text or text.count("<") != text.count(">") or not read_address(text).uri.host:
            return f"bad {name}"
    return ""


def _bad_length(message: Message) -> str:
    declared = message.headers.get_first("content-length")
    if declared is None:
        return ""
    if not (declared.isascii() and declared.isdigit()):
        return "bad content-length"
    return "" if int(declared) == len(message.body) else "body shorter than content-length"
