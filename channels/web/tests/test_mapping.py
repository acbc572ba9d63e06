"""What the portal hands over becomes the common message, and nothing is lost on the way."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from channels.web.mapping import ACCOUNT, CHANNEL, Submission, address, read, to_message
from core.contract.errors import PayloadInvalid
from core.contract.schema import (
    Attachment,
    AttachmentKind,
    GeoPoint,
    MessageKind,
    Place,
    Reporter,
    ReportForm,
)

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


def test_a_form_becomes_one_message_with_everything_in_it() -> None:
    message = to_message(submission(attachments=(PHOTO,)), received_at=RECEIVED)

    assert message.kind is MessageKind.FORM
    assert (message.channel, message.account, message.sender.value) == (CHANNEL, ACCOUNT, f"web:{CODE}")
    assert message.form == FORM
    assert message.text == "", "the words stand in the form, once"
    assert message.place == FORM.place
    assert message.attachments == (PHOTO,)
    assert message.sender_name == "Nguyễn Văn An"
    assert (message.provider_time, message.received_at) == (SENT, RECEIVED)
    assert not message.authenticity.verified


def test_words_from_the_tracking_page_belong_to_the_same_person_and_conversation() -> None:
    sent = submission(what="text", form=None, text="Thêm ảnh", attachments=(PHOTO,), conversation_id="conv1")
    message = to_message(sent, received_at=RECEIVED)

    assert (message.kind, message.text, message.attachments) == (MessageKind.TEXT, "Thêm ảnh", (PHOTO,))
    assert message.sender.value == address(CODE), "the same person as the form"
    assert message.conversation_hint == "conv1"


def test_a_submission_survives_its_way_through_the_store() -> None:
    sent = submission(attachments=(PHOTO,))
    assert read(sent.model_dump_json(exclude_defaults=True).encode()) == sent


def test_a_later_version_may_add_fields() -> None:
    body = json.loads(submission().model_dump_json()) | {"theme": "dark"}
    assert read(json.dumps(body).encode()) == submission()


def test_control_characters_do_not_reach_the_store() -> None:
    message = to_message(submission(what="text", form=None, text="a\x00b\u202ec\r\nd"), received_at=RECEIVED)
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


def test_the_same_button_twice_is_one_item_and_one_report_is_one_conversation() -> None:
    first, again = submission(), submission(sent_at=RECEIVED)
    other = submission(id="s2", what="text", form=None, text="…")

    assert first.key.dedupe_key == again.key.dedupe_key != other.key.dedupe_key
    assert first.key.conversation_key == other.key.conversation_key
    assert other.key.provider_time == SENT
