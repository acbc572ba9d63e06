"""
One outgoing message → the mail on the wire. Pure, apart from the bytes of attachments that are handed in.

The result is 7-bit with CRLF, so that no server on the way has a reason to change it after it was signed (DKIM).
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from channels.base import clean_text, is_link, safe_name
from channels.email.classify import LOOP_HEADER
from channels.email.settings import MAX_SENT_FILES, EmailSettings
from channels.email.threading import Threads, message_ids
from core.contract.errors import MessageInvalid, RecipientUnreachable
from core.contract.schema import Attachment, OutboundMessage

SUBJECT_LIMIT = 200
MAX_REFERENCES = 20
_POLICY = SMTP.clone(cte_type="7bit")
_CHOICES = "Vui lòng trả lời thư này bằng một trong các lựa chọn sau:"
_NOT_ATTACHED = "Tệp không gửi kèm thư được, vui lòng xem tại trang tra cứu: "
_NO_SUBJECT = "Về phản ánh của Ông/Bà"


@dataclass(frozen=True)
class OutgoingMail:
    """What the relay gets: envelope and bytes. `message_id` is the provider id of the message."""

    message_id: str
    envelope_from: str
    recipient: str
    content: bytes


def compose(
    message: OutboundMessage,
    *,
    settings: EmailSettings,
    now: datetime,
    files: Mapping[str, bytes] | None = None,
) -> OutgoingMail:
    """
    The mail for one message; the same outbox id always gives the same Message-ID.

    Args:
        now: aware, for the Date header.
        files: bytes by stored key for the attachments; those beyond 15 MB in all are named in the text instead.
    Raises: MessageInvalid: no usable recipient, or a conversation id that does not fit into an address.
        RecipientUnreachable: an address that most servers on the way could not write.
    """
    threads = Threads.of(settings)
    message_id = threads.message_id(outbox_id=message.id, conversation=message.conversation_id)
    mail = EmailMessage(policy=_POLICY)
    mail["Message-ID"] = message_id
    mail["Date"] = format_datetime(now)
    mail["From"] = _address(settings.address, settings.display_name)
    mail["Reply-To"] = _address(threads.reply_address(message.conversation_id), settings.display_name)
    recipient = _recipient(message.recipient.value)
    mail["To"] = _address(recipient)
    mail["Subject"] = _one_line(message.subject)[:SUBJECT_LIMIT] or _NO_SUBJECT
    _add_thread(mail, message)
    _add_marks(mail, message, settings)
    sent, left_out = _fitting(message.attachments, files or {})
    _add_text(mail, _text(message, left_out))
    for attachment, data in sent:
        _attach(mail, attachment, data)
    envelope_from = threads.bounce_address(message_id)
    return OutgoingMail(message_id, envelope_from, recipient, mail.as_bytes())


def _add_thread(mail: EmailMessage, message: OutboundMessage) -> None:
    """In-Reply-To and References (RFC 5322 §3.6.4); ids that are no Message-IDs are left out."""
    answered = message_ids(message.in_reply_to)[:1]
    known = [found for value in message.references for found in message_ids(value)]
    references = list(dict.fromkeys([*known, *answered]))
    if answered:
        mail["In-Reply-To"] = answered[0]
    if references:
        mail["References"] = " ".join([references[0], *references[1:][-MAX_REFERENCES:]])


def _add_marks(mail: EmailMessage, message: OutboundMessage, settings: EmailSettings) -> None:
    """Our loop mark on everything; on automatic mails also what keeps other robots quiet (RFC 3834 §5)."""
    mail[LOOP_HEADER] = settings.address
    if message.automatic:
        mail["Auto-Submitted"] = "auto-replied" if message.in_reply_to else "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    if page := message.fields.get("unsubscribe"):  # one click ends it, in the mail program's own way (RFC 8058)
        mail["List-Unsubscribe"] = f"<{page}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"


def _add_text(mail: EmailMessage, text: str) -> None:
    mail.set_content(text, charset="utf-8", cte="quoted-printable")
    mail.add_alternative(_html(text), subtype="html", charset="utf-8", cte="quoted-printable")


def _text(message: OutboundMessage, left_out: list[Attachment]) -> str:
    choices = [f"- {title}: {payload}" if is_link(payload) else f"- {title}" for title, payload in message.buttons]
    needs_answer = any(not is_link(payload) for _, payload in message.buttons)
    parts = [clean_text(message.text).strip()]
    if choices:
        parts.append("\n".join([*([_CHOICES] if needs_answer else []), *choices]))
    if left_out:
        parts.append(_NOT_ATTACHED + ", ".join(attachment.name or attachment.media_type for attachment in left_out))
    return "\n\n".join(parts) + "\n"


def _html(text: str) -> str:
    """The same words for programs that show only HTML; everything is escaped, nothing is loaded."""
    paragraphs = (f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in text.strip().split("\n\n"))
    return f'<!DOCTYPE html><html lang="vi"><body>{"".join(paragraphs)}</body></html>\n'


def _fitting(
    attachments: tuple[Attachment, ...], files: Mapping[str, bytes]
) -> tuple[list[tuple[Attachment, bytes]], list[Attachment]]:
    """(to send, left out): taken in order until 15 MB are full."""
    sent: list[tuple[Attachment, bytes]] = []
    left_out: list[Attachment] = []
    for attachment in attachments:
        data = files.get(attachment.stored_key)
        room = MAX_SENT_FILES - sum(len(taken) for _, taken in sent)
        if data is None or len(data) > room:
            left_out.append(attachment)
        else:
            sent.append((attachment, data))
    return sent, left_out


def _attach(mail: EmailMessage, attachment: Attachment, data: bytes) -> None:
    main, _, sub = attachment.media_type.partition("/")
    if main in {"", "message", "multipart", "text"} or not sub:
        main, sub = "application", "octet-stream"
    mail.add_attachment(data, maintype=main, subtype=sub, filename=safe_name(attachment.name) or f"tep.{sub}")


def _recipient(value: str) -> str:
    """The address as SMTP takes it everywhere: the domain in its ASCII form (RFC 5891), the local part ASCII."""
    local, _, domain = value.rpartition("@")
    if not local.isascii():
        raise RecipientUnreachable("an address whose local part is not ASCII cannot be written to")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise MessageInvalid("the recipient's address is not a mail address") from error


def _address(value: str, name: str = "") -> Address:
    try:
        return Address(display_name=_one_line(name), addr_spec=value)
    except (ValueError, IndexError, MessageError) as error:
        raise MessageInvalid("the recipient's address is not a mail address") from error


def _one_line(text: str) -> str:
    return " ".join(clean_text(text).split())
