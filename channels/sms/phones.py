"""Telephone numbers: E.164 inside, and the forms that carriers want outside. Pure."""

from __future__ import annotations

import re

import phonenumbers

from core.contract.errors import PayloadInvalid, RecipientUnreachable

REGION = "VN"
_SHORT = re.compile(r"\d{3,8}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9 ._-]{0,10}")


def sender_of(written: str) -> str:
    """
    Who wrote, as one address: E.164 for a subscriber ("0900 000 001", "84900000001" → "+84900000001").

    Short numbers and names of services have no other form and stay as they are. Raises PayloadInvalid.
    """
    given = written.strip()
    if _SHORT.fullmatch(given) or _NAME.fullmatch(given):
        return given
    found = _e164(given)
    if found:
        return found
    raise PayloadInvalid("no telephone number to answer to")


def recipient_of(written: str) -> str:
    """The number of somebody we write to, in E.164. Raises RecipientUnreachable: no subscriber has it."""
    found = _e164(written)
    if found is None:
        raise RecipientUnreachable("not a subscriber's number")
    return found


def international(number: str) -> str:
    """An E.164 number without its plus: 84900000001."""
    return number.removeprefix("+")


def national(number: str) -> str:
    """A Vietnamese number as it is dialled at home (0900000001); others without their plus."""
    digits = international(number)
    return "0" + digits[2:] if digits.startswith("84") else digits


def _e164(written: str) -> str | None:
    """Numbers come as "+84…", "84…" or "0…"; what is valid decides which it is."""
    digits = re.sub(r"[\s.()-]", "", written)
    spellings = [digits] if digits.startswith("+") else [digits, f"+{digits}"]
    for spelling in spellings:
        try:
            number = phonenumbers.parse(spelling, REGION)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None
