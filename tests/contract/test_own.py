"""
What a surface of ours hands over is proved like a provider's, becomes the common message, and loses nothing on the way.

One body of tests over every such channel.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from channels.app.adapter import AppChannel
from channels.own import MAX_BODY_BYTES, OwnChannel, Submission, read
from channels.web.adapter import WebChannel
from core.contract.errors import ChannelMisconfigured, PayloadInvalid, PayloadTooLarge, SignatureInvalid
from core.contract.ports import Channel, RawDelivery
from core.contract.schema import (
    Address,
    Attachment,
    AttachmentKind,
    GeoPoint,
    InboundMessage,
    MessageKind,
    OutboundMessage,
    Place,
    Reporter,
    ReportForm,
)

SECRET = b"0123456789abcdef0123456789abcdef"

SENT = datetime(2026, 11, 20, 3, 15, tzinfo=UTC)
RECEIVED = datetime(2026, 11, 20, 3, 15, 2, tzinfo=UTC)
CODE = "123456789012"
PHOTO = Attachment(
    kind=AttachmentKind.IMAGE, media_type="image/jpeg", size=2048, sha256="ab" * 32, stored_key="k/1", name="ổ gà.jpg"
)
FORM = ReportForm(
    content="Ổ gà lớn trước cổng trường",
    place=Place(text="Trước số 12 Lê Lợi", point=GeoPoint(latitude=16.4637, longitude=107.5909, accuracy_m=8)),
    occurred="2026-11-20T08:00",
    reporter=Reporter(name="Nguyễn Văn An", phones=("+84900000001",), emails=("an@example.vn",)),
    confidential=True,
    code=CODE,
    pin_hash="pin1$00",
    contact_id="c" * 32,
)


def submission(**changes: object) -> Submission:
    """A form of citizen An, changed as told."""
    values: dict[str, object] = {"what": "form", "id": "s1", "code": CODE, "sent_at": SENT, "form": FORM}
    return Submission.model_validate(values | changes)


@pytest.fixture(params=[WebChannel, AppChannel], ids=lambda kind: kind.name)
def channel(request: pytest.FixtureRequest) -> OwnChannel:
    """A channel over a fixed secret."""
    made = request.param(secret=SECRET)
    assert isinstance(made, OwnChannel)
    return made


def message_of(channel: OwnChannel, sent: Submission) -> InboundMessage:
    """What a worker makes of it."""
    delivery, items = channel.compose(sent)
    (message,) = channel.parse(replace(delivery, received_at=RECEIVED), items[0])
    assert isinstance(message, InboundMessage)
    return message


def test_a_form_becomes_one_message_with_everything_in_it(channel: OwnChannel) -> None:
    message = message_of(channel, submission(attachments=(PHOTO,)))

    assert message.kind is MessageKind.FORM
    assert (message.channel, message.account) == (channel.name, channel.account)
    assert message.sender.value == f"{channel.name}:{CODE}"
    assert message.form == FORM
    assert message.text == "", "the words stand in the form, once"
    assert message.place == FORM.place
    assert message.attachments == (PHOTO,)
    assert message.sender_name == "Nguyễn Văn An"
    assert (message.provider_time, message.received_at) == (SENT, RECEIVED)
    assert not message.authenticity.verified


def test_words_that_follow_belong_to_the_same_person_and_conversation(channel: OwnChannel) -> None:
    sent = submission(what="text", form=None, text="Thêm ảnh", attachments=(PHOTO,), conversation_id="conv1")
    message = message_of(channel, sent)

    assert (message.kind, message.text, message.attachments) == (MessageKind.TEXT, "Thêm ảnh", (PHOTO,))
    assert message.sender.value == channel.address(CODE), "the same person as the form"
    assert message.conversation_hint == "conv1"


def test_a_submission_survives_its_way_through_the_store() -> None:
    sent = submission(attachments=(PHOTO,))
    assert read(sent.model_dump_json(exclude_defaults=True).encode()) == sent


def test_a_later_version_may_add_fields() -> None:
    body = json.loads(submission().model_dump_json()) | {"theme": "dark"}
    assert read(json.dumps(body).encode()) == submission()


def test_control_characters_do_not_reach_the_store(channel: OwnChannel) -> None:
    message = message_of(channel, submission(what="text", form=None, text="a\x00b\u202ec\r\nd"))
    assert message.text == "abc\nd"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(b"", "json_invalid", id="nothing"),
        pytest.param(b"\xff\xfe{}", "json_invalid", id="not UTF-8"),
        pytest.param(b"[]", "model_type", id="no object"),
        pytest.param(b'{"what": "dance"}', "what", id="unknown kind"),
        pytest.param(submission(form=None).model_dump_json().encode(), "form", id="form without a form"),
        pytest.param(
            submission(form=FORM.model_copy(update={"code": "2" * 12})).model_dump_json().encode(),
            "form.code",
            id="form of another code",
        ),
        pytest.param(
            submission(attachments=(PHOTO.model_copy(update={"stored_key": ""}),)).model_dump_json().encode(),
            "attachments",
            id="file that is nowhere",
        ),
    ],
)
def test_what_does_not_hold_together_goes_to_quarantine(body: bytes, told: str) -> None:
    with pytest.raises(PayloadInvalid, match=told):
        read(body)


def test_a_refusal_repeats_nothing_that_was_typed() -> None:
    body = submission().model_dump(mode="json") | {"sent_at": "Nguyễn Văn An"}
    with pytest.raises(PayloadInvalid) as refusal:
        read(json.dumps(body).encode())
    assert "Nguyễn" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_the_same_button_twice_is_one_item_and_one_report_is_one_conversation(channel: OwnChannel) -> None:
    first, again = channel.key(submission()), channel.key(submission(sent_at=RECEIVED))
    other = channel.key(submission(id="s2", what="text", form=None, text="…"))

    assert first.dedupe_key == again.dedupe_key != other.dedupe_key
    assert first.conversation_key == other.conversation_key
    assert other.provider_time == SENT


def test_a_link_that_opens_once_is_spent_by_the_words_that_came_by_it(channel: OwnChannel) -> None:
    """Two who use it in the same moment take its key once, and each their own; its item says nothing."""
    delivery, items = channel.compose(submission(what="text", form=None, text="Hôm qua", spends="link"))
    other = channel.keys(submission(what="text", id="s2", form=None, text="Hôm kia", spends="link"))

    assert list(channel.split(delivery)) == list(items)
    assert [len(channel.parse(delivery, item)) for item in items] == [1, 0]
    assert items[0].dedupe_key != other[0].dedupe_key
    assert items[1].dedupe_key == other[1].dedupe_key == channel.spent("link")


def test_a_province_may_have_several_apps(channel: OwnChannel) -> None:
    sent = submission(account="hue-s")
    delivery, _ = channel.compose(sent)

    assert delivery.account == message_of(channel, sent).account == "hue-s"


def test_it_is_a_channel(channel: OwnChannel) -> None:
    assert isinstance(channel, Channel)


def test_what_the_portal_composes_is_accepted_and_read(channel: OwnChannel) -> None:
    delivery, items = channel.compose(submission())

    channel.verify(delivery)
    assert list(channel.split(delivery)) == list(items)
    (message,) = channel.parse(replace(delivery, received_at=RECEIVED), items[0])
    assert isinstance(message, InboundMessage)
    assert message.received_at == RECEIVED


def test_header_names_have_no_case(channel: OwnChannel) -> None:
    delivery, _ = channel.compose(submission())
    channel.verify(replace(delivery, headers={channel.signature.lower(): delivery.headers[channel.signature]}))


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("", id="none"),
        pytest.param("0" * 64, id="wrong"),
        pytest.param("chữ ký", id="no ASCII"),
    ],
)
def test_a_wrong_signature_is_refused(channel: OwnChannel, given: str) -> None:
    delivery, _ = channel.compose(submission())
    with pytest.raises(SignatureInvalid):
        channel.verify(replace(delivery, headers={channel.signature: given}))


def test_a_forged_delivery_is_refused(channel: OwnChannel) -> None:
    """An altered byte, no signature at all, and one under another secret."""
    delivery, _ = channel.compose(submission())
    stranger, _ = type(channel)(secret=b"x" * 32).compose(submission())
    altered = replace(delivery, body=delivery.body.replace(b"form", b"text", 1))
    for forged in (altered, replace(delivery, headers={}), stranger):
        with pytest.raises(SignatureInvalid):
            channel.verify(forged)


def test_one_surface_does_not_speak_for_another() -> None:
    """Even where the secret were the same, the header is not."""
    delivery, _ = WebChannel(secret=SECRET).compose(submission())
    with pytest.raises(SignatureInvalid):
        AppChannel(secret=SECRET).verify(delivery)


def test_an_oversized_delivery_is_refused(channel: OwnChannel) -> None:
    with pytest.raises(PayloadTooLarge):
        channel.verify(RawDelivery(channel.name, channel.account, b"x" * (MAX_BODY_BYTES + 1)))


def test_what_cannot_be_split_is_quarantined(channel: OwnChannel) -> None:
    with pytest.raises(PayloadInvalid):
        channel.split(RawDelivery(channel.name, channel.account, "không phải JSON".encode()))


def test_a_short_secret_stops_the_start(channel: OwnChannel) -> None:
    with pytest.raises(ChannelMisconfigured):
        type(channel)(secret=b"short")


def test_the_secret_is_never_printed(channel: OwnChannel) -> None:
    assert "0123456789" not in repr(channel)


async def test_an_answer_is_delivered_by_being_there(channel: OwnChannel) -> None:
    recipient = Address(channel=channel.name, account=channel.account, value=channel.address(CODE))
    message = OutboundMessage(
        id="o1", channel=channel.name, account=channel.account, recipient=recipient, text="Đã tiếp nhận"
    )
    result = await channel.send(message)
    assert result.provider_message_id == "o1"
    assert (await channel.check_health()).ok
