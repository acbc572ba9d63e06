"""Mails of the sandbox: as people write and read them, and what a provider writes about those it cannot deliver."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Any

DOMAIN = "hopthu.example.vn"


@dataclass(frozen=True)
class KeptMail:
    """One mail that the provider took."""

    id: int
    envelope_from: str
    recipient: str
    raw: bytes
    received_at: datetime

    def read(self) -> EmailMessage:
        """As the recipient's program reads it."""
        message = message_from_bytes(self.raw, _class=EmailMessage, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        mail = self.read()
        body = mail.get_body(("plain", "html"))
        return {
            "id": self.id,
            "envelope_from": self.envelope_from,
            "to": self.recipient,
            "from": str(mail["From"] or ""),
            "subject": str(mail["Subject"] or ""),
            "text": body.get_content() if body is not None else "",
            "headers": {key: str(value) for key, value in mail.items()},
            "attachments": [_shown_file(part) for part in mail.iter_attachments()],
            "received_at": self.received_at.isoformat(),
        }


def write(wanted: Mapping[str, Any]) -> EmailMessage:
    """A citizen's mail from the fields of POST /send. Raises KeyError or ValueError when it cannot be one."""
    mail = EmailMessage(policy=policy.SMTPUTF8)
    mail["From"] = str(wanted["from"])
    mail["To"] = ", ".join(addresses(wanted["to"]))
    mail["Subject"] = str(wanted.get("subject", ""))
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = str(wanted.get("message_id") or make_msgid(domain=DOMAIN))
    for name, key in (("In-Reply-To", "in_reply_to"), ("References", "references")):
        if wanted.get(key):
            mail[name] = str(wanted[key])
    for name, value in dict(wanted.get("headers", {})).items():
        mail[str(name)] = str(value)
    mail.set_content(str(wanted.get("text", "")))
    if wanted.get("html"):
        mail.add_alternative(str(wanted["html"]), subtype="html")
    for file in wanted.get("attachments", []):
        main, _, sub = str(file.get("type", "application/octet-stream")).partition("/")
        data = base64.b64decode(file["base64"], validate=True)
        mail.add_attachment(data, maintype=main, subtype=sub or "octet-stream", filename=str(file["name"]))
    return mail


def write_reply(kept: KeptMail, text: str) -> EmailMessage:
    """The recipient's answer to a kept mail: to its Reply-To, threaded, with the old mail quoted below."""
    old = kept.read()
    body = old.get_body(("plain",))
    quoted = "".join(f"> {line}\n" for line in (body.get_content() if body is not None else "").splitlines())
    answered = str(old["Message-ID"] or "")
    return write(
        {
            "from": kept.recipient,
            "to": parseaddr(str(old["Reply-To"] or old["From"] or ""))[1],
            "subject": "Re: " + str(old["Subject"] or ""),
            "in_reply_to": answered,
            "references": f"{old['References'] or ''} {answered}".strip(),
            "text": f"{text}\n\nVào {datetime.now(UTC):%H:%M %d/%m/%Y}, {old['From']} đã viết:\n{quoted}",
        }
    )


def delivery_report(recipient: str, raw: bytes, *, to: str) -> bytes:
    """A permanent delivery report (RFC 3464) about a mail, with its headers enclosed."""
    headers = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", "replace")
    boundary = "=_sandbox_report"
    lines = [
        f"From: Mail Delivery System <MAILER-DAEMON@{DOMAIN}>",
        f"To: {to}",
        "Subject: Undelivered Mail Returned to Sender",
        f"Date: {format_datetime(datetime.now(UTC))}",
        f"Message-ID: {make_msgid(domain=DOMAIN)}",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
        f"\n--{boundary}\nContent-Type: text/plain; charset=utf-8\n",
        "The mail could not be delivered.",
        f"\n--{boundary}\nContent-Type: message/delivery-status\n",
        f"Reporting-MTA: dns; {DOMAIN}\n",
        f"Final-Recipient: rfc822; {recipient}",
        "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown",
        f"\n--{boundary}\nContent-Type: text/rfc822-headers\n",
        headers,
        f"\n--{boundary}--",
    ]
    return "\n".join(lines).encode() + b"\n"


def addresses(value: Any) -> list[str]:
    """One, or several."""
    return [value] if isinstance(value, str) else [str(item) for item in value]


def _shown_file(part: Any) -> dict[str, Any]:
    data = part.get_payload(decode=True) or b""
    return {"name": part.get_filename() or "", "type": part.get_content_type(), "size": len(data)}
