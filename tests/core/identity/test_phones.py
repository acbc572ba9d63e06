"""Telephone numbers as Vietnamese people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity.phones import find, is_short_code, masked, normalise


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0900 000 001", "+84900000001"),
        ("0900.000.001", "+84900000001"),
        ("84900000001", "+84900000001"),
        ("+84 (0) 900 000 001", "+84900000001"),
        ("0084900000001", "+84900000001"),
        ("(0234) 3 822 222", "+842343822222"),
        ("01234567890", "+84834567890"),
        ("0169 000 0001", "+84390000001"),
    ],
)
def test_a_number_has_one_form(written: str, number: str) -> None:
    assert normalise(written) == number


@pytest.mark.parametrize("written", ["113", "1022", "19001234", "18001234", "090000", "123456789012", "", "+1"])
def test_what_is_no_subscriber_has_none(written: str) -> None:
    assert normalise(written) is None


@pytest.mark.rule("VN-8")
@pytest.mark.parametrize("code", ["112", "113", "114", "115", "1022", "19001234"])
def test_service_numbers_are_short_codes(code: str) -> None:
    assert is_short_code(code)


def test_numbers_are_found_with_their_positions() -> None:
    text = "sdt 0900000001, hoặc 0900.000.002nhé; số nhà 12/34/5, mã 079201001234"
    assert [(number, text[start:end]) for number, start, end in find(text)] == [
        ("+84900000001", "0900000001"),
        ("+84900000002", "0900.000.002"),
    ]


@given(st.integers(0, 9_999_999), st.sampled_from(["090", "091", "098", "035", "070", "083"]))
def test_every_way_of_writing_a_mobile_number_is_the_same_number(tail: int, prefix: str) -> None:
    national = f"{prefix}{tail:07}"
    number = normalise(national)
    assert number == "+84" + national[1:]
    assert normalise(f"{national[:4]} {national[4:7]} {national[7:]}") == number
    assert normalise("84" + national[1:]) == number
    assert normalise(number) == number


def test_a_masked_number_shows_three_digits() -> None:
    assert masked("+84900000001") == "•" * 9 + "001"
