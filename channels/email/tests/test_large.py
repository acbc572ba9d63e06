"""Large mails: read in pieces and with their files lifted out, they are what the library alone would read."""

from __future__ import annotations

import asyncio
import random
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from channels.email import lifting
from channels.email.mime import read_content, read_message
from channels.email.receiving import receive
from core.contract.errors import PayloadInvalid, PayloadTooLarge

_LINES = 1 << 20


@pytest.mark.parametrize("cut", range(1, 9))
async def test_a_mail_in_pieces_is_the_mail(cut: int) -> None:
    """Wherever it is cut: dots are taken away at line ends only, a bare LF ends nothing, what follows stays."""
    sent = b"..a\r\n.\n\r\n..\r\n\r\n..b.\r\n.c\r\r\n...\r\n\r\n.\r\n"
    assert await _received(sent + b"QUIT\r\n", cut=cut) == (
        b".a\r\n\n\r\n.\r\n\r\n.b.\r\nc\r\r\n..\r\n\r\n",
        b"QUIT\r\n",
    )


@pytest.mark.parametrize("cut", [1, 2, 3, 10])
async def test_nothing_at_all_ends_too(cut: int) -> None:
    """A dot alone; and a line and a dot."""
    assert await _received(b".\r\n", cut=cut) == (b"", b"")
    assert await _received(b"a\r\n.\r\n", cut=cut) == (b"a\r\n", b"")


@pytest.mark.parametrize("cut", [1, 7, 1000])
async def test_too_much_is_read_to_its_end(cut: int) -> None:
    """The limit counts what was sent, to the byte; a line has one of its own."""
    line = b"x" * 98 + b"\r\n"
    assert (await _received(line * 10 + b".\r\n", most=1000, cut=cut))[0] == line * 10
    with pytest.raises(PayloadTooLarge):
        await _received(line * 10 + b"\r\n.\r\n", most=1000, cut=cut)
    assert (await _received(line + b".\r\n", longest=100, cut=cut))[0] == line
    with pytest.raises(PayloadInvalid):
        await _received(b"\r\n" + b"x" + line + b".\r\n", longest=100, cut=cut)


@pytest.mark.parametrize("size", [lifting.LARGE, 1_500_000, 1_500_001, 1_500_002])
def test_a_large_file_is_the_file(size: int) -> None:
    """Every rest of three bytes, beside words and a small file, with either line end."""
    mail, photo = _mail(size)
    for body in (mail.as_bytes(policy=policy.SMTP), mail.as_bytes()):
        content = read_content(read_message(body))
        assert lifting.lift(body)[1] == {"lifted-0": photo}
        assert [(file.name, file.data) for file in content.files] == [("anh.jpg", photo), ("nho.txt", b"nho")]
        assert content == read_content(message_from_bytes(body, policy=policy.compat32))
        assert not content.damaged


def test_what_is_not_surely_a_file_is_left_to_the_library() -> None:
    """Damage, an early end, another encoding, an enclosed mail, a mark that the sender wrote."""
    mail, _ = _mail(200_000)
    body = mail.as_bytes(policy=policy.SMTP)
    middle = body.index(b"image/jpeg") + 100_000
    enclosing = EmailMessage()
    enclosing.set_content("Xem thư kèm theo.")
    enclosing.add_attachment(mail)
    forged, _ = _mail(200_000, words="lifted-0")
    strange = [
        body[:middle] + b"*" + body[middle:],
        body[:middle] + b"=" + body[middle + 1 :],
        body[:middle] + b"\r\n--khac\r\n" + body[middle:],
        body.replace(b"base64", b"8bit"),
        enclosing.as_bytes(),
        forged.as_bytes(),
    ]
    for one in strange:
        assert read_content(read_message(one)) == read_content(message_from_bytes(one, policy=policy.compat32))


def test_endless_delimiters_are_left_to_the_library() -> None:
    """They would cost more than they save."""
    body = _mail(200_000, words="--x\n" * 20_000)[0].as_bytes()
    assert lifting.lift(body) == (body, {})


def _mail(size: int, *, words: str = "Ổ gà trước nhà.") -> tuple[EmailMessage, bytes]:
    photo = random.Random(size).randbytes(size)
    mail = EmailMessage()
    mail["From"] = "an@hopthu.example.vn"
    mail.set_content(words)
    mail.add_attachment(photo, maintype="image", subtype="jpeg", filename="anh.jpg")
    mail.add_attachment(b"nho", maintype="text", subtype="plain", filename="nho.txt")
    return mail, photo


async def _received(sent: bytes, *, cut: int, most: int = _LINES, longest: int = _LINES) -> tuple[bytes, bytes]:
    """What is taken out of a stream that comes in pieces of `cut` bytes, over a buffer of a few; and what is left."""
    reader = asyncio.StreamReader(limit=8)
    reading = asyncio.create_task(receive(reader, most=most, longest_line=longest))
    for start in range(0, len(sent), cut):
        await asyncio.sleep(0)
        reader.feed_data(sent[start : start + cut])
    reader.feed_eof()
    return await reading, await reader.read()
