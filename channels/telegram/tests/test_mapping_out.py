"""What Telegram shows of a message of ours."""

from __future__ import annotations

import random

import pytest
from telegram import InlineKeyboardMarkup, ReplyKeyboardMarkup

from channels.telegram.mapping_out import keyboard_of, split_text, text_of, units
from channels.telegram.tests.builders import outbound

SENTENCE = "Đơn vị đã thay bóng đèn trước số 12 Lê Lợi. "


def test_a_text_that_fits_is_one_piece() -> None:
    assert split_text("  Cảm ơn anh/chị. ") == ["Cảm ơn anh/chị."]


def test_a_long_text_is_cut_behind_sentences() -> None:
    pieces = split_text(SENTENCE * 300)

    assert len(pieces) == 4
    assert all(units(piece) <= 4096 for piece in pieces)
    assert all(piece.endswith("Lê Lợi.") for piece in pieces)
    assert " ".join(pieces) == (SENTENCE * 300).strip()


def test_lines_are_preferred_to_sentences() -> None:
    assert split_text("Một. Hai ba bốn\nNăm. Sáu bảy", most=20) == ["Một. Hai ba bốn", "Năm. Sáu bảy"]


def test_without_sentences_words_stay_whole_and_without_words_letters() -> None:
    assert split_text("ngập " * 10, most=22) == ["ngập ngập ngập ngập"] * 2 + ["ngập ngập"]
    assert split_text("x" * 50, most=20) == ["x" * 20, "x" * 20, "x" * 10]


def test_an_emoji_counts_two_and_is_never_cut_in_two() -> None:
    pieces = split_text("🌊" * 5000)

    assert [units(piece) for piece in pieces] == [4096, 4096, 1808]
    assert "".join(pieces) == "🌊" * 5000


def test_nothing_is_lost_wherever_it_is_cut() -> None:
    chance = random.Random(11)
    for _ in range(200):
        text = "".join(chance.choice("aế🌊 .\n!?") for _ in range(chance.randrange(1, 400)))
        pieces = split_text(text, most=chance.randrange(8, 60))
        assert "".join("".join(pieces).split()) == "".join(text.split())
        assert all(piece == piece.strip() and piece for piece in pieces)


def test_choices_are_buttons_and_short_ones_stand_abreast() -> None:
    short = keyboard_of(outbound("?", buttons=(("Hài lòng", "rate:1"), ("Tạm", "rate:2"), ("Không", "rate:3"))))
    long = keyboard_of(outbound("?", buttons=(("Gặp nhân viên ngay", "human"), ("Không có", "none:phone"))))

    assert isinstance(short, InlineKeyboardMarkup)
    assert isinstance(long, InlineKeyboardMarkup)
    assert [[button.callback_data for button in row] for row in short.inline_keyboard] == [
        ["rate:1", "rate:2", "rate:3"]
    ]
    assert [len(row) for row in long.inline_keyboard] == [1, 1]


def test_what_cannot_be_a_button_is_told_in_words() -> None:
    message = outbound(
        "Chọn:", buttons=(("Xem", "http://10.0.0.1/x"), ("Dài", "d" * 65), ("Mở", "https://example.vn/a"))
    )
    keyboard = keyboard_of(message)

    assert text_of(message) == "Chọn:\n\n- Xem: http://10.0.0.1/x\n- Dài"
    assert isinstance(keyboard, InlineKeyboardMarkup)
    assert [button.url for row in keyboard.inline_keyboard for button in row] == ["https://example.vn/a"]


@pytest.mark.parametrize(("asks", "contact", "location"), [("phone", True, False), ("place", False, True)])
def test_what_a_phone_can_share_has_its_key(asks: str, contact: bool, location: bool) -> None:
    keyboard = keyboard_of(
        outbound("?", asks=asks, buttons=(("Không có", "none:phone"), ("Trang", "https://example.vn")))
    )

    assert isinstance(keyboard, ReplyKeyboardMarkup)
    [[request], [none]] = keyboard.keyboard
    assert (request.request_contact, request.request_location) == (contact, location)
    assert none.text == "Không có"
    assert keyboard.one_time_keyboard


def test_without_choices_there_is_no_keyboard() -> None:
    assert keyboard_of(outbound("Cảm ơn.")) is None
