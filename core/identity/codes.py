"""
The report code (mã phản ánh) and its PIN: what a citizen without an account holds.

Twelve digits, read out as 1234 5678 9012: a first digit that is not 0 (a caller would take the code for a phone
number), ten random digits, and a check digit. That is 9·10^10 codes; guessing one is bounded further by the attempt
limits, and a code opens the public view only (design: a code alone is no authority).

The check digit is Damm's: like Verhoeff's it finds every single wrong digit and every swap of two neighbours, which
ISO 7064 MOD 11,10 does not do for all swaps and MOD 97-10 does only with two digits; and it needs one table. A mistyped
code is therefore told apart from an unknown one at once, also by keypad and without asking the database.

The PIN has six digits: whoever steals the database tries all million within minutes against any hash, however slow,
so slowness buys nothing. It is hashed with HMAC-SHA256 under a server key that is not in the database, bound to its
code; online guessing is stopped by `core.identity.lockout` (PIN policy).
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Callable

CODE_DIGITS = 12
PIN_DIGITS = 6
PIN_SCHEME = "pin1"

# A totally antisymmetric quasigroup of order 10 (H. M. Damm, 2004): row = state so far, column = next digit.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
_LOOKALIKES = str.maketrans("OoQIil|", "0001111")

Below = Callable[[int], int]
"""A source of chance: a number from 0 to one below its argument. In production `secrets.randbelow`."""


def new_code(below: Below = secrets.randbelow) -> str:
    """A fresh report code, 12 digits without spaces. Uniqueness is the database's to keep: 9·10^10 are possible."""
    body = str(below(9) + 1) + "".join(str(below(10)) for _ in range(CODE_DIGITS - 2))
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """The Damm digit that makes the whole run to 0."""
    return str(_damm(body))


def is_code(digits: str) -> bool:
    """Whether these are twelve ASCII digits with a right check digit and a first digit other than 0."""
    return re.fullmatch(r"[1-9][0-9]{11}", digits) is not None and _damm(digits) == 0


def parse_code(typed: str) -> str | None:
    """
    The code a person typed or said, or None where it cannot be one.

    Spaces, dots, dashes and full-width digits are taken; O is read as 0, I and l as 1.
    """
    digits = _digits(typed)
    return digits if is_code(digits) else None


def format_code(code: str) -> str:
    """As it is shown and read out: 1234 5678 9012."""
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))


def new_pin(below: Below = secrets.randbelow) -> str:
    """A fresh PIN: six digits, the first may be 0."""
    return "".join(str(below(10)) for _ in range(PIN_DIGITS))


def parse_pin(typed: str) -> str | None:
    """The six digits of a typed PIN, or None."""
    digits = _digits(typed)
    return digits if re.fullmatch(rf"[0-9]{{{PIN_DIGITS}}}", digits) else None


def hash_pin(pin: str, *, code: str, key: bytes) -> str:
    """What is stored of a PIN; the same PIN of another code gives another hash. `key`: `system_secret("pin")`."""
    return f"{PIN_SCHEME}${hmac.new(key, f'{PIN_SCHEME}:{code}:{pin}'.encode(), hashlib.sha256).hexdigest()}"


def check_pin(typed: str, stored: str, *, code: str, key: bytes) -> bool:
    """Whether the PIN is right, in constant time; False also where none was set or the report is unknown (empty)."""
    pin = parse_pin(typed) or ""
    right = hmac.compare_digest(hash_pin(pin, code=code, key=key).encode(), stored.encode())
    return right and bool(pin) and bool(stored)


def _digits(typed: str) -> str:
    text = unicodedata.normalize("NFKC", typed).translate(_LOOKALIKES)
    return re.sub(r"[\s.\-–_]", "", text)


def _damm(digits: str) -> int:
    state = 0
    for digit in digits:
        state = int(_DAMM[state][int(digit)])
    return state
