"""What every channel must do with people's words: all of them, as they were meant, in whatever letters they came."""

from __future__ import annotations

import unicodedata

from core.contract.errors import PayloadTooLarge
from core.contract.ports import RawDelivery
from tests.contract.cases import each, having, one
from tests.contract.subject import MARKED, Subject, Written

LONG = "Nước ngập đến đầu gối. " * 4_500


@having("worded")
def test_vietnamese_with_marks_arrives_whole(subject: Subject) -> None:
    """Letter for letter."""
    assert one(subject, subject.write(Written(MARKED))).text == MARKED


@having("worded")
def test_vietnamese_without_marks_is_left_alone(subject: Subject) -> None:
    """Nobody's words are improved here."""
    text = "duong Le Loi ngap sau, xin cho nguoi xuong xem"

    assert one(subject, subject.write(Written(text))).text == text


@having("worded")
def test_decomposed_letters_are_composed(subject: Subject) -> None:
    """An iPhone writes a tone as a sign of its own."""
    message = one(subject, subject.write(Written(unicodedata.normalize("NFD", MARKED))))

    assert message.text == MARKED


@having("worded")
def test_signs_beyond_the_basic_plane_arrive(subject: Subject) -> None:
    """Emoji, also joined ones, and lines."""
    text = "Cảm ơn 👍🏽\nNgập 🌊 quá"

    assert one(subject, subject.write(Written(text))).text == text


@having("worded")
def test_a_long_message_is_not_cut(subject: Subject) -> None:
    """Twenty thousand characters of a patient citizen."""
    text = " ".join(["Đường hỏng."] * 1700)

    assert one(subject, subject.write(Written(text))).text == text


@having("worded")
def test_markup_stays_words(subject: Subject) -> None:
    """What looks like HTML in plain words is words."""
    text = "Giá <b>5</b> & 6 'triệu' \"đồng\" {{ 7*7 }} %s"

    assert one(subject, subject.write(Written(text))).text == text


@each("encodings")
def test_encodings_are_read(subject: Subject, case: tuple[RawDelivery, str]) -> None:
    """Old and wrong encodings end as the words that were meant."""
    delivery, words = case

    assert one(subject, delivery).text == words


@having("worded")
def test_a_hundred_thousand_letters_are_read_or_refused(subject: Subject) -> None:
    """Nothing is cut in silence: all of the words, or an error by which the sender learns of it."""
    text = LONG[: subject.longest]
    channel, delivery = subject.channel(), subject.write(Written(text))
    try:
        channel.verify(delivery)
    except PayloadTooLarge:
        assert len(delivery.body) > len(text)
    else:
        assert one(subject, delivery).text.strip() == text.strip()
