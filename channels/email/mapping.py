"""
One raw mail → what it means. Pure: the same delivery always gives the same result, and no clock or socket is asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import parsedate_to_datetime

from channels.base import describe_file
from channels.email.authenticity import read_authenticity
from channels.email.charset import header, is_readable, raw_header
from channels.email.classify import Nature, classify, from_mail_system
from channels.email.mime import (
    Content,
    MailFile,
    all_addresses,
    first_address,
    read_content,
    read_headers,
    read_message,
    sender_of,
)
from channels.email.quoting import new_words
from channels.email.reports import ReportReader
from channels.email.settings import EmailSettings
from channels.email.threading import Threads, message_ids, thread_hints
from core.contract.errors import PayloadInvalid
from core.contract.ports import ItemKey, RawDelivery
from core.contract.schema import Address, Attachment, Ignored, InboundMessage, MessageKind, Parsed

CHANNEL = "email"
ENVELOPE_FROM = "envelope-from"
ENVELOPE_TO = "envelope-to"
ENVELOPE_PEER = "envelope-peer"
ENVELOPE_PROTOCOL = "envelope-protocol"
QUEUE_LIFETIME = timedelta(days=5)
CLOCK_SLACK = timedelta(minutes=5)
_RECIPIENT_HEADERS = ("Delivered-To", "X-Original-To", "To", "Cc")


@dataclass(frozen=True)
class MailMapping:
    """Splits and parses the mails of one mailbox."""

    settings: EmailSettings
    threads: Threads

    @classmethod
    def of(cls, settings: EmailSettings) -> MailMapping:
        """The mapping of a configured mailbox."""
        return cls(settings, Threads.of(settings))

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """One mail is one item; only its headers are read. Raises PayloadInvalid when there is nothing in it."""
        if not delivery.body.strip():
            raise PayloadInvalid("the mail is empty")
        message = read_headers(delivery.body)
        key = ItemKey(
            dedupe_key=_identity(message, delivery.body),
            conversation_key=self._lane(message, delivery),
            provider_time=_sent_at(message, delivery.received_at),
        )
        return [key]

    def noted_recipients(self, body: bytes) -> tuple[str, ...]:
        """
        For a mail that lay in our mailbox, which keeps no envelope: who of us it was sent to, as servers or the writer
        noted; the mailbox itself where nobody did (a blind copy, a forwarding), as what lies there is for us.
        """
        noted = all_addresses(read_headers(body), *_RECIPIENT_HEADERS)
        return tuple(dict.fromkeys(filter(self.threads.receives, noted))) or (self.settings.address,)

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """
        What the mail means. Raises PayloadInvalid when nobody can be answered or nothing in it can be read; such a
        mail waits in quarantine with its bytes.
        """
        try:
            return self._parse(delivery)
        except RecursionError as error:
            raise PayloadInvalid("the mail is nested too deeply") from error

    def _parse(self, delivery: RawDelivery) -> Sequence[Parsed]:
        message = read_message(delivery.body)
        recipients = self._recipients(message, delivery)
        envelope_from = delivery.headers.get(ENVELOPE_FROM)
        to_bounces = bool(self.threads.bounced_message_id(recipients))
        nature = classify(message, threads=self.threads, envelope_from=envelope_from, to_bounces=to_bounces)
        received_at = _received_at(message, delivery)
        reports = ReportReader(self.threads, self.settings.address, received_at, recipients, delivery.body)
        if nature is Nature.LOOP:
            return [Ignored(reason="loop")]
        if nature is Nature.BOUNCE:
            return reports.bounce(message)
        if nature is Nature.READ_RECEIPT:
            return reports.read_receipt(message)
        if nature is Nature.COMPLAINT:
            return reports.complaint(message)
        if nature is Nature.AUTOMATIC and from_mail_system(message, envelope_from):
            bounced = reports.undeclared_bounce(message)
            if bounced:
                return bounced
        return [self._message(message, delivery, nature, recipients)]

    def extract_files(self, delivery: RawDelivery) -> dict[str, bytes]:
        """The bytes of all attached files by their SHA-256, as named in the parsed message's attachments."""
        files = read_content(read_message(delivery.body)).files
        return {hashlib.sha256(file.data).hexdigest(): file.data for file in files}

    def _message(
        self, message: Message, delivery: RawDelivery, nature: Nature, recipients: Sequence[str]
    ) -> InboundMessage | Ignored:
        content = read_content(message)
        if content.calendar and not content.text and not content.files:
            return Ignored(reason="calendar")
        if content.damaged and not content.files and not is_readable(content.text):
            raise PayloadInvalid("the mail is damaged and nothing in it can be read")
        address, name = self._sender(message, delivery)
        subject = header(message, "Subject")
        text = new_words(content.text, subject)
        received_at = _received_at(message, delivery)
        return InboundMessage(
            channel=CHANNEL,
            account=self.settings.address,
            provider_message_id=_own_id(message) or _identity(message, delivery.body),
            sender=Address(channel=CHANNEL, account=self.settings.address, value=address),
            sender_name=name,
            kind=_kind(nature, text, content),
            text=text,
            full_text=content.text,
            subject=subject,
            attachments=_attachments(content.files),
            thread_hints=_hints(message),
            conversation_hint=self.threads.conversation_of(recipients),
            authenticity=read_authenticity(message, self.settings.trusted_authserv_ids),
            provider_time=_sent_at(message, received_at) or received_at,
            received_at=received_at,
        )

    def _sender(self, message: Message, delivery: RawDelivery) -> tuple[str, str]:
        address, name = sender_of(message)
        address = address or first_address(delivery.headers.get(ENVELOPE_FROM, ""))
        if not address:
            raise PayloadInvalid("the mail names no sender")
        return address, name

    def _recipients(self, message: Message, delivery: RawDelivery) -> tuple[str, ...]:
        """Where it was sent to, the surest first: the envelope, then what servers noted, then what the writer put."""
        return (*_envelope_to(delivery), *all_addresses(message, *_RECIPIENT_HEADERS))

    def _lane(self, message: Message, delivery: RawDelivery) -> str:
        """
        Items whose order matters: the conversation proved by a token, else named in a Message-ID of ours, else all
        mails of one address (a second mail often follows the first in a minute), else the thread's first mail.
        """
        recipients = self._recipients(message, delivery)
        ids = message_ids(raw_header(message, "References") + raw_header(message, "In-Reply-To"))
        named = (self.threads.bounced_message_id(recipients), *reversed(ids))
        conversations = (self.threads.issued_conversation(found) for found in named)
        conversation = self.threads.conversation_of(recipients) or next(filter(None, conversations), "")
        if conversation:
            return f"conversation:{conversation}"
        address = sender_of(message)[0] or first_address(delivery.headers.get(ENVELOPE_FROM, ""))
        return f"sender:{_digest(address)}" if address else f"thread:{_digest(ids[0] if ids else '')}"


def accepted_recipients(delivery: RawDelivery) -> tuple[str, ...]:
    """The envelope recipients recorded with a delivery."""
    return _envelope_to(delivery)


def _envelope_to(delivery: RawDelivery) -> tuple[str, ...]:
    return tuple(part.strip() for part in delivery.headers.get(ENVELOPE_TO, "").split(",") if part.strip())


def _identity(message: Message, body: bytes) -> str:
    """
    What makes two deliveries the same mail: Message-ID and sender, else From, Date, Subject and body.

    The sender is part of it because some devices give every mail the same Message-ID.
    """
    own = _own_id(message)
    if own:
        return "id:" + _digest(f"{own}\n{sender_of(message)[0]}")
    fields = "\n".join(raw_header(message, name) for name in ("From", "Date", "Subject"))
    digest = hashlib.sha256(fields.encode("utf-8", "surrogatepass"))
    digest.update(body.replace(b"\r\n", b"\n").partition(b"\n\n")[2])
    return "content:" + digest.hexdigest()


def _own_id(message: Message) -> str:
    return next(iter(message_ids(raw_header(message, "Message-ID"))), "").encode("ascii", "replace").decode("ascii")


def _hints(message: Message) -> tuple[str, ...]:
    return thread_hints(
        in_reply_to=raw_header(message, "In-Reply-To").encode("ascii", "replace").decode("ascii"),
        references=raw_header(message, "References").encode("ascii", "replace").decode("ascii"),
        subject=header(message, "Subject"),
    )


def _kind(nature: Nature, text: str, content: Content) -> MessageKind:
    if nature is Nature.AUTOMATIC:
        return MessageKind.AUTO_REPLY
    return MessageKind.MEDIA if content.files and not text else MessageKind.TEXT


def _attachments(files: Sequence[MailFile]) -> tuple[Attachment, ...]:
    described = (describe_file(file.data, name=file.name, media_type=file.media_type) for file in files)
    return tuple({found.sha256: found for found in described}.values())


def _received_at(message: Message, delivery: RawDelivery) -> datetime:
    moment = delivery.received_at or _date(message)
    if moment is None:
        raise PayloadInvalid("neither the transport nor the mail says when it came")
    return moment.astimezone(UTC)


def _sent_at(message: Message, received_at: datetime | None) -> datetime | None:
    """The Date header, if a mail may be that old (a queue gives up after five days) and not from the future."""
    sent = _date(message)
    if received_at is None or sent is None:
        return sent or received_at
    return sent if received_at - QUEUE_LIFETIME <= sent <= received_at + CLOCK_SLACK else received_at


def _date(message: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header(message, "Date"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:40]
