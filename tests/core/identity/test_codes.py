"""Report codes and PINs."""

from __future__ import annotations

import hashlib
import hmac
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity.codes import (
    CODE_DIGITS,
    check_digit,
    check_pin,
    format_code,
    hash_pin,
    is_code,
    new_code,
    new_pin,
    parse_code,
    parse_pin,
)

CODES = st.integers(10**10, 10**11 - 1).map(lambda body: str(body) + check_digit(str(body)))
KEY = b"k" * 32


@pytest.mark.parametrize("place", range(CODE_DIGITS))
@given(code=CODES)
def test_every_wrong_digit_is_found(place: int, code: str) -> None:
    for digit in set("0123456789") - {code[place]}:
        assert not is_code(code[:place] + digit + code[place + 1 :])


@pytest.mark.parametrize("place", range(CODE_DIGITS - 1))
@given(code=CODES)
def test_every_swap_of_neighbours_is_found(place: int, code: str) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert swapped == code or not is_code(swapped)


def test_damm_example() -> None:
    """The example in Damm's own description: 572 has the check digit 4."""
    assert check_digit("572") == "4"


def test_table_is_totally_antisymmetric() -> None:
    """The property that finds every swap, proved for the table itself over all states and pairs of digits."""
    digits = "0123456789"
    states = {check_digit(body): body for body in map(str, range(1000))}
    assert len(states) == 10
    for body in states.values():
        assert len({check_digit(body + digit) for digit in digits}) == 10
        for first, second in ((a, b) for a in digits for b in digits if a != b):
            assert check_digit(body + first + second) != check_digit(body + second + first)


@given(seed=st.integers())
def test_fresh_code_is_one(seed: int) -> None:
    code = new_code(random.Random(seed).randrange)
    assert is_code(code)
    assert code[0] != "0"


def test_codes_do_not_repeat_or_follow_each_other() -> None:
    codes = [new_code() for _ in range(2000)]
    assert len(set(codes)) == 2000
    assert len({int(after) - int(before) for before, after in pairwise(codes)}) > 1900


def test_code_is_fixed() -> None:
    source = iter(range(11))
    assert new_code(lambda below: next(source) % below) == "112345678908"


@given(code=CODES, separator=st.sampled_from(["", " ", ".", "-", "\u00a0", " - "]))
def test_typed_code_is_read(code: str, separator: str) -> None:
    grouped = separator.join([code[:4], code[4:8], code[8:]])
    assert parse_code(f"  {grouped}\n") == code
    assert parse_code(grouped.replace("0", "O").replace("1", "l")) == code
    assert parse_code(grouped.translate(str.maketrans("0123456789", "０１２３４５６７８９"))) == code


@pytest.mark.parametrize("typed", ["", "abc", "1234 5678", "123456789012345", "0900 000 001", "１２３"])
def test_what_is_no_code(typed: str) -> None:
    assert parse_code(typed) is None


def test_wrong_check_digit_and_leading_zero_are_no_code() -> None:
    code = new_code()
    assert parse_code(code[:-1] + str((int(code[-1]) + 1) % 10)) is None
    body = "01234567890"
    assert parse_code(body + check_digit(body)) is None


def test_shown_in_groups_of_four() -> None:
    assert format_code("123456789012") == "1234 5678 9012"


def test_pin_has_six_digits() -> None:
    assert new_pin(lambda _: 0) == "000000"
    assert all(len(pin) == 6 and pin.isdigit() for pin in (new_pin() for _ in range(100)))


@given(pin=st.from_regex(r"[0-9]{6}", fullmatch=True), other=st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_pin_opens_its_own_report_only(pin: str, other: str) -> None:
    stored = hash_pin(pin, code="1", key=KEY)

    assert check_pin(pin, stored, code="1", key=KEY)
    assert check_pin(f" {pin[:3]} {pin[3:]}", stored, code="1", key=KEY)
    assert check_pin(other, stored, code="1", key=KEY) == (other == pin)
    assert not check_pin(pin, stored, code="2", key=KEY)
    assert not check_pin(pin, stored, code="1", key=b"x" * 32)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12345é"])
@pytest.mark.parametrize("stored", ["", "pin1$", hash_pin("", code="1", key=KEY)])
def test_nothing_opens_a_report_without_a_pin(typed: str, stored: str) -> None:
    assert not check_pin(typed, stored, code="1", key=KEY)
    assert not check_pin("000000", stored, code="1", key=KEY)


def test_pin_hash_is_the_documented_one() -> None:
    expected = hmac.new(KEY, b"pin1:1:123456", hashlib.sha256).hexdigest()
    assert hash_pin("123456", code="1", key=KEY) == f"pin1${expected}"
    assert parse_pin("123-456") == "123456"
