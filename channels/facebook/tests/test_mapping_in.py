"""Recorded deliveries and what they mean: one row for each, and none left over."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from channels.facebook.batch import split
from channels.facebook.tests.builders import CITIZEN, PAGE, PAYLOADS, channel, event, meanings, payload
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
)
from core.intake.reading.links import read_links
from tests.contract.subject import NOON

SAID = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
Check = Callable[[Parsed], bool]


def says(text: str, kind: MessageKind = MessageKind.TEXT, **more: object) -> Check:
    def check(one: Parsed) -> bool:
        right = isinstance(one, InboundMessage) and (one.text, one.kind) == (text, kind)
        return right and all(getattr(one, name) == value for name, value in more.items())

    return check


def shows(*kinds: AttachmentKind, text: str = "") -> Check:
    def check(one: Parsed) -> bool:
        right = isinstance(one, InboundMessage) and one.text == text
        return right and tuple(file.kind for file in one.attachments) == kinds  # type: ignore[union-attr]

    return check


def receipt(status: DeliveryStatus, mid: str = "") -> Check:
    return lambda one: (
        isinstance(one, DeliveryReceipt)
        and (one.status, one.provider_message_id) == (status, mid)
        and (one.address, one.account) == (CITIZEN, PAGE)
    )


def echo(by: str, text: str, reference: str = "") -> Check:
    return lambda one: (
        isinstance(one, Echo)
        and (one.by, one.text, one.reference) == (by, text, reference)
        and one.recipient.value == CITIZEN
    )


def ignored(reason: str) -> Check:
    return lambda one: one == Ignored(reason=reason)


LAMP = "Đèn đường trước số 12 Lê Lợi hỏng."
APPLE = "Chợ Đông Ba\nhttps://maps.apple.com/?ll=16.4637,107.5909"
AUTHOR, UNNAMED = "commenter:122000000000001", "comment:1111_55"
IMAGE = AttachmentKind.IMAGE
MEANS: dict[str, tuple[Check, ...]] = {
    "message__text": (says("Đường trước trường tiểu học ngập sâu, xe không qua được.", provider_time=SAID),),
    "message__reply_to": (says("Ở số 12 ạ", thread_hints=("m_0",)),),
    "message__quick_reply": (says("Hài lòng", MessageKind.POSTBACK, payload="rate:satisfied"),),
    "message__quick_reply_phone": (says("", MessageKind.CONTACT, contact_phone="+84900000001", payload=""),),
    "message__quick_reply_email": (says("an@hopthu.example.vn"),),
    "message__image": (shows(IMAGE),),
    "message__album": (shows(IMAGE, IMAGE, IMAGE),),
    "message__image_with_text": (shows(IMAGE, text="Ổ gà ở đây"),),
    "message__audio": (shows(AttachmentKind.AUDIO),),
    "message__video": (shows(AttachmentKind.VIDEO),),
    "message__file": (shows(AttachmentKind.FILE),),
    "message__sticker_thumb": (says("👍"),),
    "message__sticker": (ignored("unsupported_content"),),
    "message__map_link": (says("https://www.google.com/maps?q=16.4637,107.5909"),),
    "message__fallback_map": (says(APPLE),),
    "message__post_shared": (says("Thông báo\nhttps://www.facebook.com/1111/posts/50"),),
    "message__unknown_attachment": (ignored("unsupported_content"),),
    "message__unsupported": (ignored("unsupported_content"),),
    "echo__ours": (echo("us", "Trung tâm đã nhận phản ánh.", "0199aa000000000000000000000000ff"),),
    "echo__page_inbox": (echo("person", "Chào anh, em là nhân viên trực."),),
    "echo__page_inbox_photo": (echo("person", "[ảnh]"),),
    "echo__other_tool": (echo("person", "Cảm ơn đã nhắn tin. Đây là tin tự động."),),
    "message_edit__text": (
        says(
            "Đường trước trường mầm non ngập sâu.",
            MessageKind.EDIT,
            thread_hints=("m_1",),
            provider_message_id="m_1#1",
        ),
    ),
    "postback__get_started": (says("", MessageKind.POSTBACK, payload="start:qr-a1", provider_message_id="m_5"),),
    "postback__button": (says("Gặp nhân viên", MessageKind.POSTBACK, payload="human"),),
    "delivery__mids": (receipt(DeliveryStatus.DELIVERED, "m_9"),),
    "delivery__watermark": (receipt(DeliveryStatus.DELIVERED),),
    "read__watermark": (receipt(DeliveryStatus.READ),),
    "reaction__love": (ignored("reaction"),),
    "referral__m_me": (says("", MessageKind.POSTBACK, payload="start:qr-a1"),),
    "optin__one_time": (ignored("optin"),),
    "handover__taken": (echo("person", ""),),
    "handover__passed": (ignored("handover"),),
    "policy_enforcement__warning": (ignored("policy_enforcement"),),
    "unknown__new_event": (ignored("unknown_event"),),
    "unknown__other_object": (ignored("unknown_event"),),
    "comment__top": (says(LAMP, provider_message_id="1111_55", sender_name="Nguyễn Văn An"),),
    "comment__photo": (shows(IMAGE),),
    "comment__nested": (says("Nhà tôi cũng vậy."),),
    "comment__no_author": (says(LAMP, sender_name=""),),
    "comment__of_the_page": (ignored("own_comment"),),
    "comment__edited": (says("Đèn đường trước số 21 Lê Lợi hỏng.", MessageKind.EDIT, thread_hints=("1111_55",)),),
    "comment__removed": (says("", MessageKind.WITHDRAWAL, thread_hints=("1111_55",)),),
    "comment__hidden": (ignored("comment_hidden"),),
    "comment__unhidden": (ignored("comment_hidden"),),
    "feed__like": (ignored("page_activity"),),
    "standby__message": (says("Có ai không?"), echo("person", "")),
    "batch__two_pages": (says("Một"), says("Hai"), says("Ba"), says(LAMP)),
    "batch__regrouped": (says("Ba"), says(LAMP), says("Hai"), says("Một")),
}
QUARANTINED = ("quarantine__no_sender", "quarantine__no_watermark", "quarantine__empty_batch")


def test_every_recorded_delivery_has_its_row() -> None:
    assert {*MEANS, *QUARANTINED} == {path.stem for path in PAYLOADS.glob("*.json")}


@pytest.mark.parametrize("name", MEANS)
def test_a_recorded_delivery_means(name: str) -> None:
    found = meanings(payload(name))

    assert len(found) == len(MEANS[name])
    for check, one in zip(MEANS[name], found, strict=True):
        assert check(one), one


@pytest.mark.parametrize("name", QUARANTINED)
def test_what_cannot_be_read_is_kept_for_a_person(name: str) -> None:
    with pytest.raises(PayloadInvalid):
        meanings(payload(name))


def test_a_batch_keeps_its_keys_however_it_is_grouped() -> None:
    """The provider groups otherwise when it sends again: nothing is done twice."""
    first, again = (split(payload(name).body) for name in ("batch__two_pages", "batch__regrouped"))

    assert len({item.dedupe_key for item in first}) == 4
    assert {(i.dedupe_key, i.conversation_key) for i in first} == {(i.dedupe_key, i.conversation_key) for i in again}


def test_each_page_has_conversations_of_its_own() -> None:
    accounts = [one.account for one in meanings(payload("batch__two_pages")) if isinstance(one, InboundMessage)]

    assert accounts == ["1111", "1111", "1112", "1112"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("message__text", "1111:m:m_1"),
        ("echo__ours", "1111:m:m_4"),
        ("postback__button", "1111:m:m_5b"),
        ("message_edit__text", "1111:edit:m_1:1"),
        ("reaction__love", "1111:reaction:m_9:2460000000000001:1794801600000"),
        ("delivery__mids", "1111:delivery:2460000000000001:1794801602000"),
        ("read__watermark", "1111:read:2460000000000001:1794801603000"),
        ("comment__top", "1111:comment:1111_55:add:1794801600"),
        ("comment__edited", "1111:comment:1111_55:edited:1794801660"),
    ],
)
def test_keys_are_those_of_the_provider(name: str, key: str) -> None:
    [item] = split(payload(name).body)

    assert item.dedupe_key == key


@pytest.mark.parametrize("name", ["echo__page_inbox", "delivery__mids", "postback__button", "handover__taken"])
def test_everything_about_one_person_keeps_its_order(name: str) -> None:
    [said], [other] = split(payload("message__text").body), split(payload(name).body)

    assert said.conversation_key == other.conversation_key == f"1111:{CITIZEN}"


@pytest.mark.parametrize(("name", "author"), [("comment__top", AUTHOR), ("comment__no_author", UNNAMED)])
def test_who_comments_is_another_address_than_on_messenger(name: str, author: str) -> None:
    [item], [message] = split(payload(name).body), meanings(payload(name))

    assert isinstance(message, InboundMessage)
    assert (message.sender.value, item.conversation_key) == (author, f"1111:{author}")


@pytest.mark.parametrize("name", ["message__map_link", "message__fallback_map"])
def test_a_link_to_a_map_is_a_place(name: str) -> None:
    """There is no sharing of places on Messenger any more; nobody follows the link to find out."""
    [message] = meanings(payload(name))

    assert isinstance(message, InboundMessage)
    point = read_links(message.text).point
    assert point is not None
    assert (point.latitude, point.longitude) == (16.4637, 107.5909)


def test_a_link_that_stands_in_the_words_is_not_said_twice() -> None:
    link = "https://maps.app.goo.gl/abc"
    message = {"mid": "m", "text": f"Ở đây {link}", "attachments": [{"type": "fallback", "payload": {"url": link}}]}
    value = json.loads(payload("message__text").body)
    value["entry"][0]["messaging"][0]["message"] = message

    [meaning] = meanings(event(value))

    assert isinstance(meaning, InboundMessage)
    assert meaning.text == f"Ở đây {link}"


def test_files_wait_to_be_fetched() -> None:
    [message] = meanings(payload("message__file"))

    assert isinstance(message, InboundMessage)
    [file] = message.attachments
    assert (file.name, file.size, file.sha256, file.stored_key) == ("don.pdf", 0, "", "")
    assert file.source_url == "https://cdn.fbsbx.com/v/t59/%C4%90%C6%A1n.pdf/don.pdf?oh=1"


def test_ids_beyond_what_a_float_holds_stay_as_they_are() -> None:
    value = json.loads(payload("message__text").body)
    value["entry"][0]["messaging"][0]["sender"]["id"] = 24600000000000000000123
    [message] = meanings(event(value))

    assert isinstance(message, InboundMessage)
    assert message.sender.value == "24600000000000000000123"


def test_the_provider_time_is_never_in_our_future() -> None:
    early = NOON - timedelta(hours=2)
    delivery = event(json.loads(payload("message__text").body), at=early)
    [message] = meanings(delivery)

    assert isinstance(message, InboundMessage)
    assert message.provider_time == message.received_at == early


def test_another_page_than_ours_is_left_alone() -> None:
    value = json.loads(payload("message__text").body)
    value["entry"][0]["id"] = "9999"

    assert meanings(event(value)) == [Ignored(reason="foreign_page")]


def test_a_tool_that_answers_by_itself_takes_nothing_over() -> None:
    assert meanings(payload("echo__other_tool"), other_tools=["777"]) == [Ignored(reason="other_tool")]


@pytest.mark.parametrize(
    ("policy", "expected"), [("all", [True, True]), ("top", [True, False]), ("none", [False, False])]
)
def test_which_comments_count_is_a_setting(policy: str, expected: list[bool]) -> None:
    taken = [
        isinstance(meanings(payload(name), comments=policy)[0], InboundMessage)
        for name in ("comment__top", "comment__nested")
    ]

    assert taken == expected


def test_one_item_of_a_batch_that_cannot_be_read_hurts_no_other() -> None:
    value = json.loads(payload("batch__two_pages").body)
    del value["entry"][0]["messaging"][0]["sender"]
    delivery, made = event(value), channel()
    items = made.split(delivery)

    with pytest.raises(PayloadInvalid):
        made.parse(delivery, items[0])
    assert [len(made.parse(delivery, item)) for item in items[1:]] == [1, 1, 1]
