"""What the provider is asked to send: by which right, in which pieces, with which buttons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from channels.facebook.mapping_out import Payload, cut, messages, private_reply
from channels.facebook.tests.builders import CITIZEN, outbound, settings
from core.contract.errors import MessageInvalid, WindowClosed
from core.contract.schema import Address, OutboundMessage
from tests.contract.subject import NOON

TEMPLATES = {"notice": {"name": "status_update", "fields": ["code", "status"]}}
FIELDS = {"code": "1234 5678 9012", "status": "Đã tiếp nhận"}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def asked(message: OutboundMessage, **changes: Any) -> list[Payload]:
    """The requests, at noon."""
    return list(messages(message, settings(**changes), now=NOON))


def heard(ago: timedelta, **more: Any) -> OutboundMessage:
    """A message to somebody who wrote that long ago."""
    return outbound("Đã thay bóng đèn.", last_heard=NOON - ago, **more)


def test_a_plain_answer() -> None:
    message = outbound("Xin chào")

    assert asked(message) == [
        {
            "recipient": {"id": CITIZEN},
            "messaging_type": "RESPONSE",
            "message": {"text": "Xin chào", "metadata": message.id},
        }
    ]


@pytest.mark.parametrize("ago", [timedelta(0), HOUR, DAY])
def test_within_a_day_anything_may_be_said(ago: timedelta) -> None:
    assert asked(heard(ago, purpose="notice"))[0]["messaging_type"] == "RESPONSE"


def test_within_a_week_what_a_person_wrote() -> None:
    [request] = asked(heard(DAY + HOUR, automatic=False), human_agent=True)

    assert (request["messaging_type"], request["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")


@pytest.mark.parametrize(
    ("ago", "automatic", "human_agent"),
    [(DAY + HOUR, True, True), (DAY + HOUR, False, False), (7 * DAY + HOUR, False, True)],
)
def test_otherwise_the_window_is_closed(ago: timedelta, automatic: bool, human_agent: bool) -> None:
    """Never a person's right for what no person wrote, nor without the provider's leave, nor after a week."""
    with pytest.raises(WindowClosed):
        asked(heard(ago, automatic=automatic), human_agent=human_agent)


def test_news_of_a_case_goes_by_template_then() -> None:
    message = heard(30 * DAY, purpose="notice", fields=FIELDS)

    assert asked(message, templates=TEMPLATES) == [
        {
            "recipient": {"id": CITIZEN},
            "messaging_type": "UTILITY",
            "message": {
                "template": {
                    "name": "status_update",
                    "language": {"code": "vi"},
                    "components": [
                        {
                            "type": "body",
                            "parameters": [
                                {"type": "text", "text": "1234 5678 9012"},
                                {"type": "text", "text": "Đã tiếp nhận"},
                            ],
                        }
                    ],
                },
                "metadata": message.id,
            },
        }
    ]


@pytest.mark.parametrize("fields", [{}, {"code": "1"}, {"code": "1", "status": " "}])
def test_a_template_with_a_blank_left_empty_is_not_sent(fields: dict[str, str]) -> None:
    with pytest.raises(WindowClosed):
        asked(heard(2 * DAY, purpose="notice", fields=fields), templates=TEMPLATES)


def test_a_template_is_for_its_purpose_only() -> None:
    with pytest.raises(WindowClosed):
        asked(heard(2 * DAY, purpose="reply", fields=FIELDS), templates=TEMPLATES)


def test_buttons_are_quick_replies() -> None:
    [request] = asked(outbound("Anh/chị thấy thế nào?", buttons=(("Hài lòng", "rate:satisfied"),)))

    assert request["message"]["text"] == "Anh/chị thấy thế nào?"
    assert request["message"]["quick_replies"] == [
        {"content_type": "text", "title": "Hài lòng", "payload": "rate:satisfied"}
    ]


@pytest.mark.parametrize(
    ("buttons", "lines"),
    [
        ((("Không hài lòng chút nào", "a"), ("Được", "b")), "- Không hài lòng chút nào\n- Được"),
        ((("Xem", "https://phananh.example.vn/tra-cuu"),), "- Xem: https://phananh.example.vn/tra-cuu"),
        (tuple((f"{n}", f"{n}") for n in range(14)), "\n".join(f"- {n}" for n in range(14))),
    ],
)
def test_what_fits_no_quick_reply_is_a_line(buttons: tuple[tuple[str, str], ...], lines: str) -> None:
    """A title of more than 20 characters, a link, more than 13 of them."""
    [request] = asked(outbound("Chọn giúp:", buttons=buttons))

    assert request["message"]["text"] == f"Chọn giúp:\n{lines}"
    assert "quick_replies" not in request["message"]


def test_a_phone_number_is_asked_for_by_a_button_of_its_own() -> None:
    [request] = asked(outbound("Số điện thoại của anh/chị?", asks="phone"))

    assert request["message"]["quick_replies"] == [{"content_type": "user_phone_number"}]


def test_a_long_text_goes_in_pieces_and_only_the_last_bears_our_mark() -> None:
    """An echo of the first piece must not settle the whole."""
    text = "\n".join(f"{number}. Đường hỏng ở nhiều chỗ." for number in range(150))
    requests = asked(outbound(text, buttons=(("Được", "ok"),)))
    pieces = [request["message"] for request in requests]

    assert len(pieces) == 3
    assert "\n".join(piece["text"] for piece in pieces) == text
    assert ["metadata" in piece for piece in pieces] == [False, False, True]
    assert ["quick_replies" in piece for piece in pieces] == [False, False, True]


@pytest.mark.parametrize("text", ["x" * 4500, "từ " * 1500, "a\n\n" * 1200, "", "ngắn"])
def test_no_piece_is_too_long_and_no_word_is_lost(text: str) -> None:
    pieces = cut(text)

    assert all(len(piece) <= 2000 for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["", "  ", "\u200b"])
def test_nothing_is_not_sent(text: str) -> None:
    with pytest.raises(MessageInvalid):
        asked(outbound(text))


def to_commenter(text: str = "Chào anh/chị.", **more: Any) -> OutboundMessage:
    """An answer to a comment."""
    who = Address(channel="facebook", account="1111", value="commenter:122000000000001")
    base: dict[str, Any] = {"recipient": who, "in_reply_to": "1111_55", "last_heard": NOON - DAY}
    return outbound(text, **base | more)


@pytest.mark.parametrize("answered", ["1111_55", "1111_55#edited-1794801660"])
def test_a_comment_is_answered_privately(answered: str) -> None:
    message = to_commenter(in_reply_to=answered, buttons=(("Được", "ok"),))

    assert private_reply(message, now=NOON) == (
        "1111_55",
        {
            "recipient": {"comment_id": "1111_55"},
            "message": {"text": "Chào anh/chị.\n- Được", "metadata": message.id},
        },
    )


def test_a_private_answer_is_one_message_whatever_its_length() -> None:
    _, request = private_reply(to_commenter("Đường hỏng. " * 300), now=NOON)

    assert len(request["message"]["text"]) <= 2000
    assert request["message"]["text"].endswith("…")


def test_a_comment_of_last_week_can_no_longer_be_answered() -> None:
    with pytest.raises(WindowClosed):
        private_reply(to_commenter(last_heard=NOON - 7 * DAY - HOUR), now=NOON)


def test_without_the_comment_there_is_nothing_to_answer() -> None:
    with pytest.raises(MessageInvalid):
        private_reply(to_commenter(in_reply_to=""), now=NOON)
