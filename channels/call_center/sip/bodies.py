"""The description in a message: alone, or one part of several as SIP-I carriers send it. No I/O."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP

from channels.call_center.sip.wire import Message

SDP = "application/sdp"


class Unsupported(Exception):
    """A body that is no description: 415."""


def description(message: Message) -> bytes:
    """
    The SDP in a message; empty where it has no body.

    Raises: Unsupported: what it carries is something else. A missing Content-Type is taken for SDP.
    """
    kind = (message.get_header("content-type") or SDP).split(";", 1)[0].strip().lower()
    if not message.body or kind == SDP:
        return message.body
    if not kind.startswith("multipart/"):
        raise Unsupported
    head = f"Content-Type: {message.get_header('content-type')}\r\n\r\n".encode("utf-8", "replace")
    for part in BytesParser(policy=HTTP).parsebytes(head + message.body).walk():
        if part.get_content_type() == SDP and isinstance(found := part.get_payload(decode=True), bytes):
            return found
    raise Unsupported
