"""Messages → the provider's requests."""

from __future__ import annotations

from typing import Any

import pytest

from channels.zalo.mapping_out import chat_messages, cut, file_message, template_message
from channels.zalo.tests.builders import OA, USER, outbound, settings, to_phone
from core.contract.errors import ChannelMisconfigured, MessageInvalid
from core.contract.schema import Address

VISITOR = Address(channel="zalo", account=OA, value="visitor:7100000000000000007/conv1")
BUTTONS = (("Hài lòng", "rate:satisfied"), ("Xem hồ sơ", "https://phananh.example.vn/tra-cuu"))


def only(text: str, **changes: Any) -> dict[str, Any]:
    """The one request for a message."""
    [request] = chat_messages(outbound(text, **changes), settings())
    return dict(request)


def test_words() -> None:
    """To the citizen's id."""
    assert only("Chào") == {"recipient": {"user_id": USER}, "message": {"text": "Chào"}}


def test_buttons_come_back_hidden_and_links_open() -> None:
    """A press is a text that only we see."""
    assert only("Anh/chị thấy sao?", buttons=BUTTONS)["message"]["attachment"] == {
        "type": "template",
        "payload": {
            "buttons": [
                {"title": "Hài lòng", "type": "oa.query.hide", "payload": "#ln:rate:satisfied"},
                {
                    "title": "Xem hồ sơ",
                    "type": "oa.open.url",
                    "payload": {"url": "https://phananh.example.vn/tra-cuu"},
                },
            ]
        },
    }


def test_a_title_has_an_end() -> None:
    """A hundred characters."""
    attachment = only("x", buttons=(("dài " * 50, "p"),))["message"]["attachment"]

    assert len(attachment["payload"]["buttons"][0]["title"]) == 100


def test_more_buttons_than_the_provider_shows_are_words() -> None:
    """Numbered, below the text."""
    [request] = chat_messages(outbound("Chọn:", buttons=BUTTONS), settings(buttons=1))

    assert request["message"] == {"text": "Chọn:\n\n1. Hài lòng\n2. Xem hồ sơ"}


def test_a_visitor_is_told_words_only() -> None:
    """In his conversation."""
    [request] = chat_messages(
        outbound("Chào", recipient=VISITOR, buttons=BUTTONS, asks="phone"),
        settings(form_image="https://x.example.vn/a.png"),
    )

    assert request["recipient"] == {"anonymous_id": "7100000000000000007", "conversation_id": "conv1"}
    assert request["message"] == {"text": "Chào\n\n1. Hài lòng\n2. Xem hồ sơ"}


def test_a_number_is_asked_for_by_a_form_where_there_is_a_picture_for_it() -> None:
    """After the words, which stand for themselves."""
    message = outbound("Anh/chị cho em xin số điện thoại.", asks="phone")
    words, form = chat_messages(message, settings(form_image="https://phananh.example.vn/so.png"))

    assert words["message"] == {"text": "Anh/chị cho em xin số điện thoại."}
    assert form["message"]["attachment"]["payload"]["template_type"] == "request_user_info"
    assert len(chat_messages(message, settings())) == 1


def test_long_words_are_cut_where_a_reader_pauses_and_the_buttons_come_last() -> None:
    """Nothing is lost."""
    text = "\n\n".join(f"Đoạn {number}. " + "chữ " * 90 for number in range(9))
    requests = chat_messages(outbound(text, buttons=BUTTONS), settings())

    assert len(requests) == 2
    assert ["attachment" in one["message"] for one in requests] == [False, True]
    assert requests[1]["message"]["text"].startswith("Đoạn")


@pytest.mark.parametrize(
    "text", ["", "ngắn", "a" * 2000, "a" * 2001, "chữ " * 3000, "Câu. " * 999, "x" * 1999 + "\n" + "y" * 1999]
)
def test_pieces_fit_and_lose_no_letter(text: str) -> None:
    """Whatever the text is made of."""
    pieces = cut(text)

    assert all(len(piece) <= 2000 for piece in pieces)
    assert all(pieces) or text == ""
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_files() -> None:
    """A picture is a media template, a document a token."""
    picture = file_message(outbound(""), "image", "a1")
    document = file_message(outbound(""), "file", "t1")

    assert picture["message"]["attachment"]["payload"]["elements"] == [{"media_type": "image", "attachment_id": "a1"}]
    assert document["message"]["attachment"] == {"type": "file", "payload": {"token": "t1"}}


def test_a_template_by_phone_number() -> None:
    """Our id comes back with the receipt."""
    assert template_message(to_phone(), settings(template_mode="development")) == {
        "phone": "84900000001",
        "template_id": "300001",
        "template_data": {"otp": "123456"},
        "tracking_id": "0" * 31 + "1",
        "mode": "development",
    }


def test_without_a_template_or_its_values_nothing_is_sent() -> None:
    """The first is a setting of ours, the second a message that cannot be."""
    with pytest.raises(ChannelMisconfigured):
        template_message(to_phone(), settings(templates={}))
    with pytest.raises(MessageInvalid, match="otp"):
        template_message(to_phone(fields={}), settings())
