"""
Messages and their parts. Only this, `reading`, `sdp`, `digest` and `dialling` know the SIP library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from aiosipua import Address, SipRequest, SipResponse, SipUri, Via, parse_address, parse_uri
from aiosipua import generate_branch as new_branch
from aiosipua import generate_tag as new_tag
from aiosipua import stringify_uri as uri_text

Message = SipRequest | SipResponse

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO"
MAGIC = "z9hG4bK"
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
REASONS = {
    100: "Trying", 180: "Ringing", 200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 408: "Request Timeout", 420: "Bad Extension", 422: "Session Interval Too Small",
    480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 486: "Busy Here",
    487: "Request Terminated", 488: "Not Acceptable Here", 491: "Request Pending", 500: "Server Internal Error",
    501: "Not Implemented", 503: "Service Unavailable", 505: "Version Not Supported", 600: "Busy Everywhere",
    603: "Decline",
}  # fmt: skip


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


def sequence(message: Message) -> tuple[int, str]:
    """Number and method of CSeq, of a message that was read."""
    number, method = (message.headers.get_first("cseq") or "").split(None, 1)
    return int(number), method


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


def copied(request: SipRequest) -> SipRequest:
    """The same request, to be changed."""
    return SipRequest(headers=request.headers.copy(), body=request.body, method=request.method, uri=request.uri)


def same_transaction(request: SipRequest, method: str) -> SipRequest:
    """A CANCEL, or the ACK of a refusal: what has to be the same as in the request (§9.1, §17.1.1.3)."""
    made = SipRequest(method=method, uri=request.uri)
    made.add_header("Via", request.headers.get("via")[0])
    _copy(request, made, ("from", "to", "call-id", "route", "max-forwards"))
    made.set_header("CSeq", f"{sequence(request)[0]} {method}")
    return made


__all__ = [
    "ALLOW", "MAGIC", "REASONS", "Address", "Message", "SipRequest", "SipResponse", "SipUri", "Via",
    "branch", "copied", "new_branch", "new_tag", "read_address", "read_uri", "response", "same_transaction", "sequence",
    "tag", "unquoted", "uri_text",
]  # fmt: skip
