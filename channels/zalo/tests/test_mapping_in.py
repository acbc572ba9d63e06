"""Every event the provider has, as a table: recorded event → what it means."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.zalo.mapping_in import parse, split
from channels.zalo.tests.builders import NOON, OA, PAYLOADS, USER, delivery, event, payload
from core.contract.errors import PayloadInvalid
from core.contract.schema import (
    AttachmentKind,
    DeliveryReceipt,
    DeliveryStatus,
    Echo,
    Ignored,
    InboundMessage,
    MessageKind,
    Parsed,
    Standing,
)

ALL = sorted(path.stem for path in PAYLOADS.glob("*.json"))
IGNORED = {
    "user_send_sticker": "sticker",
    "anonymous_send_sticker": "sticker",
    "oa_send_text__by_us": "own_echo",
    "oa_send_image__by_us": "own_echo",
    "oa_send_gif__by_us": "own_echo",
    "oa_send_list__by_us": "own_echo",
    "oa_send_file__by_us": "own_echo",
    "oa_send_sticker__by_us": "own_echo",
    "oa_send_template__by_us": "own_echo",
    "oa_send_anonymous_text__by_us": "own_echo",
    "user_reacted_message": "reaction",
    "oa_reacted_message": "own_reaction",
    "user_submit_info__without_number": "form_without_number",
    "update_user_info": "profile_changed",
    "user_feedback": "template_feedback",
    "add_user_to_tag": "tag",
    "remove_user_from_tag": "tag",
    "remove_tag": "tag",
    "change_oa_daily_quota": "quota_changed",
    "change_template_quality": "template_changed",
    "change_template_quota": "template_changed",
    "change_template_status": "template_changed",
    "change_oa_template_tags": "template_changed",
    "event_journey_time_out": "journey",
    "event_journey_acknowledged": "journey",
    "oa_send_consent": "call",
    "oa_call_user": "call",
    "user_reply_consent": "call",
    "user_call_oa": "call",
    "shop_has_order": "shop",
    "widget_interaction_accepted": "widget",
    "group__text": "group",
    "group__created": "group",
    "group__joined": "group",
    "unknown__event": "unknown_event",
    "unknown__other_account": "other_account",
}
SAID: dict[str, dict[str, Any]] = {
    "user_send_text__words": {"text": "Đường trước trường tiểu học có ổ gà rất lớn, nguy hiểm cho học sinh."},
    "user_send_text__without_marks": {"text": "duong truoc truong tieu hoc co o ga rat lon"},
    "user_send_text__decomposed": {"text": "Rác thải bốc mùi"},
    "user_send_text__reply": {"text": "vâng", "thread_hints": ("96d3cdf3af1500001",)},
    "user_send_text__button": {"kind": MessageKind.POSTBACK, "payload": "rate:satisfied", "text": ""},
    "user_send_text__menu": {"text": "#nhanvien"},
    "user_send_image__caption": {"kind": MessageKind.MEDIA, "text": "Ảnh chụp sáng nay"},
    "user_send_image__album": {"kind": MessageKind.MEDIA, "text": ""},
    "user_send_gif": {"kind": MessageKind.MEDIA},
    "user_send_link__page": {"text": "https://baochi.example.vn/ngap\nNgập sâu trên đường Lê Lợi"},
    "user_send_link__card": {"kind": MessageKind.CONTACT, "contact_phone": "+84900000001"},
    "user_send_audio": {"kind": MessageKind.MEDIA},
    "user_send_video": {"kind": MessageKind.MEDIA, "text": "Nước chảy tràn"},
    "user_send_location": {"kind": MessageKind.LOCATION},
    "user_send_business_card": {"kind": MessageKind.CONTACT, "contact_phone": "+84900000001", "text": "Nguyễn Văn An"},
    "user_send_file__pdf": {"kind": MessageKind.MEDIA},
    "user_send_file__tricky_name": {"kind": MessageKind.MEDIA},
    "anonymous_send_text": {"text": "Cho hỏi phản ánh rác thải ở đâu?"},
    "anonymous_send_image": {"kind": MessageKind.MEDIA},
    "anonymous_send_file": {"kind": MessageKind.MEDIA},
    "user_submit_info": {
        "kind": MessageKind.CONTACT,
        "contact_phone": "+84900000001",
        "sender_name": "Nguyễn Văn An",
        "text": "",
    },
    "user_submit_info__newer": {"kind": MessageKind.CONTACT, "contact_phone": "+84900000001"},
    "user_click_chatnow": {"kind": MessageKind.POSTBACK, "payload": "start", "text": ""},
    "user_withdraw": {"kind": MessageKind.WITHDRAWAL, "thread_hints": (), "text": ""},
}
RECEIPTS = {
    "user_received_message": [("m1", DeliveryStatus.DELIVERED)],
    "user_received_message__other_direction": [("m1", DeliveryStatus.DELIVERED)],
    "user_received_message__template": [("z1", DeliveryStatus.DELIVERED)],
    "user_seen_message": [("m1", DeliveryStatus.READ), ("m2", DeliveryStatus.READ)],
}
TAKEN_OVER = {
    "oa_send_text__by_a_person": ("Dạ em là cán bộ trực, anh cho em số nhà ạ.", USER),
    "oa_send_image__by_a_person": ("", USER),
    "oa_send_anonymous_text__by_a_person": ("Dạ, mời anh/chị.", f"visitor:{USER}/conv0000000000000001"),
}
FOLLOWED = datetime.fromtimestamp(1790000040, UTC)
STANDINGS = {"follow": (True, "let_in", 123), "unfollow": (False, "blocked", 1123)}
BROKEN = [name for name in ALL if name.startswith("quarantine__")]


def meaning(name: str) -> list[Parsed]:
    """What a recorded event means."""
    return list(parse(payload(name)))


def said(name: str) -> InboundMessage:
    """A recorded event that is a message."""
    [message] = meaning(name)
    assert isinstance(message, InboundMessage)
    return message


def test_every_recorded_event_stands_in_one_table() -> None:
    """None is without an expectation."""
    assert sorted([*IGNORED, *SAID, *RECEIPTS, *TAKEN_OVER, *STANDINGS, *BROKEN]) == ALL


@pytest.mark.parametrize(("name", "expected"), SAID.items(), ids=list(SAID))
def test_messages(name: str, expected: dict[str, Any]) -> None:
    """Kind, words and values, from the citizen to our account."""
    message = said(name)

    assert {key: getattr(message, key) for key in expected} == expected
    assert message.kind is expected.get("kind", MessageKind.TEXT)
    assert (message.account, message.received_at) == (OA, NOON)


@pytest.mark.parametrize(("name", "expected"), STANDINGS.items(), ids=list(STANDINGS))
def test_who_follows_and_who_leaves_is_told(name: str, expected: tuple[bool, str, int]) -> None:
    """By the address they write from, at the provider's own moment."""
    [standing] = meaning(name)
    reachable, reason, milliseconds = expected

    assert isinstance(standing, Standing)
    assert (standing.reachable, standing.reason) == (reachable, reason)
    assert (standing.account, standing.address) == (OA, said("user_send_text__words").sender)
    assert standing.at == FOLLOWED + timedelta(milliseconds=milliseconds)


def test_a_follower_without_an_id_goes_to_quarantine() -> None:
    """Nobody could be let alone by it."""
    body = json.loads(payload("unfollow").body)
    del body["follower"]

    with pytest.raises(PayloadInvalid, match="from nobody"):
        parse(delivery(json.dumps(body).encode()))


@pytest.mark.parametrize(("name", "reason"), IGNORED.items(), ids=list(IGNORED))
def test_what_is_ignored_is_ignored_by_name(name: str, reason: str) -> None:
    """Under a reason that is counted."""
    assert meaning(name) == [Ignored(reason=reason)]


@pytest.mark.parametrize(("name", "expected"), RECEIPTS.items(), ids=list(RECEIPTS))
def test_receipts(name: str, expected: list[tuple[str, DeliveryStatus]]) -> None:
    """Whoever is called their sender."""
    receipts = [one for one in meaning(name) if isinstance(one, DeliveryReceipt)]

    assert [(one.provider_message_id, one.status) for one in receipts] == expected
    assert {one.address for one in receipts} == {USER}


@pytest.mark.parametrize(("name", "expected"), TAKEN_OVER.items(), ids=list(TAKEN_OVER))
def test_a_person_in_the_providers_tool_takes_over(name: str, expected: tuple[str, str]) -> None:
    """Only a person's echo names an administrator."""
    [echo] = meaning(name)

    assert isinstance(echo, Echo)
    assert (echo.by, echo.text, echo.recipient.value) == ("person", *expected)


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_goes_to_quarantine(name: str) -> None:
    """A person looks at it."""
    with pytest.raises(PayloadInvalid):
        meaning(name)


def test_a_citizen_is_the_id_and_a_visitor_is_his_conversation() -> None:
    """An answer to a visitor needs both."""
    assert said("user_send_text__words").sender.value == USER
    assert said("anonymous_send_text").sender.value == "visitor:7100000000000000007/conv0000000000000001"


@pytest.mark.parametrize(
    ("name", "kind", "names"),
    [
        ("user_send_image__caption", AttachmentKind.IMAGE, [""]),
        ("user_send_image__album", AttachmentKind.IMAGE, ["", ""]),
        ("user_send_gif", AttachmentKind.IMAGE, [""]),
        ("user_send_audio", AttachmentKind.AUDIO, [""]),
        ("user_send_video", AttachmentKind.VIDEO, [""]),
        ("user_send_file__pdf", AttachmentKind.FILE, ["Đơn kiến nghị.pdf"]),
        ("user_send_file__tricky_name", AttachmentKind.FILE, ["xfdp.exe"]),
    ],
)
def test_files_are_named_for_the_worker_to_fetch(name: str, kind: AttachmentKind, names: list[str]) -> None:
    """Where they lie, what they claim to be, and nothing believed."""
    files = said(name).attachments

    assert [(file.kind, file.name) for file in files] == [(kind, given) for given in names]
    assert all(file.source_url and (file.sha256, file.media_type, file.stored_key) == ("", "", "") for file in files)


def test_the_size_of_a_file_is_a_claim_in_digits() -> None:
    """A number that can be none is left out."""
    sizes = [said(name).attachments[0].size for name in ("user_send_file__pdf", "user_send_file__tricky_name")]

    assert sizes == [23554, 0]


def test_a_place_is_a_point() -> None:
    """Coordinates come as strings."""
    place = said("user_send_location").place

    assert place is not None
    assert place.point is not None
    assert (place.point.latitude, place.point.longitude) == (17.4689, 106.6223)


@pytest.mark.parametrize("name", ALL)
def test_keys_are_the_same_for_a_repetition_and_differ_for_another(name: str) -> None:
    """Printable and short."""
    given = payload(name)
    if name == "quarantine__no_time":
        with pytest.raises(PayloadInvalid):
            split(given)
        return
    [item], [again] = split(given), split(replace(given, received_at=None))

    assert item == again
    assert item.dedupe_key.isprintable()
    assert item.dedupe_key.isascii()
    assert len(item.dedupe_key) <= 150


def test_no_two_recorded_events_share_a_key() -> None:
    """But for the receipt of one message that is recorded in both directions."""
    keys = [split(payload(name))[0].dedupe_key for name in ALL if name != "quarantine__no_time"]

    assert len(keys) - len(set(keys)) == 1


def test_two_reactions_to_one_message_are_two_events() -> None:
    """They name the same message."""
    first = json.loads((PAYLOADS / "user_reacted_message.json").read_bytes())
    second = first | {"timestamp": str(int(first["timestamp"]) + 5)}

    assert split(delivery(first))[0].dedupe_key != split(delivery(second))[0].dedupe_key


def test_everything_of_one_citizen_is_in_one_order() -> None:
    """Words, what he clicked, and what an official typed to him."""
    names = ["user_send_text__words", "user_click_chatnow", "oa_send_text__by_a_person", "user_submit_info"]

    assert len({split(payload(name))[0].conversation_key for name in names}) == 1


@pytest.mark.parametrize("strange", ["ế" * 10, "x" * 500, "a b\nc"])
def test_strange_ids_still_make_keys(strange: str) -> None:
    """Whatever an id is made of."""
    [item] = split(delivery(event("user_send_text", {"msg_id": strange, "text": "Chào"}, user=strange)))

    assert item.dedupe_key.isascii()
    assert item.dedupe_key.isprintable()
    assert item.conversation_key.isascii()
    assert len(item.dedupe_key) <= 150


def test_ids_beyond_two_to_the_53_stay_what_they_are() -> None:
    """Also where they come as numbers."""
    body = json.dumps(event("user_send_text", {"msg_id": 9007199254740993, "text": "Chào"})).encode()
    [message] = parse(delivery(body))

    assert isinstance(message, InboundMessage)
    assert message.provider_message_id == "9007199254740993"
