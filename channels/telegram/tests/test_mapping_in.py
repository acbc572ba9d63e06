"""Every recorded update and what it means."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.telegram.mapping_in import international
from channels.telegram.tests.builders import ACCOUNT, CHAT, PAYLOADS, channel, delivery, heard, parsed, payload, said
from core.contract.errors import PayloadInvalid
from core.contract.schema import AttachmentKind, Ignored, MessageKind, Standing

FIRST = f"{CHAT}:71"
MESSAGES: dict[str, tuple[MessageKind, dict[str, Any]]] = {
    "message__text": (MessageKind.TEXT, {"text": "Đường Lê Lợi ngập sâu 🌊, xin cho người xuống xem."}),
    "message__start": (MessageKind.POSTBACK, {"payload": "start", "text": ""}),
    "message__start_with_reference": (MessageKind.POSTBACK, {"payload": "start:qr-le-loi-12", "text": ""}),
    "message__reply": (MessageKind.TEXT, {"text": "Ở trước số 12 ạ", "thread_hints": (f"{CHAT}:60",)}),
    "message__photo_with_caption": (MessageKind.MEDIA, {"text": "Ổ gà trước số 12", "group": ""}),
    "message__album_first": (MessageKind.MEDIA, {"text": "Hai ảnh", "group": f"{CHAT}:13912345678901234"}),
    "message__album_second": (MessageKind.MEDIA, {"text": "", "group": f"{CHAT}:13912345678901234"}),
    "message__voice": (MessageKind.MEDIA, {"text": ""}),
    "message__audio": (MessageKind.MEDIA, {"text": ""}),
    "message__video": (MessageKind.MEDIA, {"text": "Nước tràn"}),
    "message__video_note": (MessageKind.MEDIA, {"text": ""}),
    "message__animation": (MessageKind.MEDIA, {"text": ""}),
    "message__document": (MessageKind.MEDIA, {"text": ""}),
    "message__photo_as_document": (MessageKind.MEDIA, {"text": ""}),
    "message__location": (MessageKind.LOCATION, {"text": ""}),
    "message__venue": (MessageKind.LOCATION, {"text": ""}),
    "message__contact_own": (MessageKind.CONTACT, {"contact_phone": "+84900000001", "text": ""}),
    "message__contact_of_somebody": (MessageKind.TEXT, {"contact_phone": "", "text": "Trần Thị Bình +84900000009"}),
    "message__contact_typed_by_hand": (MessageKind.TEXT, {"contact_phone": "", "text": "Tổ trưởng 0900 000 008"}),
    "edited_message__text": (MessageKind.EDIT, {"text": "Đường Lê Lai, không phải Lê Lợi", "thread_hints": (FIRST,)}),
    "edited_message__caption": (MessageKind.EDIT, {"text": "Ổ gà trước số 14", "thread_hints": (f"{CHAT}:75",)}),
    "callback_query__rating": (MessageKind.POSTBACK, {"payload": "rate:1", "text": ""}),
    "callback_query__old_message": (MessageKind.POSTBACK, {"payload": "human"}),
}  # fmt: skip
IGNORED = {
    "message__sticker": "sticker",
    "message__poll": "poll",
    "message__pinned": "unknown_content",
    "message__group": "group",
    "edited_message__live_location": "live_location",
    "callback_query__in_group": "group",
    "my_chat_member__in_group": "group",
    "channel_post__not_asked_for": "unknown_event",
    "unknown__new_kind": "unknown_event",
}
STANDINGS = {"my_chat_member__kicked": (False, "blocked"), "my_chat_member__let_in": (True, "let_in")}
FILES = {
    "message__photo_with_caption": (AttachmentKind.IMAGE, "AgACAgUAAxkBAAIP1L", 99_000, ""),
    "message__voice": (AttachmentKind.AUDIO, "AgACAgUAAxkBAAIV1", 45_000, ""),
    "message__audio": (AttachmentKind.AUDIO, "AgACAgUAAxkBAAIU1", 3_400_000, "ghi âm.mp3"),
    "message__video": (AttachmentKind.VIDEO, "AgACAgUAAxkBAAID1", 8_400_000, "VID_1.mp4"),
    "message__video_note": (AttachmentKind.VIDEO, "AgACAgUAAxkBAAIN1", 800_000, ""),
    "message__animation": (AttachmentKind.VIDEO, "AgACAgUAAxkBAAIG1", 500_000, "a.mp4"),
    "message__document": (AttachmentKind.FILE, "AgACAgUAAxkBAAIF1", 230_000, "don kien nghi.pdf"),
    "message__photo_as_document": (AttachmentKind.IMAGE, "AgACAgUAAxkBAAIF2", 4_400_000, "IMG_0001.jpg"),
}


def test_every_recorded_update_has_its_row() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.json")} == {*MESSAGES, *IGNORED, *STANDINGS}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str) -> None:
    kind, expected = MESSAGES[name]
    message = heard(payload(name))

    assert message.kind is kind
    assert {field: getattr(message, field) for field in expected} == expected
    assert (message.account, message.sender.value, message.sender_name) == (ACCOUNT, str(CHAT), "Nguyễn Văn An")


@pytest.mark.parametrize("name", IGNORED)
def test_what_is_ignored_has_a_name(name: str) -> None:
    assert parsed(payload(name)) == Ignored(reason=IGNORED[name])


@pytest.mark.parametrize("name", STANDINGS)
def test_who_blocks_us_and_lets_us_in(name: str) -> None:
    standing = parsed(payload(name))

    assert isinstance(standing, Standing)
    assert (standing.reachable, standing.reason) == STANDINGS[name]
    assert standing.address.value == str(CHAT)


@pytest.mark.parametrize("name", FILES)
def test_files_wait_at_telegram_under_their_id(name: str) -> None:
    [file] = heard(payload(name)).attachments

    assert (file.kind, file.source_url, file.size, file.name) == FILES[name]
    assert (file.media_type, file.sha256, file.stored_key) == ("", "", "")


def test_places() -> None:
    shared, named = heard(payload("message__location")).place, heard(payload("message__venue")).place

    assert shared is not None
    assert shared.point is not None
    assert (shared.point.latitude, shared.point.longitude, shared.point.accuracy_m) == (16.463713, 107.590866, 20.0)
    assert shared.text == ""
    assert named is not None
    assert named.text == "Chợ Đông Ba, 2 Trần Hưng Đạo"


def test_an_edit_is_a_message_of_its_own() -> None:
    first, again = heard(payload("message__text")), heard(payload("edited_message__text"))

    assert first.provider_message_id == FIRST
    assert again.provider_message_id.startswith(f"{CHAT}:71:edited:")


def test_messages_of_one_second_keep_the_order_of_their_updates() -> None:
    times = [
        channel().split(delivery(said(str(number), number=number, update=500_000_000 + number)))[0].provider_time
        for number in range(1, 6)
    ]

    assert times == sorted(set(times), key=str)
    assert len(times) == 5


def test_a_clock_ahead_of_ours_is_not_believed() -> None:
    at = datetime(2026, 11, 16, 5, 10, tzinfo=UTC)
    late = delivery(said("x", at=at), received_at=datetime(2026, 11, 16, 5, 0, tzinfo=UTC))

    assert heard(late).provider_time == late.received_at


def test_a_huge_chat_number_is_kept_to_the_last_digit() -> None:
    assert heard(delivery(said("x", chat=2**52 + 1))).sender.value == str(2**52 + 1)


@pytest.mark.parametrize(
    ("shown", "phone"),
    [
        ("84900000001", "+84900000001"),
        ("+84 900 000 001", "+84900000001"),
        ("0900000001", "+84900000001"),
        ("33612345678", "+33612345678"),
        ("113", ""),
        ("không", ""),
        ("1" * 16, ""),
    ],
)
def test_telephone_numbers(shown: str, phone: str) -> None:
    assert international(shown) == phone


def test_deep_nesting_is_refused_quietly() -> None:
    with pytest.raises(PayloadInvalid):
        channel().split(delivery(b"[" * 100_000))


def test_payload_files_name_nobody() -> None:
    names = {"Nguyễn Văn", "Trần Thị", "Tổ trưởng", "Lắng Nghe"}
    for path in PAYLOADS.glob("*.json"):
        found = json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False)
        told = {part.split('"')[0] for part in found.split('"first_name": "')[1:]}
        assert told <= names
