"""
Machines' reports about mails of ours → receipts: not delivered (DSN), read (MDN), complained of (ARF).

A report counts only when it names a mail that we sent: by the return path made for that mail (VERP, signed), or by
the enclosed Message-ID, which a stranger cannot guess. Everything else could be used to mark a citizen's address as
dead, and is ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message

from flufl.bounce import all_failures

from channels.email.charset import header, raw_header
from channels.email.mime import first_address, part_bytes
from channels.email.threading import Threads, message_ids
from core.contract.schema import DeliveryReceipt, DeliveryStatus, Ignored, Parsed

REASON_LIMIT = 100
_CODES = re.compile(r"\b(?:[245]\.\d{1,3}\.\d{1,3}|[245]\d\d)\b")  # the sentences beside them name people
_ASCII = bytes(range(128)) + b"?" * 128
_ACTIONS = {
    "delivered": DeliveryStatus.DELIVERED,
    "relayed": DeliveryStatus.SENT,
    "expanded": DeliveryStatus.SENT,
    "delayed": DeliveryStatus.FAILED,
    "failed": DeliveryStatus.FAILED,
    "error": DeliveryStatus.FAILED,
}


@dataclass(frozen=True)
class ReportReader:
    """Reads reports for one mailbox; `recipients` are the addresses the report came to, `at` when, `raw` all of it."""

    threads: Threads
    account: str
    at: datetime
    recipients: Sequence[str]
    raw: bytes

    def bounce(self, message: Message) -> Sequence[Parsed]:
        """A delivery report: one receipt per recipient named; 5.x.x is permanent, 4.x.x is not (RFC 3463)."""
        about = self._about(message)
        if not about:
            return [Ignored(reason="bounce_unmatched")]
        return [*self._from_blocks(message, about)] or [*self._from_free_text(about)] or [self._failed(about)]

    def undeclared_bounce(self, message: Message) -> Sequence[Parsed]:
        """A bounce in a mail server's own words (old qmail, Exim); empty when it is none or not about our mail."""
        about = self._about(message)
        return [*self._from_free_text(about)] if about else []

    def read_receipt(self, message: Message) -> Sequence[Parsed]:
        """A reading confirmation (RFC 8098): READ if displayed."""
        note = _enclosed(message, "message/disposition-notification")
        about = self._ours(message_ids(raw_header(note, "Original-Message-ID"))) if note else ""
        if note is None or not about or "displayed" not in header(note, "Disposition").lower():
            return [Ignored(reason="read_receipt")]
        return [self._receipt(about, DeliveryStatus.READ, address=_address(note, "Final-Recipient"))]

    def complaint(self, message: Message) -> Sequence[Parsed]:
        """A spam complaint (RFC 5965): as final as a dead address; stop mailing."""
        note = _enclosed(message, "message/feedback-report")
        about = self._about(message)
        if note is None or not about:
            return [Ignored(reason="complaint_unmatched")]
        address = _address(note, "Original-Rcpt-To")
        return [self._receipt(about, DeliveryStatus.FAILED, address=address, reason="complaint", permanent=True)]

    def _about(self, message: Message) -> str:
        """The Message-ID of ours that the report is about; empty: none."""
        by_path = self.threads.bounced_message_id(self.recipients)
        return by_path or self._ours(_enclosed_ids(message))

    def _ours(self, candidates: Sequence[str]) -> str:
        return next((found for found in candidates if self.threads.issued(found)), "")

    def _from_blocks(self, message: Message, about: str) -> Iterator[DeliveryReceipt]:
        for block in _status_blocks(message):
            action = header(block, "Action").lower().split(" ")[0].strip(";,")
            if action in _ACTIONS:
                status = header(block, "Status")
                address = _address(block, "Original-Recipient") or _address(block, "Final-Recipient")
                reason = " ".join(_CODES.findall(f"{status} {header(block, 'Diagnostic-Code')}"))
                permanent = action in {"failed", "error"} and (status.startswith("5") or not status)
                yield self._receipt(about, _ACTIONS[action], address=address, reason=reason, permanent=permanent)

    def _from_free_text(self, about: str) -> Iterator[DeliveryReceipt]:
        for addresses, permanent in zip(_failures(self.raw), (False, True), strict=True):
            for address in sorted(addresses):
                yield self._failed(about, address=address.decode("ascii").lower(), permanent=permanent)

    def _failed(self, about: str, *, address: str = "", permanent: bool = False) -> DeliveryReceipt:
        return self._receipt(about, DeliveryStatus.FAILED, address=address, reason="bounce", permanent=permanent)

    def _receipt(
        self, about: str, status: DeliveryStatus, *, address: str, reason: str = "", permanent: bool = False
    ) -> DeliveryReceipt:
        return DeliveryReceipt(
            channel="email",
            account=self.account,
            provider_message_id=about,
            status=status,
            at=self.at,
            reason=reason[:REASON_LIMIT],
            permanent=permanent,
            address=address,
        )


def _failures(raw: bytes) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """
    (temporary, permanent) addresses that the library's many detectors find.

    They expect ASCII, and may still trip over a report that is itself broken.
    """
    try:
        temporary, permanent = all_failures(message_from_bytes(raw.translate(_ASCII)))
    except (ValueError, LookupError, TypeError, AttributeError):
        return frozenset(), frozenset()
    return frozenset(temporary), frozenset(permanent)


def _status_blocks(message: Message) -> Iterator[Message]:
    for part in message.walk():
        payload = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(payload, list):
            yield from (block for block in payload if isinstance(block, Message))


def _enclosed(message: Message, kind: str) -> Message | None:
    """The fields of a report part; Python parses message/* parts into an enclosed message of headers."""
    for part in message.walk():
        payload = part.get_payload()
        if part.get_content_type() == kind:
            return payload[0] if isinstance(payload, list) and isinstance(payload[0], Message) else _refolded(part)
    return None


def _refolded(part: Message) -> Message:
    return message_from_bytes(part_bytes(part))


def _enclosed_ids(message: Message) -> tuple[str, ...]:
    """Message-IDs of the mail that a report encloses, whole or headers only."""
    ids: list[str] = []
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            ids += message_ids(raw_header(_refolded(part), "Message-ID"))
        elif part is not message:
            ids += message_ids(raw_header(part, "Message-ID"))
    return tuple(ids)


def _address(block: Message, name: str) -> str:
    """The address of a field like `Final-Recipient: rfc822; an@example.vn`."""
    return first_address(raw_header(block, name).rpartition(";")[2])
