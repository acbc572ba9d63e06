"""
What a mail is, before its words are read: the order decides (first match wins).

1. our own mail come back (loop); 2. a report about a mail of ours (delivery, reading, complaint); 3. something
automatic; 4. a person. Nothing but 4 is ever answered.
"""

from __future__ import annotations

import re
from email.message import Message
from enum import StrEnum

from channels.email.charset import header, raw_header
from channels.email.mime import sender_of
from channels.email.threading import Threads, message_ids

LOOP_HEADER = "X-Intake-Loop"
_ROBOTS = re.compile(
    r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|khong-?tra-?loi|bounces?(?:[+._-].*)?|auto-?reply)@"
)
_AUTO_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress", "List-Id", "List-Unsubscribe")
_BULK = {"bulk", "junk", "list", "auto_reply"}
_REPORTS = {"delivery-status": "bounce", "disposition-notification": "read_receipt", "feedback-report": "complaint"}


class Nature(StrEnum):
    """Which of the four, with the kinds of report apart."""

    LOOP = "loop"
    BOUNCE = "bounce"
    READ_RECEIPT = "read_receipt"
    COMPLAINT = "complaint"
    AUTOMATIC = "automatic"
    PERSON = "person"


def classify(message: Message, *, threads: Threads, envelope_from: str | None, to_bounces: bool) -> Nature:
    """
    The nature of a mail.

    Args:
        envelope_from: the return path, empty or `<>` for none, None where the transport does not tell.
        to_bounces: it was sent to a bounce address of ours with a valid tag; people do not write there.
    Source: RFC 3464, RFC 3834 §2, RFC 5965, RFC 8098.
    """
    if _is_loop(message, threads):
        return Nature.LOOP
    report = _report_type(message)
    if report in _REPORTS:
        return Nature(_REPORTS[report])
    if to_bounces or _is_automatic(message, envelope_from):
        return Nature.AUTOMATIC
    return Nature.PERSON


def from_mail_system(message: Message, envelope_from: str | None) -> bool:
    """Whether a mail server wrote it: the only senders in whose free text a bounce may be looked for."""
    sender = sender_of(message)[0]
    return _is_null(envelope_from) or sender.startswith(("mailer-daemon@", "postmaster@"))


def _is_loop(message: Message, threads: Threads) -> bool:
    own = any(threads.issued(found) for found in message_ids(raw_header(message, "Message-ID")))
    return own or header(message, LOOP_HEADER).lower() == threads.address


def _report_type(message: Message) -> str:
    """The report-type of a multipart/report; some systems forget the parameter, then its second part tells."""
    if message.get_content_type() != "multipart/report":
        return ""
    payload = message.get_payload()
    children = payload if isinstance(payload, list) else []
    kinds = [child.get_content_subtype() for child in children if isinstance(child, Message)]
    declared = re.search(r'report-type\s*=\s*"?([a-z-]+)', raw_header(message, "Content-Type"), re.IGNORECASE)
    return declared[1].lower() if declared else next((kind for kind in kinds if kind in _REPORTS), "")


def _is_automatic(message: Message, envelope_from: str | None) -> bool:
    submitted = header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if any(raw_header(message, name) for name in _AUTO_HEADERS):
        return True
    if header(message, "Precedence").lower() in _BULK:
        return True
    return _is_null(envelope_from, header(message, "Return-Path")) or bool(_ROBOTS.match(sender_of(message)[0]))


def _is_null(envelope_from: str | None, return_path: str = "") -> bool:
    known = return_path if envelope_from is None else envelope_from
    return known == "<>" or envelope_from == ""
