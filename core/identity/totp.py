"""
The second factor of staff: time-based codes (RFC 6238: SHA-1, 6 digits, 30 seconds).

A code works once: the step it belongs to is stored, and only later steps are taken after it.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime

import pyotp

ISSUER = "Lắng Nghe"
STEP_SECONDS = 30
DRIFT_STEPS = 1


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
