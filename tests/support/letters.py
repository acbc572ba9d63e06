"""Mails of citizens, as their programs write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

from channels.email.sandbox_mails import KeptMail, write_reply
from tests.support.deployments import MAILBOX, World

CITIZEN = "an@hopthu.example.vn"


@dataclass(frozen=True)
class Enclosure:
    """A file in a mail."""

    data: bytes
    media_type: str
    name: str


async def write_mail(
    world: World,
    text: str,
    *,
    subject: str = "Phản ánh",
    sender: str = CITIZEN,
    message_id: str = "",
    to: str = MAILBOX,
    headers: Mapping[str, str] | None = None,
    files: Sequence[Enclosure] = (),
) -> None:
    """A citizen writes to the gateway; everything that follows at once has happened on return."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Nguyễn Văn An <{sender}>", to, subject
    mail["Message-ID"] = message_id or make_msgid(domain="hopthu.example.vn")
    mail["Date"] = format_datetime(world.clock())
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    _enclose(mail, files)
    await world.mail.send(mail.as_bytes(), sender=sender, recipients=[to])
    await world.settle()


async def answer_mail(
    world: World, text: str, *, to: KeptMail | None = None, dated: str = "", files: Sequence[Enclosure] = ()
) -> None:
    """The citizen answers a mail of ours (the last one) as mail programs do: to its Reply-To, the old text quoted."""
    kept = to or world.mail.mails[-1]
    reply = write_reply(kept, text)
    del reply["Date"]
    reply["Date"] = dated or format_datetime(world.clock())
    _enclose(reply, files)
    await world.mail.send(reply.as_bytes(), sender=kept.recipient, recipients=[parseaddr(str(reply["To"]))[1]])
    await world.settle()


def _enclose(mail: EmailMessage, files: Sequence[Enclosure]) -> None:
    for file in files:
        main, _, sub = file.media_type.partition("/")
        mail.add_attachment(file.data, maintype=main, subtype=sub, filename=file.name)


def received(world: World) -> list[str]:
    """What the citizens have received, oldest first."""
    return [str(mail.shown()["text"]) for mail in world.mail.mails]
