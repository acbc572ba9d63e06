"""
Masking: enough of a value to tell rows apart, too little to know or call somebody.

Lists show masked names; logs hold neither text nor secrets. The log processor errs on the side of silence: what it does
not know the type of, it names only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

STARS = "***"
SHOWN_DIGITS = 3

_GAP = r"[ .\-()]{0,2}"
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_LONG_NUMBER = re.compile(r"(?<!\w)(?:\d{9,19}|0\d{2}(?:[ .-]\d{3}){3})(?!\w)")
_PERSONAL_NUMBER = re.compile(
    r"(?<![\d+])(?<!\d[ .-])(?:0(?:[ .-]?\d){11}|\d(?:[ .-]?\d){8})(?![ .-]?\d)",
)
_PHONE = re.compile(
    rf"(?<!\w)(?:(?:\+?84{_GAP}0?|0){_GAP}[1-9](?:{_GAP}\d){{7,9}}|\+(?:{_GAP}\d){{8,15}})(?!\d)",
)
# What pydantic and SQLAlchemy add to their messages: the very value that was refused.
_ECHOED = re.compile(r"input_value=[^\n]{0,300}?(?=, input_type=)|(?<=\[parameters: )[^\n]*")

# A key that is one of these words, or ends in one behind an underscore (`access_token`, `old_password`).
_FORBIDDEN = re.compile(
    r"(?:^|_)(?:text|body|content|subject|note|answer|letter|transcript|payload|profile|terms|identity_number|latitude"
    r"|longitude|otp|pin|totp|recovery_code|password|passphrase|secret|token|authorization|cookie|api_key)$"
)


def mask_phone(value: str) -> str:
    """The last three digits: `***001`. Short codes (1022, 113) are no secret and stay."""
    digits = re.sub(r"\D", "", value)
    return digits if len(digits) <= SHOWN_DIGITS + 3 else STARS + digits[-SHOWN_DIGITS:]


def mask_email(value: str) -> str:
    """First letters and the last part of the domain: `a***@e***.vn`."""
    local, _, domain = value.rpartition("@")
    head, dot, tail = domain.rpartition(".")
    return f"{local[:1]}{STARS}@{head[:1]}{STARS}{dot}{tail}" if local and head else STARS


def mask_name(value: str) -> str:
    """The first letter of each word: Nguyễn Văn An → `N*** V** A*`."""
    return " ".join(word[:1] + "*" * min(len(word) - 1, 3) if len(word) > 1 else "*" for word in value.split())


def mask_identity_number(value: str) -> str:
    """The last three digits of a personal number: `***001`."""
    return STARS + re.sub(r"\D", "", value)[-SHOWN_DIGITS:]


def mask_address(value: str) -> str:
    """An address on any channel: mail address, phone number, or the last three characters of a chat id."""
    if "@" in value:
        return mask_email(value)
    return mask_phone(value) if re.fullmatch(r"\+?[\d .()-]+", value) else STARS + value[-SHOWN_DIGITS:]


def mask_text(value: str) -> str:
    """Free text with its mail addresses, phone numbers and long numbers (identity, account, card) masked."""
    masked = _EMAIL.sub(lambda found: mask_email(found[0]), value)
    masked = _LONG_NUMBER.sub(lambda found: mask_identity_number(found[0]), masked)
    return _PHONE.sub(lambda found: mask_phone(found[0]), masked)


def mask_personal_numbers(value: str) -> str:
    """Free text in which only personal numbers are masked: twelve digits that begin with 0, or the nine of a CMND."""
    return _PERSONAL_NUMBER.sub(lambda found: mask_identity_number(found[0]), value)


def mask_message(value: str) -> str:
    """An error message or traceback: as `mask_text`, and without the values that libraries echo."""
    return mask_text(_ECHOED.sub("…", value))


_BY_KEY: Mapping[str, Callable[[str], str]] = {
    "phone": mask_phone,
    "phones": mask_phone,
    "caller": mask_phone,
    "email": mask_email,
    "emails": mask_email,
    "name": mask_name,
    "sender_name": mask_name,
    "display_name": mask_name,
    "address": mask_address,
    "recipient": mask_address,
    "sender": mask_address,
}
_HARMLESS = (int, float, bool, Decimal, datetime, date, timedelta, UUID, type(None))


def is_forbidden(key: str) -> bool:
    """Whether values under this key never reach a log."""
    return _FORBIDDEN.search(key.lower().replace("-", "_")) is not None


def mask_log_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """
    The structlog processor: drops forbidden keys, masks every other value.

    Belongs after `format_exc_info` and directly before the renderer. Keys with a leading underscore and `exc_info`
    are structlog's own and pass.
    """
    return {
        key: value if key.startswith("_") or key == "exc_info" else _masked(key, value)
        for key, value in event.items()
        if not is_forbidden(key)
    }


def _masked(key: str, value: object) -> object:
    special = _BY_KEY.get(key.lower())
    if isinstance(value, str) and not isinstance(value, Enum):
        return special(value) if special else mask_message(value)
    if special and isinstance(value, int):
        return special(str(value))
    if isinstance(value, _HARMLESS):
        return value
    return _masked_compound(key, value)


def _masked_compound(key: str, value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): _masked(str(name), held) for name, held in value.items() if not is_forbidden(str(name))}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked(key, held) for held in value]
    if isinstance(value, Enum):
        return _masked(key, value.value)
    if isinstance(value, PurePath):
        return mask_message(str(value))
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {mask_message(str(value))}"
    return f"<{type(value).__name__}>"
