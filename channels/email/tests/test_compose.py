"""The mail on the wire: readable by people, harmless to robots, unchanged on its way."""

from __future__ import annotations

import hashlib
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from channels.email.compose import OutgoingMail, compose
from channels.email.settings import MAX_SENT_FILES
from channels.email.tests.builders import (
    ADDRESS,
    CITIZEN,
    CONVERSATION,
    MESSAGE_ID,
    RECEIVED_AT,
    outbound,
    settings,
)
from channels.email.threading import Threads
from core.contract.errors import MessageInvalid, RecipientUnreachable
from core.contract.schema import Address, Attachment, AttachmentKind

THREADS = Threads.of(settings())


def made(text: str = "Đã nhận.", *, files: dict[str, bytes] | None = None, **changes: object) -> OutgoingMail:
    return compose(outbound(text, **changes), settings=settings(), now=RECEIVED_AT, files=files)


def read(mail: OutgoingMail) -> EmailMessage:
    message = message_from_bytes(mail.content, _class=EmailMessage, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def words(mail: OutgoingMail, kind: str = "plain") -> str:
    body = read(mail).get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def file(key: str, size: int, name: str = "a.pdf", media_type: str = "application/pdf") -> Attachment:
    digest = hashlib.sha256(key.encode()).hexdigest()
    return Attachment(
        kind=AttachmentKind.FILE, media_type=media_type, size=size, sha256=digest, stored_key=key, name=name
    )


def test_the_envelope() -> None:
    """To the citizen, back to the address made for this mail."""
    mail = made()

    assert (mail.message_id, mail.recipient) == (MESSAGE_ID, CITIZEN)
    assert THREADS.bounced_message_id([mail.envelope_from]) == MESSAGE_ID


def test_the_headers() -> None:
    """Who, to whom, where to answer, and that a machine wrote it."""
    message = read(
        made(in_reply_to="<m1@hopthu.example.vn>", references=("<m0@hopthu.example.vn>", "<m1@hopthu.example.vn>"))
    )

    assert message["Message-ID"] == MESSAGE_ID
    assert message["From"] == f"Trung tâm Phản ánh hiện trường <{ADDRESS}>"
    assert message["To"] == CITIZEN
    assert THREADS.conversation_of([message["Reply-To"].addresses[0].addr_spec]) == CONVERSATION
    assert message["Subject"] == "[PA-123456] Đã tiếp nhận"
    assert message["Date"].datetime == RECEIVED_AT
    assert message["In-Reply-To"] == "<m1@hopthu.example.vn>"
    assert message["References"] == "<m0@hopthu.example.vn> <m1@hopthu.example.vn>"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["X-Intake-Loop"] == ADDRESS


def test_an_unasked_mail_says_so() -> None:
    """RFC 3834 §5: auto-generated, not auto-replied."""
    assert read(made())["Auto-Submitted"] == "auto-generated"


def test_an_officers_words_are_a_persons() -> None:
    """No robot's mark, but the loop mark all the same."""
    message = read(made(automatic=False))

    assert message["Auto-Submitted"] is None
    assert message["X-Auto-Response-Suppress"] is None
    assert message["X-Intake-Loop"] == ADDRESS


def test_a_mail_that_can_be_ended_says_how() -> None:
    """RFC 8058: one click in the mail program; no other mail claims to belong to a list."""
    page = "https://phananh.example.vn/thong-bao/dung-nhan/1"
    message = read(made(fields={"unsubscribe": page}))
    assert message["List-Unsubscribe"] == f"<{page}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read(made())["List-Unsubscribe"] is None


def test_the_words_in_both_forms() -> None:
    """Plain as written; HTML escaped, with nothing to load."""
    mail = made('Kính gửi Ông/Bà,\n\nMã <b>123</b> & "x"\nDòng hai')

    assert words(mail).strip() == 'Kính gửi Ông/Bà,\n\nMã <b>123</b> & "x"\nDòng hai'
    assert "<p>Mã &lt;b&gt;123&lt;/b&gt; &amp; &quot;x&quot;<br>Dòng hai</p>" in words(mail, "html")
    assert "src=" not in words(mail, "html")


def test_the_wire_form_needs_no_change() -> None:
    """7-bit, CRLF, short lines: a signature (DKIM) over it survives."""
    content = made("Ông/Bà vui lòng chờ. " * 200, subject="Chủ đề rất dài " * 30).content

    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


def test_headers_cannot_be_injected() -> None:
    """Line breaks in a subject are spaces."""
    message = read(made(subject="Xin chào\r\nBcc: ai.do@example.vn"))

    assert message["Bcc"] is None
    assert message["Subject"] == "Xin chào Bcc: ai.do@example.vn"


def test_ids_that_are_none_are_left_out() -> None:
    """A message without Message-ID is answered by our own key for it, which is no header's business."""
    message = read(made(in_reply_to="content:4e56", references=("x", "<a@b>\r\nBcc: c@d")))

    assert message["In-Reply-To"] is None
    assert message["References"] == "<a@b>"


def test_a_long_thread_keeps_its_root_and_its_end() -> None:
    """RFC 5322 §3.6.4 lets the middle go."""
    references = tuple(f"<{number}@x>" for number in range(100))

    assert read(made(references=references))["References"].split() == [references[0], *references[-20:]]


def test_an_empty_subject_becomes_a_sentence() -> None:
    """Mails without one look like spam."""
    assert read(made(subject=" "))["Subject"] == "Về phản ánh của Ông/Bà"


def test_choices_are_lines_to_answer_with() -> None:
    """A mail has no buttons; links stay links."""
    text = words(made(buttons=(("Hài lòng", "rate:3"), ("Xem kết quả", "https://pa.example.vn/tra-cuu"))))

    assert "Vui lòng trả lời thư này bằng một trong các lựa chọn sau:\n- Hài lòng\n" in text
    assert "- Xem kết quả: https://pa.example.vn/tra-cuu" in text
    assert "Vui lòng trả lời" not in words(made(buttons=(("Xem", "https://pa.example.vn"),)))


def test_files_are_attached_as_they_are() -> None:
    """With their names in Vietnamese."""
    [part] = read(made(attachments=(file("k1", 3, "Công văn.pdf"),), files={"k1": b"%PD"})).iter_attachments()

    assert (part.get_filename(), part.get_content_type(), part.get_content()) == (
        "Công văn.pdf",
        "application/pdf",
        b"%PD",
    )


@pytest.mark.parametrize("media_type", ["text/html", "message/rfc822", "multipart/mixed", "nonsense", ""])
def test_files_that_a_program_might_open_by_itself_are_plain_bytes(media_type: str) -> None:
    """Nothing we send is rendered in place."""
    mail = made(attachments=(file("k1", 1, "", media_type),), files={"k1": b"x"})
    [part] = read(mail).iter_attachments()

    assert part.get_content_type() == "application/octet-stream"


def test_what_does_not_fit_is_named() -> None:
    """Up to 15 MB; an erased file is named as well."""
    attachments = (file("big", 0, "lớn.pdf"), file("small", 0, "nhỏ.pdf"), file("gone", 0, "mất.pdf"))
    mail = made(attachments=attachments, files={"big": bytes(MAX_SENT_FILES), "small": b"x"})

    assert [part.get_filename() for part in read(mail).iter_attachments()] == ["lớn.pdf"]
    assert "xem tại trang tra cứu: nhỏ.pdf, mất.pdf" in words(mail)


@pytest.mark.parametrize("value", ["", "an", "an@", "a b@example.vn", "an@example.vn\r\nBcc: x@y.vn"])
def test_an_address_that_is_none_is_refused(value: str) -> None:
    """Before anything is sent."""
    with pytest.raises(MessageInvalid):
        made(recipient=Address(channel="email", account=ADDRESS, value=value))


def test_addresses_beyond_ascii() -> None:
    """A domain has an ASCII form; a local part has none, and then nobody can be reached."""

    def to(value: str) -> OutgoingMail:
        return made(recipient=Address(channel="email", account=ADDRESS, value=value))

    assert to("an@thư.example.vn").recipient == "an@xn--th-e0a.example.vn" == str(read(to("an@thư.example.vn"))["To"])
    with pytest.raises(RecipientUnreachable):
        to("ân@example.vn")


def test_the_same_row_is_the_same_mail() -> None:
    """Same Message-ID and return path however often it is made."""
    first, second = made(), made()

    assert (first.message_id, first.envelope_from) == (second.message_id, second.envelope_from)
