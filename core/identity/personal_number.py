"""
The personal number (số định danh cá nhân, on the CCCD): twelve digits without a check digit (VN-12).

PPP G YY NNNNNN: province or country code of birth registration (the 63 old codes stay valid for life), a digit for
century and sex, year of birth, serial. The nine-digit CMND number is no longer valid since 01/01/2025 and is taken only
as legacy, marked. Asked for only where the regulation requires it (LS-5.1c); never an image of the card (VN-4).

Source: Luật Căn cước 2023; Nghị định 137/2015/NĐ-CP Điều 13.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

FIRST_CENTURY = 1900
LEGACY_DIGITS = 9
"""Of a CMND, no longer valid since 01/01/2025."""


@dataclass(frozen=True)
class PersonalNumber:
    """A plausible number; whether it was ever issued cannot be told from its digits."""

    digits: str = field(repr=False)
    legacy: bool


def parse_personal_number(typed: str, *, today: date) -> PersonalNumber | None:
    """The number a person typed, spaces and dots allowed; None where it cannot be one."""
    digits = re.sub(r"[\s.\-]", "", unicodedata.normalize("NFKC", typed))
    if re.fullmatch(r"[0-9]{9}", digits):
        return PersonalNumber(digits, legacy=True)
    if not re.fullmatch(r"[0-9]{12}", digits) or digits.startswith("000"):
        return None
    return PersonalNumber(digits, legacy=False) if birth_year(digits) <= today.year else None


def birth_year(digits: str) -> int:
    """Year of birth in a twelve-digit number: the century digit counts in pairs from 1900 (0 and 1: 19xx)."""
    return FIRST_CENTURY + int(digits[3]) // 2 * 100 + int(digits[4:6])
