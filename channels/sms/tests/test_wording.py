"""What is said within the length of an SMS."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms.segments import Alphabet, alphabet_of, measure
from channels.sms.wording import shorten, without_marks, words_of
from core.contract.errors import MessageInvalid
from core.contract.schema import Address, OutboundMessage

LINK = "https://phananh.example.vn/tra-cuu/123456789012"
LONG = "Kết quả xử lý phản ánh của Ông/Bà: tổ công tác đã kiểm tra hiện trường và yêu cầu khắc phục. " * 8


def message(text: str, **changes: Any) -> OutboundMessage:
    return OutboundMessage(
        id="m1",
        channel="sms",
        account="LANGNGHE",
        recipient=Address(channel="sms", account="LANGNGHE", value="+84900000001"),
        text=text,
        **changes,
    )


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("Phản ánh của Ông/Bà đã được tiếp nhận.", "Phan anh cua Ong/Ba da duoc tiep nhan."),
        ("ĐƯỜNG ĐẦU CẦU", "DUONG DAU CAU"),
        (unicodedata.normalize("NFD", "Đã xử lý ổ gà"), "Da xu ly o ga"),
        ("“Ổ gà” – sâu 30 cm…", '"O ga" - sau 30 cm...'),
        ("50.000 ₫, 35 °C, 2×3", "50.000 d, 35  doC, 2x3".replace("  ", " ")),
        ("Cảm ơn 👍🏽 Ông/Bà", "Cam on Ong/Ba"),
        ("à è é É ñ ç", "a e e E n c"),
        ("một\nhai", "mot\nhai"),
        ("中文", ""),
    ],
)
def test_marks_are_taken_off(written: str, sent: str) -> None:
    """As people type without them; all that is left is in the GSM alphabet."""
    assert without_marks(written) == sent


@given(st.text(max_size=200))
def test_without_marks_is_always_in_the_small_alphabet(text: str) -> None:
    """Whatever somebody wrote; and doing it twice changes nothing more."""
    plain = without_marks(text)

    assert alphabet_of(plain) is Alphabet.GSM
    assert without_marks(plain) == plain


def test_a_brand_with_marks_keeps_them() -> None:
    """And one without does not."""
    assert words_of(message("Đã tiếp nhận ạ."), marks=True, most=3) == "Đã tiếp nhận ạ."
    assert words_of(message("Đã tiếp nhận ạ."), marks=False, most=3) == "Da tiep nhan a."


@pytest.mark.parametrize("most", [1, 2, 3])
@pytest.mark.parametrize("marks", [True, False])
def test_a_long_text_is_shortened_on_a_word_and_keeps_its_link(marks: bool, most: int) -> None:
    """Whatever is missing can be read there."""
    sent = words_of(message(f"{LONG}Xem tại {LINK} nhé."), marks=marks, most=most)
    said, _, link = sent.rpartition("... ")

    assert measure(sent).segments == most
    assert link == LINK
    whole = LONG if marks else without_marks(LONG)
    assert whole.startswith(said)
    assert whole[len(said)] in " .,:;"


def test_nothing_is_dropped_that_fits() -> None:
    """One more word would not."""
    text = "bay chu cai " * 40
    sent = shorten(text, most=2)
    kept = len(sent.removesuffix("...").split())

    assert measure(sent).segments == 2
    assert measure(" ".join(text.split()[: kept + 1]) + "...").segments == 3


def test_a_text_without_spaces_is_cut_all_the_same() -> None:
    """Between characters, since it has no words."""
    sent = shorten("a" * 1000, most=1)

    assert sent.endswith("...")
    assert 120 <= len(sent) <= 160


def test_links_that_are_too_long_by_themselves_are_refused() -> None:
    """Half a link leads nowhere."""
    with pytest.raises(MessageInvalid):
        shorten("Xem " + "https://example.vn/" + "a" * 400, most=2)


def test_twenty_thousand_characters_are_shortened_too() -> None:
    """By halving, not word by word."""
    assert measure(shorten(LONG * 30, most=3)).segments == 3


def test_buttons_become_numbers_and_links() -> None:
    """A number is an answer; an address is to be opened."""
    given = message(
        "Ông/Bà có hài lòng?", buttons=(("Hài lòng", "rate:2"), ("Trang tra cứu", LINK), ("Không", "rate:0"))
    )

    assert words_of(given, marks=False, most=3).splitlines() == [
        "Ong/Ba co hai long?",
        "Vui long tra loi bang so:",
        "1. Hai long",
        "2. Khong",
        f"Trang tra cuu: {LINK}",
    ]


def test_a_password_is_one_segment_without_marks_or_is_refused() -> None:
    """Never shortened: half of it is worthless."""
    assert words_of(message("Mã xác thực: 482913.", purpose="otp"), marks=True, most=3) == "Ma xac thuc: 482913."
    with pytest.raises(MessageInvalid):
        words_of(message("Ma xac thuc 482913. " * 9, purpose="otp"), marks=True, most=3)


@pytest.mark.parametrize("text", ["", "  \n ", "👍"])
def test_nothing_to_say_is_not_sent(text: str) -> None:
    """An empty SMS costs as much as a full one."""
    with pytest.raises(MessageInvalid):
        words_of(message(text), marks=False, most=3)
