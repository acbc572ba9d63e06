"""Each recorded mail and what it means. A bug report becomes a payload before it becomes a fix."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.email.mapping import ENVELOPE_FROM, MailMapping
from channels.email.tests.builders import (
    ADDRESS,
    CITIZEN,
    CONVERSATION,
    MESSAGE_ID,
    RECEIVED_AT,
    changed,
    delivery,
    payload,
    payload_names,
    settings,
)
from core.contract.errors import PayloadInvalid
from core.contract.ports import RawDelivery
from core.contract.schema import DeliveryReceipt, DeliveryStatus, Ignored, InboundMessage, MessageKind, Parsed

MAPPING = MailMapping.of(settings())
HINTS = (MESSAGE_ID, "<m1@hopthu.example.vn>")
OURS = "Trung tâm đã nhận phản ánh của Ông/Bà."
JPEG = ("image/jpeg", 4742)

PERSONS: dict[str, dict[str, Any]] = {
    "person__plain_utf8": {
        "text": "Kính gửi Trung tâm,\n\nĐường Lê Lợi, đoạn trước số nhà 12, ngập sâu 40 cm từ sáng nay.\n\n"
        "Trân trọng,\nNguyễn Văn An\n0900 000 001",
        "subject": "Phản ánh ngập nước",
        "sender_name": "Nguyễn Văn An",
        "provider_message_id": "<m1@hopthu.example.vn>",
        "provider_time": datetime(2026, 11, 16, 2, 15, tzinfo=UTC),
        "thread_hints": (),
        "conversation_hint": "",
    },
    "person__plain_without_marks": {
        "text": "Den duong truoc truong hoc hong da ba toi nay, xin cho nguoi sua.",
        "sender_name": "Le Thi Binh",
    },
    "person__quoted_printable_iso_subject": {
        "text": "Rác thải ở kiệt 5 đường Nguyễn Huệ ba ngày chưa thu gom, bốc mùi.",
        "subject": "Rác thải chưa thu gom",
    },
    "person__base64_utf8": {"text": "Quán karaoke số 7 hát đến 2 giờ sáng.", "subject": "Tiếng ồn"},
    "person__html_only": {
        "text": "Kính gửi Trung tâm,\n\nCây phượng đổ chắn ngang đường.\n"
        "Vị trí: bản đồ (https://bando.example.vn/?q=16.46,107.59)",
    },
    "person__photo": {
        "text": "Nắp cống bị mất trước số 20 đường Hùng Vương. Ảnh kèm theo.",
        "files": [("Ảnh hiện trường.JPG", *JPEG)],
    },
    "person__photo_only": {"text": "", "kind": MessageKind.MEDIA, "files": [("hinh.txt", *JPEG)]},
    "person__signature_logo": {"text": "Vỉa hè bị lấn chiếm ở chợ.\n\n--\nCông ty Ví Dụ", "files": []},
    "person__windows_1258": {
        "text": "Đường trước trường tiểu học có ổ gà rất lớn, nguy hiểm cho học sinh.",
        "subject": "Đường hỏng",
    },
    "person__windows_1258_called_utf8": {"text": "Nước máy đục ở phường Thuận Hòa từ hôm qua."},
    "person__tcvn3": {
        "text": "Xưởng gỗ cạnh nhà tôi hoạt động suốt đêm, đề nghị kiểm tra.",
        "subject": "Phản ánh tiếng ồn",
    },
    "person__tcvn3_in_unicode": {"text": "Nhà máy xả nước thải ra sông, cá chết nhiều.", "subject": "Tiếng ồn"},
    "person__vni": {"text": "Cây xanh trước cổng trường bị đổ, đề nghị xử lý.", "subject": "Cây đổ"},
    "person__mojibake": {"text": "Nước sinh hoạt có mùi lạ từ sáng."},
    "person__unknown_charset": {"text": "Bãi rác tự phát sau chợ bốc mùi."},
    "person__no_message_id": {"text": "Tổ 5 mất điện từ 8 giờ."},
    "person__no_date_no_subject": {
        "text": "Xe tải đậu lấn chiếm lòng đường.",
        "subject": "",
        "provider_time": RECEIVED_AT,
    },
    "person__date_in_the_future": {"text": "Biển báo bị che khuất.", "provider_time": RECEIVED_AT},
    "person__several_recipients": {"text": "Gửi cả hai nơi: hố ga hở nắp ở ngã tư."},
    "person__sender_trick": {"sender": "ke.gian@xau.example.com", "sender_name": ""},
    "person__authenticated": {"authenticity": ("pass", "pass", "pass", True), "text": "Đề nghị sửa vạch kẻ đường."},
    "person__authentication_forged": {"authenticity": ("fail", "none", "fail", False)},
    "person__very_long_header": {
        "text": "Thư có phần đầu rất dài.",
        "thread_hints": tuple(f"<r{n}@hopthu.example.vn>" for n in range(2999, 2949, -1)),
    },
    "person__nul_bytes": {"text": "Nước ngập đường.", "subject": "Ngập nước"},
    "person__empty_body": {"text": "", "subject": "Ngập ở ngã tư Hùng Vương", "kind": MessageKind.TEXT},
    "person__broken_base64_photo": {"text": "Ảnh vỉa hè hỏng, gửi kèm.", "files": [("a.jpg", "image/jpeg", 2222)]},
    "person__closing_boundary_missing": {"text": "Thư bị cắt giữa chừng nhưng vẫn đọc được."},
    "person__enclosed_mail": {
        "text": "Tôi gửi kèm ý kiến của tổ 5.",
        "files": [("Ý kiến tổ 5.eml", "message/rfc822", 447)],
    },
    "person__winmail_dat": {"text": "Đơn gửi kèm thư.", "files": [("winmail.dat", "application/ms-tnef", 71)]},
    "person__calendar_beside_text": {"text": "Mời trung tâm dự họp về việc ngập nước.", "files": []},
    "person__zip_stays_closed": {"text": "Hồ sơ kèm theo.", "files": [("Đơn.pdf", "application/zip", 113)]},
    "person__two_texts_around_photo": {
        "text": "Trước ảnh.\n\nSau ảnh.",
        "full_text": "Trước ảnh.\n\nSau ảnh.\n\nĐược gửi từ iPhone của tôi",
        "files": [("p.jpg", *JPEG)],
    },
    "reply__gmail_vietnamese": {
        "text": "Dạ, đoạn trước số nhà 12 ạ.",
        "thread_hints": (*HINTS, "PA-123456"),
        "conversation_hint": CONVERSATION,
        "quoted": OURS,
    },
    "reply__gmail_vietnamese_html": {"text": "Ở gần chợ Đông Ba.", "conversation_hint": CONVERSATION, "quoted": OURS},
    "reply__outlook_vietnamese": {
        "text": "Ngập từ cầu vượt:\nTừ: ngã tư Lê Lợi\nĐến: ngã tư Hùng Vương\n\nTrân trọng,\nTrần Thị Bình",
        "quoted": OURS,
    },
    "reply__outlook_english": {"text": "Hẻm 45 ạ.", "quoted": OURS},
    "reply__iphone_vietnamese": {"text": "Số 12 nhé", "quoted": OURS},
    "reply__below_the_quote": {"text": "Số nhà 12 ạ.", "thread_hints": HINTS, "quoted": "Xin cho biết số nhà."},
    "reply__nothing_new": {"text": "", "quoted": OURS},
    "reply__token_forged": {"conversation_hint": "", "thread_hints": ("PA-123456",)},
    "reply__token_in_delivered_to": {"text": "Bổ sung: ngập cả vỉa hè.", "conversation_hint": CONVERSATION},
    "forward__gmail": {
        "text": "Kính chuyển Trung tâm.\n\n---------- Thư được chuyển tiếp ---------\n"
        "Từ: Tổ dân phố 5 <to5@hopthu.example.vn>\nNgày: Th 2, 16 thg 11, 2026 lúc 08:00\n"
        "Chủ đề: Ý kiến bà con\n\nBà con đề nghị lắp đèn ở ngõ 3.",
    },
    "auto__out_of_office": {
        "kind": MessageKind.AUTO_REPLY,
        "conversation_hint": CONVERSATION,
        "text": "Tôi đi công tác đến hết ngày 20/11.",
    },
    "auto__mailing_list": {"kind": MessageKind.AUTO_REPLY},
    "auto__no_reply_sender": {"kind": MessageKind.AUTO_REPLY, "sender": "no-reply@congty.example.vn"},
    "auto__null_return_path": {"kind": MessageKind.AUTO_REPLY},
    "auto__to_bounce_address": {"kind": MessageKind.AUTO_REPLY, "sender": CITIZEN},
}

RECEIPTS: dict[str, tuple[DeliveryStatus, bool, str]] = {
    "bounce__permanent": (DeliveryStatus.FAILED, True, "5.1.1 550 5.1.1"),
    "bounce__temporary": (DeliveryStatus.FAILED, False, "4.4.1"),
    "bounce__queue_expired_found_by_enclosed_id": (DeliveryStatus.FAILED, False, "4.4.7"),
    "bounce__delivered": (DeliveryStatus.DELIVERED, False, "2.0.0"),
    "bounce__old_style_qmail": (DeliveryStatus.FAILED, True, "bounce"),
    "receipt__read": (DeliveryStatus.READ, False, ""),
    "complaint__arf": (DeliveryStatus.FAILED, True, "complaint"),
}

IGNORED = {
    "bounce__not_about_us": "bounce_unmatched",
    "ignored__calendar_only": "calendar",
    "loop__own_mark": "loop",
    "loop__own_message_id": "loop",
    "receipt__deleted_unread": "read_receipt",
}

QUARANTINE = {
    "quarantine__boundary_lost": "damaged",
    "quarantine__broken_base64_text": "damaged",
    "quarantine__nested_madly": "nested",
    "quarantine__no_sender": "sender",
    "quarantine__noise": "sender",
}


def meaning(found: RawDelivery) -> Parsed:
    [item] = MAPPING.split(found)
    [parsed] = MAPPING.parse(found, item)
    return parsed


def message(found: RawDelivery) -> InboundMessage:
    parsed = meaning(found)
    assert isinstance(parsed, InboundMessage)
    return parsed


def seen(found: InboundMessage) -> dict[str, Any]:
    """The message in the words of the table above."""
    proof = found.authenticity
    return {
        **{name: getattr(found, name) for name in InboundMessage.model_fields},
        "sender": found.sender.value,
        "files": [(file.name, file.media_type, file.size) for file in found.attachments],
        "authenticity": (proof.spf, proof.dkim, proof.dmarc, proof.verified),
    }


def test_every_payload_is_in_a_table() -> None:
    """Nothing recorded is forgotten."""
    assert payload_names() == sorted([*PERSONS, *RECEIPTS, *IGNORED, *QUARANTINE])


@pytest.mark.parametrize("name", PERSONS)
def test_a_message_is_read(name: str) -> None:
    """Words, sender, files and thread of what people (and robots that are not about us) write."""
    expected: Mapping[str, Any] = {"kind": MessageKind.TEXT, **PERSONS[name]}
    found = seen(message(payload(name)))
    quoted = expected.get("quoted", "")

    assert {key: found[key] for key in expected if key != "quoted"} == {
        key: value for key, value in expected.items() if key != "quoted"
    }
    assert quoted in found["full_text"]
    assert not quoted or quoted not in found["text"]


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_report_becomes_a_receipt(name: str) -> None:
    """About our own mail, naming the address, without the server's prose."""
    receipt = meaning(payload(name))
    assert isinstance(receipt, DeliveryReceipt)

    assert (receipt.status, receipt.permanent, receipt.reason) == RECEIPTS[name]
    assert receipt.provider_message_id == MESSAGE_ID
    assert receipt.address == CITIZEN
    assert receipt.at == RECEIVED_AT


@pytest.mark.parametrize("name", IGNORED)
def test_unwanted_mails_are_ignored(name: str) -> None:
    """With a reason that is counted."""
    assert meaning(payload(name)) == Ignored(reason=IGNORED[name])


@pytest.mark.parametrize("name", QUARANTINE)
def test_unreadable_mails_wait_for_a_person(name: str) -> None:
    """They have a key like any other, and say why."""
    [item] = MAPPING.split(payload(name))
    with pytest.raises(PayloadInvalid, match=QUARANTINE[name]):
        MAPPING.parse(payload(name), item)


@pytest.mark.parametrize("name", sorted([*PERSONS, *RECEIPTS, *IGNORED]))
def test_the_wire_changes_nothing(name: str) -> None:
    """A mail means the same with the line ends of SMTP as with those of a file, and keeps its key."""
    found = payload(name)
    wired = changed(found, body=found.body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    sizes = {"attachments": ()}  # an enclosed mail is written with the line ends it came with
    as_file, as_wire = meaning(found), meaning(wired)
    if isinstance(as_file, InboundMessage):
        as_file, as_wire = as_file.model_copy(update=sizes), as_wire.model_copy(update=sizes)

    assert as_file == as_wire
    assert MAPPING.split(found) == MAPPING.split(wired)


def test_the_envelope_names_a_sender_where_the_mail_does_not() -> None:
    """Devices send mails without From."""
    found = changed(payload("quarantine__no_sender"), headers={ENVELOPE_FROM: "May@Hopthu.example.vn"})

    assert message(found).sender.value == "may@hopthu.example.vn"


@pytest.mark.parametrize("envelope_from", ["", "<>"])
def test_the_null_return_path_means_a_robot(envelope_from: str) -> None:
    """Whatever the headers say."""
    found = delivery(payload("person__plain_utf8").body, **{ENVELOPE_FROM: envelope_from})

    assert message(found).kind is MessageKind.AUTO_REPLY


def test_a_token_in_the_envelope_is_enough() -> None:
    """A blind copy has our plus-address in no header."""
    to = MAPPING.threads.reply_address(CONVERSATION)
    found = delivery(payload("person__plain_utf8").body, to=to)

    assert message(found).conversation_hint == CONVERSATION
    assert MAPPING.split(found)[0].conversation_key == f"conversation:{CONVERSATION}"


def test_lanes() -> None:
    """Replies are ordered with their conversation, other mails with their sender's."""
    lanes = {name: MAPPING.split(payload(name))[0].conversation_key for name in (*PERSONS, *RECEIPTS)}
    plain = MAPPING.split(payload("person__plain_utf8"))[0].conversation_key

    assert lanes["reply__gmail_vietnamese"] == lanes["bounce__permanent"] == f"conversation:{CONVERSATION}"
    assert lanes["person__photo"] == plain != lanes["person__plain_without_marks"]
    assert lanes["reply__token_forged"].startswith("sender:")


def test_one_device_with_one_message_id_loses_nothing() -> None:
    """The same Message-ID from two senders is two mails."""
    bodies = [f"From: {name}@hopthu.example.vn\nMessage-ID: <1@may>\n\nx\n".encode() for name in ("a", "b", "a")]
    keys = [MAPPING.split(delivery(body))[0].dedupe_key for body in bodies]

    assert keys[0] == keys[2] != keys[1]


def test_without_message_id_the_content_is_the_key() -> None:
    """From, Date, Subject and body; not what servers add on the way."""
    body = payload("person__no_message_id").body
    resent = b"Received: from elsewhere.example.vn; Mon, 16 Nov 2026 11:00:00 +0700\n" + body
    keys = [MAPPING.split(delivery(each))[0].dedupe_key for each in (body, resent, body + b"Them.\n")]

    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(
    ("date", "late"),
    [("Wed, 11 Nov 2026 02:21:00 +0000", False), ("Tue, 10 Nov 2026 02:20:00 +0000", True), ("not a date", True)],
)
def test_a_date_counts_while_a_queue_may_hold_a_mail(date: str, late: bool) -> None:
    """Five days back; an older or unreadable Date gives way to the moment of receipt."""
    found = delivery(f"From: a@hopthu.example.vn\nDate: {date}\n\nx\n".encode())
    [item] = MAPPING.split(found)

    assert (item.provider_time == RECEIVED_AT) is late
    assert message(found).provider_time == item.provider_time


def test_without_any_time_a_mail_waits() -> None:
    """A replayed body with no moment of receipt and no Date."""
    found = changed(delivery(b"From: a@hopthu.example.vn\n\nx\n"), received_at=None)
    with pytest.raises(PayloadInvalid, match="came"):
        message(found)


def test_the_date_stands_in_for_a_missing_receipt() -> None:
    """Replay of an old file."""
    found = changed(payload("person__plain_utf8"), received_at=None)

    assert message(found).received_at == RECEIVED_AT - timedelta(minutes=5)


def test_the_account_is_the_mailbox() -> None:
    """Also for mail to an alias."""
    found = delivery(payload("person__plain_utf8").body, to="postmaster@example.vn")

    assert message(found).account == message(found).sender.account == ADDRESS


HOSTILE = {
    "addresses without end": b"From: a@x.vn\n" + (b"To: " + b"a" * 20_000 + b"\n") * 400 + b"\nx\n",
    "angles": b"From: " + b"<a@" * 300_000 + b"\n\nx\n",
    "quotes": b"From: " + b'"' * 500_001 + b" <a@x.vn>\n\nx\n",
    "at signs": b"From: <" + b"a@" * 500_000 + b"\n\nx\n",
    "tiny headers": b"From: a@x.vn\n" + b"a:b\n" * 200_000 + b"\nx\n",
    "results": b"From: a@x.vn\n" + b"Authentication-Results: mail.example.vn; ((((((((((\n" * 50_000 + b"\nx\n",
    "encoded words": b"From: a@x.vn\nSubject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\nx\n",
    "references": b"From: a@x.vn\nReferences: " + b"<a" * 500_000 + b"\n\nx\n",
    "open tags": b"From: a@x.vn\nContent-Type: text/html\n\n" + b"<div><b>" * 100_000 + b"x",
    "broken tags": b"From: a@x.vn\nContent-Type: text/html\n\n" + b"<!--<a <![CDATA[" * 100_000 + b"x",
    "quoted deep": b"From: a@x.vn\nContent-Type: text/html\n\n" + b"<blockquote>" * 3_000 + b"x",
    "mangled text": b"From: a@x.vn\n\n" + "Tiáº¿ng Viá»‡t ".encode() * 100_000,
    "blank lines": b"From: a@x.vn\n\nx" + b"\n" * 2_000_000 + b"x",
    "many parts": b'From: a@x.vn\nContent-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 20_000,
    "enclosed in enclosed": b"From: a@x.vn\n" + b"Content-Type: message/rfc822\n\n" * 400 + b"\nx\n",
}


@pytest.mark.parametrize("label", HOSTILE)
def test_hostile_mails_end(label: str) -> None:
    """What takes time that grows with the square of its size runs into the test's own time limit."""
    found = delivery(HOSTILE[label])
    try:
        meanings = [meaning for item in MAPPING.split(found) for meaning in MAPPING.parse(found, item)]
    except PayloadInvalid:
        return

    assert len(meanings) == 1
