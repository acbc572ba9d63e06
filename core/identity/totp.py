"""
The second factor of staff: time-based codes (RFC 6238: SHA-1, 6 digits, 30 seconds) and single-use recovery codes.

A code works once: the step it belongs to is stored, and only later steps are taken after it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp

ISSUER = "Lắng Nghe"
STEP_SECONDS = 30
DRIFT_STEPS = 1
RECOVERY_CODES = 10
RECOVERY_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that reads as another: no I, O, 0, 1
RECOVERY_LENGTH = 12  # 60 bits: a plain keyed hash is enough


def new_secret() -> str:
    """A fresh shared secret: 32 base32 letters (160 bits). Store it sealed."""
    return pyotp.random_base32()


def provisioning_uri(secret: str, *, login: str) -> str:
    """The otpauth:// address that the QR code for the phone holds."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def check_totp(secret: str, typed: str, *, now: datetime, last_step: int) -> int | None:
    """
    The step a right code belongs to, to be stored as the new `last_step`; None: wrong, old or used.

    Args:
        now: aware. One step of clock drift is allowed either way.
        last_step: step of the last accepted code, 0 at first.
    """
    code = re.sub(r"\s", "", typed)
    if not re.fullmatch(r"[0-9]{6}", code):
        return None
    totp, current = pyotp.TOTP(secret, interval=STEP_SECONDS), int(now.timestamp()) // STEP_SECONDS
    matched = None
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        if hmac.compare_digest(totp.generate_otp(step), code) and step > last_step:
            matched = step
    return matched


def new_recovery_codes() -> list[str]:
    """Ten codes to print and keep, as ABCD-EFGH-JKLM."""
    return ["-".join(_letters(4) for _ in range(RECOVERY_LENGTH // 4)) for _ in range(RECOVERY_CODES)]


def hash_recovery_code(typed: str, *, key: bytes, login: str) -> str:
    """What is stored of one recovery code. `key`: a system secret."""
    normal = re.sub(r"[\s\-]", "", typed).upper()
    return hmac.new(key, f"recovery1:{login}:{normal}".encode(), hashlib.sha256).hexdigest()


def use_recovery_code(typed: str, hashes: Sequence[str], *, key: bytes, login: str) -> tuple[str, ...] | None:
    """The hashes that remain after using one code; None where it is not among them."""
    given = hash_recovery_code(typed, key=key, login=login)
    remaining = tuple(held for held in hashes if not hmac.compare_digest(held, given))
    return remaining if len(remaining) < len(hashes) else None


def _letters(count: int) -> str:
    return "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(count))
