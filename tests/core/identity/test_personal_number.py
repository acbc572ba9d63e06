"""Personal numbers: form only, there is no check digit."""

from __future__ import annotations

from datetime import date

import pytest

from core.identity.personal_number import PersonalNumber, birth_year, parse_personal_number

TODAY = date(2026, 3, 2)


@pytest.mark.rule("VN-12", "LS-5.1c")
@pytest.mark.parametrize(
    ("typed", "digits", "legacy"),
    [
        ("046090000001", "046090000001", False),
        ("046 090 000 001", "046090000001", False),
        ("001.326.000.001", "001326000001", False),
        ("123456789", "123456789", True),
    ],
)
def test_number_is_read(typed: str, digits: str, legacy: bool) -> None:
    assert parse_personal_number(typed, today=TODAY) == PersonalNumber(digits, legacy)


@pytest.mark.rule("VN-12")
@pytest.mark.parametrize("typed", ["", "12345678", "0460900000012", "000090000001", "046227000001", "04609000000A"])
def test_what_cannot_be_one(typed: str) -> None:
    assert parse_personal_number(typed, today=TODAY) is None


@pytest.mark.rule("VN-12")
@pytest.mark.parametrize(
    ("digits", "year"), [("046090000001", 1990), ("046190000001", 1990), ("046205000001", 2005), ("046305000001", 2005)]
)
def test_century_and_sex_share_a_digit(digits: str, year: int) -> None:
    assert birth_year(digits) == year


def test_number_is_not_printed() -> None:
    assert "046090000001" not in repr(parse_personal_number("046090000001", today=TODAY))
