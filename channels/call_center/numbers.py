"""
Telephone numbers as lines want them written: with the country (+84900000001), without (0900000001), as bare digits.

Carriers disagree, and so do callers; what is the same number stays the same. Short codes (113, 1022, 18001090) and
names of extensions are nobody's subscriber number and stay as they are. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

NumberFormat = Literal["as_is", "e164", "national", "digits"]
COUNTRY = "84"
NUMBER = r"^\+?[0-9]{3,15}$"
"""What we may dial."""
_SUBSCRIBER = re.compile(r"(?:(?P<plus>\+|00)(?P<abroad>[1-9]\d{6,14})|0(?P<home>[1-9]\d{7,10}))")
_BARE = re.compile(COUNTRY + r"[1-9]\d{7,9}")
_SPACES = re.compile(r"[ .()-]")


def international(number: str) -> str:
    """Country and number in digits; empty for what is no subscriber's number."""
    plain = _SPACES.sub("", number)
    if found := _SUBSCRIBER.fullmatch(plain):
        return found["abroad"] or COUNTRY + found["home"]
    return plain if _BARE.fullmatch(plain) else ""


def written(number: str, wanted: NumberFormat) -> str:
    """A number as a line wants it."""
    digits = international(number)
    if wanted == "as_is" or not digits:
        return number
    if wanted == "e164":
        return f"+{digits}"
    if wanted == "digits":
        return digits
    return f"0{digits.removeprefix(COUNTRY)}" if digits.startswith(COUNTRY) else f"00{digits}"


def same_number(one: str, other: str) -> bool:
    """Whether two spellings are one number."""
    return one == other or (bool(international(one)) and international(one) == international(other))


def is_among(number: str, listed: Collection[str]) -> bool:
    """Whether a list names a number; an entry that ends in `*` names all that begin so."""
    return any(_names(entry, number) for entry in listed)


def _names(entry: str, number: str) -> bool:
    if not entry.endswith("*"):
        return same_number(entry, number)
    begins = entry[:-1]
    head = COUNTRY + begins[1:] if begins.startswith("0") else begins.removeprefix("+")
    return number.startswith(begins) or international(number).startswith(head)
