"""Mails of citizens, as their programs write them."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from tests.support.deployments import MAILBOX, World

CITIZEN = "an@hopthu.example.vn"


async def write_mail(
    world: World, text: str, *, subject: str = "Phản ánh", sender: str = CITIZEN, message_id: str = ""
) -> None:
    """A citizen writes to the gateway; everything that follows at once has happened on return."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Nguyễn Văn An <{sender}>", MAILBOX, subject
    mail["Message-ID"] = message_id or make_msgid(domain="hopthu.example.vn")
    mail["Date"] = format_datetime(world.clock())
    mail.set_content(text)
    await world.mail.send(mail.as_bytes(), sender=sender, recipients=[MAILBOX])
    await world.settle()


def received(world: World) -> list[str]:
    """What the citizens have received, oldest first."""
    return [str(mail.shown()["text"]) for mail in world.mail.mails]
