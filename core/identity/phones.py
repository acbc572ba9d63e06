"""
Telephone numbers as Vietnamese people write them, in one form.

Subscriber numbers become E.164 ("+84900000001"); short codes (113, 1022 …) are no subscriber's number and stay as they
are. Eleven-digit mobile numbers of before 2018 are given their present prefix.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import phonenumbers

REGION, HOME = "VN", "+84"

SHORT_CODES: Mapping[str, str] = MappingProxyType(
    {
        "111": "Tổng đài quốc gia bảo vệ trẻ em",
        "112": "Tìm kiếm, cứu nạn, thiên tai",
        "113": "Công an phản ứng nhanh",
        "114": "Cứu hỏa, cứu nạn, cứu hộ",
        "115": "Cấp cứu y tế",
        "116": "Giải đáp thông tin kinh tế - xã hội",
        "117": "Báo giờ",
        "1022": "Tổng đài thông tin dịch vụ công của tỉnh, thành phố",
        "1080": "Giải đáp thông tin",
    }
)
"""Numbers that ring a service. 1800 and 1900 numbers are services too, by their prefix."""

PREFIXES_OF_2018: Mapping[str, str] = MappingProxyType(
    {
        **{f"016{digit}": f"03{digit}" for digit in "23456789"},
        "0120": "070",
        "0121": "079",
        "0122": "077",
        "0126": "076",
        "0128": "078",
        "0123": "083",
        "0124": "084",
        "0125": "085",
        "0127": "081",
        "0129": "082",
        "0186": "056",
        "0188": "058",
        "0199": "059",
    }
)
"""Mobile prefixes before and after the change of numbering plan (Bộ TT&TT, 2018)."""

CANDIDATE = re.compile(r"(?<![\w@/.,-])(?:\+|00)?\(?\d(?:[ .\-()]{0,2}\d){6,14}(?![\d@/])")
SERVICE_PREFIXES = ("1800", "1900")


def normalise(written: str) -> str | None:
    """
    One written number in E.164, or None where it is no subscriber's number.

    Understands 0900 000 001, 0900.000.001, +84 900 000 001, 84900000001, 0084…, and eleven digits of before 2018.
    """
    digits = re.sub(r"\D", "", written)
    if not digits or is_short_code(digits):
        return None
    return valid(national_form(digits, international=written.strip().startswith("+")))


def national_form(digits: str, *, international: bool) -> str:
    """Digits with a leading plus or zero, prefixes of before 2018 replaced."""
    digits = digits.removeprefix("00")
    if digits.startswith("84") and len(digits) in (11, 12):
        digits, international = "0" + digits.removeprefix("84").removeprefix("0"), False
    if international:
        return "+" + digits
    if len(digits) == 11 and digits[:4] in PREFIXES_OF_2018:
        return PREFIXES_OF_2018[digits[:4]] + digits[4:]
    return digits


def valid(written: str) -> str | None:
    """E.164 of a number that the numbering plan knows, else None."""
    try:
        number = phonenumbers.parse(written, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def at_home(number: str) -> bool:
    """
    Whether a number (E.164) is one of Vietnam.

    Anybody may type a number: a machine that wrote to or called one abroad would let them earn from each time.
    """
    return number.startswith(HOME)


def is_short_code(written: str) -> bool:
    """Whether this is a service's short number or a 1800/1900 number: nobody can be called back there."""
    digits = re.sub(r"\D", "", written)
    return digits in SHORT_CODES or (digits.startswith(SERVICE_PREFIXES) and len(digits) in (8, 10))


def find(text: str) -> tuple[tuple[str, int, int], ...]:
    """All subscriber numbers in a text: (E.164, start, end), in order of appearance."""
    found = ((normalise(match.group()), match.start(), match.end()) for match in CANDIDATE.finditer(text))
    return tuple((number, start, end) for number, start, end in found if number)


def masked(number: str) -> str:
    """For logs and lists: only the last three digits are shown."""
    shown = number[-3:]
    return "•" * max(len(number) - len(shown), 0) + shown
