"""One number, many spellings: what a line wants, and what is the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.call_center.numbers import NumberFormat, international, is_among, same_number, written


@pytest.mark.parametrize(
    "spelling", ["+84900000001", "0084900000001", "84900000001", "0900000001", "0900 000 001", "+84 (900) 000-001"]
)
def test_every_spelling_is_written_as_the_line_wants_it(spelling: str) -> None:
    assert written(spelling, "e164") == "+84900000001"
    assert written(spelling, "national") == "0900000001"
    assert written(spelling, "digits") == "84900000001"
    assert written(spelling, "as_is") == spelling
    assert same_number(spelling, "0900000001")


@pytest.mark.parametrize("short", ["113", "1022", "18001090", "19001000", "reception", "anonymous", ""])
@pytest.mark.parametrize("wanted", ["as_is", "e164", "national", "digits"])
def test_what_is_no_subscribers_number_stays(short: str, wanted: NumberFormat) -> None:
    assert written(short, wanted) == short
    assert international(short) == ""


def test_numbers_abroad_keep_their_country() -> None:
    assert written("+15005550009", "national") == "0015005550009"
    assert written("0015005550009", "e164") == "+15005550009"
    assert not same_number("+15005550009", "05005550009")


@given(st.from_regex(r"0[1-9][0-9]{8}", fullmatch=True), st.sampled_from(["e164", "national", "digits"]))
def test_writing_changes_no_number(number: str, wanted: NumberFormat) -> None:
    """And writing it again changes nothing."""
    there = written(number, wanted)

    assert same_number(there, number)
    assert written(there, wanted) == there
    assert written(there, "national") == number


@pytest.mark.parametrize(
    ("number", "listed", "named"),
    [
        ("+84232312001", ("0232312001",), True),
        ("0232312077", ("0232312*",), True),
        ("84232312077", ("+84232312*",), True),
        ("0232313077", ("0232312*",), False),
        ("1022", ("1022",), True),
        ("1023", ("102*",), True),
        ("", ("1022",), False),
        ("0900000001", (), False),
    ],
)
def test_a_list_names_numbers_and_ranges(number: str, listed: tuple[str, ...], *, named: bool) -> None:
    assert is_among(number, listed) is named
