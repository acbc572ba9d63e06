"""What a text costs on the air: the alphabet, the characters that count twice, the cut that splits none."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms.segments import Alphabet, Measure, alphabet_of, cut, from_gsm, measure, to_gsm

EXTENDED = "^{}\\[~]|€\f"
EVERY = "".join(from_gsm(bytes([code])) for code in range(128) if code != 0x1B) + EXTENDED

VIETNAMESE = "Phản ánh PA-123 của Ông/Bà đã được tiếp nhận và chuyển đến cơ quan có thẩm quyền xử lý, trân trọng ạ."
PLAIN = "Phan anh PA-123 cua Ong/Ba da duoc tiep nhan va chuyen den co quan co tham quyen xu ly, tran trong a."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Measure(Alphabet.GSM, 0, 1)),
        ("a" * 160, Measure(Alphabet.GSM, 160, 1)),
        ("a" * 161, Measure(Alphabet.GSM, 161, 2)),
        ("a" * 306, Measure(Alphabet.GSM, 306, 2)),
        ("a" * 307, Measure(Alphabet.GSM, 307, 3)),
        ("a" * 459, Measure(Alphabet.GSM, 459, 3)),
        ("€" * 80, Measure(Alphabet.GSM, 160, 1)),
        ("€" * 81, Measure(Alphabet.GSM, 162, 2)),
        ("ế" * 70, Measure(Alphabet.UCS2, 70, 1)),
        ("ế" * 71, Measure(Alphabet.UCS2, 71, 2)),
        ("ế" * 134, Measure(Alphabet.UCS2, 134, 2)),
        ("ế" * 135, Measure(Alphabet.UCS2, 135, 3)),
        ("ế" * 201, Measure(Alphabet.UCS2, 201, 3)),
        ("😀" * 35, Measure(Alphabet.UCS2, 70, 1)),
        ("😀" * 36, Measure(Alphabet.UCS2, 72, 2)),
        ("à è é ì ò ù É", Measure(Alphabet.GSM, 13, 1)),
        ("á", Measure(Alphabet.UCS2, 1, 1)),
        (VIETNAMESE, Measure(Alphabet.UCS2, 101, 2)),
        (PLAIN, Measure(Alphabet.GSM, 101, 1)),
    ],
)
def test_texts_are_counted_as_the_network_does(text: str, expected: Measure) -> None:
    """Limits of 160/153 and 70/67; one Vietnamese letter makes the whole text UCS-2."""
    assert measure(text) == expected


def test_decomposed_letters_count_as_composed() -> None:
    """An NFD text would cost 120 units instead of its letters."""
    assert measure(unicodedata.normalize("NFD", VIETNAMESE)) == measure(VIETNAMESE)


@pytest.mark.parametrize("char", EVERY)
def test_the_alphabet_is_its_own_inverse(char: str) -> None:
    """All 127 characters and the ten behind an escape."""
    assert from_gsm(to_gsm(char)) == char
    assert alphabet_of(char) is Alphabet.GSM
    assert len(to_gsm(char)) == 1 + (char in EXTENDED)


def test_the_alphabet_has_no_other_letters() -> None:
    """137 in all, and none twice."""
    assert len(set(EVERY)) == len(EVERY) == 137
    assert {char for char in map(chr, range(0x2100)) if alphabet_of(char) is Alphabet.GSM} == set(EVERY)


def test_what_no_table_knows_is_a_space() -> None:
    """Octets above 127, an unknown escape, an escape at the end."""
    assert from_gsm(b"a\xffb\x1b\x1bc\x1b") == "a b c"
    assert from_gsm(b"\x1bA") == "A"


@given(st.text(alphabet=st.one_of(st.sampled_from(EVERY), st.sampled_from("ếđ😀🇻🇳")), max_size=900))
def test_cutting_loses_nothing_and_splits_no_character(text: str) -> None:
    """Parts join to the text, each fits, and none could take the next one's first character."""
    parts = cut(text)
    alphabet = alphabet_of(text)
    most = {Alphabet.GSM: 153, Alphabet.UCS2: 67}[alphabet]

    def units(some: str) -> int:
        return len(to_gsm(some)) if alphabet is Alphabet.GSM else len(some.encode("utf-16-be")) // 2

    assert "".join(parts) == text
    if len(parts) > 1:
        assert units(text) > {Alphabet.GSM: 160, Alphabet.UCS2: 70}[alphabet]
        assert all(units(part) <= most for part in parts)
        assert all(units(part + after[0]) > most for part, after in pairwise(parts))
