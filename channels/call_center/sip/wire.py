"""
Bytes to messages and back: the only place, with `sdp` and `digest`, that knows the SIP library.

The library reads lavishly; what it lets pass and we cannot answer rightly is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from aiosipua import Address, SipMessage, SipRequest, SipResponse, SipUri, Via, parse_address, parse_uri
from aiosipua import generate_branch as new_branch
from aiosipua import generate_tag as new_tag
from aiosipua import stringify_uri as uri_text

from channels.call_center.sip.framing import MAX_DATAGRAM

Message = SipRequest | SipResponse

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO"
MAGIC = "z9hG4bK"
_ONCE = ("from", "to", "call-id", "cseq", "content-length", "max-forwards")
_NEEDED = ("via", "from", "to", "call-id", "cseq")
_REQUEST_LINE = re.compile(rb"([\w.!%*+`'~-]{1,32}) (\S{1,2048}) SIP/(\d+\.\d+)")
_STATUS_LINE = re.compile(rb"SIP/2\.0 [1-6]\d\d(?: .*)?")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_SLASH = re.compile(r"\s*/\s*")
_CSEQ = re.compile(r"(\d{1,10})\s+(\S+)")
_SHORT = {"x": "session-expires", "o": "event", "r": "refer-to", "y": "identity"}  # forms the library does not expand
REASONS = {
    100: "Trying", 180: "Ringing", 200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 408: "Request Timeout", 420: "Bad Extension", 422: "Session Interval Too Small",
    480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 486: "Busy Here",
    487: "Request Terminated", 488: "Not Acceptable Here", 491: "Request Pending", 500: "Server Internal Error",
    501: "Not Implemented", 503: "Service Unavailable", 505: "Version Not Supported", 600: "Busy Everywhere",
    603: "Decline",
}  # fmt: skip


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
    if len(data) > MAX_DATAGRAM:
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
    if fault := _fault(message, data):
        raise Malformed(fault, request=answerable)
    return message


def _parse(data: bytes) -> Message:
    try:
        return SipMessage.parse(data)
    except (ValueError, IndexError, KeyError) as error:
        raise Malformed("unreadable") from error


def unquoted(text: str) -> str:
    """An address without its display name, in which anything may stand."""
    return _QUOTED.sub("", text).strip()


def read_address(text: str) -> Address:
    """A From, To, Contact or Route value."""
    bare = unquoted(text)
    address = parse_address(bare)
    inner = bare[bare.find("<") + 1 : bare.find(">")] if "<" in bare else bare
    if "@" in inner:
        address.uri = read_uri(inner if "<" in bare else inner.split(";tag=", 1)[0])
    return address


def read_uri(text: str) -> SipUri:
    """A URI; parameters of the user part (`+84…;phone-context=…@host`) belong to the user part (RFC 3261 §19.1.6)."""
    scheme, colon, rest = text.strip().partition(":")
    user, at, host = rest.rpartition("@")
    if not at or scheme.lower() not in ("sip", "sips"):
        return parse_uri(text)
    uri = parse_uri(f"{scheme}{colon}{host}")
    uri.user = user.split(":", 1)[0]  # a password in a URI is nobody's business
    return uri


def _expand(message: Message) -> None:
    """Short names in full; Via without the white space that may stand around its slashes."""
    vias = message.headers.get("via")
    vias[:] = [_SLASH.sub("/", value, count=2) for value in vias]
    for short, name in _SHORT.items():
        for value in message.headers.get(short):
            message.headers.append(name, value)
        message.headers.remove(short)


def _fault(message: Message, data: bytes) -> str:
    """What is wrong with it, in a few words; empty when it can be worked with."""
    headers = message.headers
    if missing := [name for name in _NEEDED if not headers.get(name)]:
        return f"no {missing[0]}"
    if doubled := [name for name in _ONCE if len(headers.get(name)) > 1]:
        return f"{doubled[0]} twice"
    return _bad_sequence(message) or _bad_via(message) or _bad_address(message) or _bad_length(message, data)


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


def _bad_length(message: Message, data: bytes) -> str:
    declared = message.headers.get_first("content-length")
    if declared is None:
        return ""
    if not (declared.isascii() and declared.isdigit()):
        return "bad content-length"
    return "" if int(declared) == len(message.body) else "body shorter than content-length"


def sequence(message: Message) -> tuple[int, str]:
    """Number and method of CSeq, of a message that was read."""
    number, _, method = (message.headers.get_first("cseq") or "").partition(" ")
    return int(number), method.strip()


def tag(message: Message, name: str) -> str:
    """The tag of From or To; empty where there is none."""
    return read_address(message.headers.get_first(name) or "").tag or ""


def branch(message: Message) -> str:
    """The branch of the topmost Via."""
    return message.via[0].branch or ""


def response(request: SipRequest, status: int, reason: str = "", *, to_tag: str = "") -> SipResponse:
    """
    An answer to a request, with everything that has to be copied (RFC 3261 §8.2.6.2).

    Record-Route is echoed where a dialog begins (§12.1.1), on all but 100.
    """
    made = SipResponse(status_code=status, reason_phrase=reason or REASONS.get(status, "Unknown"))
    for value in request.headers.get("via"):
        made.add_header("Via", value)
    if request.method == "INVITE" and 100 < status < 300:
        _copy(request, made, ("record-route",))
    _copy(request, made, ("from", "to", "call-id", "cseq"))
    if to_tag and not tag(request, "to"):
        made.set_header("To", f"{request.get_header('to')};tag={to_tag}")
    return made


def _copy(source: Message, target: Message, names: Iterable[str]) -> None:
    for name in names:
        for value in source.headers.get(name):
            target.add_header(name, value)


def same_transaction(request: SipRequest, method: str) -> SipRequest:
    """A CANCEL, or the ACK of a refusal: what has to be the same as in the request (§9.1, §17.1.1.3)."""
    made = SipRequest(method=method, uri=request.uri)
    made.add_header("Via", request.headers.get("via")[0])
    _copy(request, made, ("from", "to", "call-id", "route", "max-forwards"))
    made.set_header("CSeq", f"{sequence(request)[0]} {method}")
    return made


__all__ = [
    "ALLOW", "MAGIC", "REASONS", "Address", "Malformed", "Message", "SipRequest", "SipResponse", "SipUri", "Via",
    "branch", "new_branch", "new_tag", "read", "read_address", "read_uri", "response", "same_transaction", "sequence",
    "tag", "unquoted", "uri_text",
]  # fmt: skip
