"""Mails that carry a picture, and pictures."""

from __future__ import annotations

import io
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from PIL import Image

from tests.gateway.api.staffing import case_ids
from tests.support.deployments import MAILBOX, World

TEXT = "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay. Tôi là Nguyễn Văn An, số 0900 000 001."


def picture(colour: str = "#0b5563", size: tuple[int, int] = (640, 480)) -> bytes:
    """A small JPEG."""
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "JPEG")
    return written.getvalue()


async def report_with_picture(world: World, *, text: str = TEXT, photo: bytes | None = None) -> str:
    """A citizen's mail with a photo; returns the id of its case."""
    before = set(await case_ids(world))
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Nguyễn Văn An <an@hopthu.example.vn>", MAILBOX, "Đèn hỏng"
    mail["Message-ID"], mail["Date"] = make_msgid(domain="hopthu.example.vn"), format_datetime(world.clock())
    mail.set_content(text)
    mail.add_attachment(photo or picture(), maintype="image", subtype="jpeg", filename="nguyen-van-an.jpg")
    await world.mail.send(mail.as_bytes(), sender="an@hopthu.example.vn", recipients=[MAILBOX])
    await world.settle()
    (made,) = set(await case_ids(world)) - before
    return made
