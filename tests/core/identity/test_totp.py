"""Second factor: RFC 6238 codes that work once."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from core.identity.totp import check_totp, new_secret, provisioning_uri

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    """Appendix B, the last six digits of the SHA-1 column."""
    now = datetime.fromtimestamp(seconds, UTC)
    assert check_totp(RFC_SECRET, code, now=now, last_step=0) == seconds // 30
    assert check_totp(RFC_SECRET, f" {code[:3]} {code[3:]} ", now=now, last_step=0) == seconds // 30


def test_code_works_once() -> None:
    now = datetime.fromtimestamp(1111111109, UTC)
    step = check_totp(RFC_SECRET, "081804", now=now, last_step=0)
    assert step is not None
    assert check_totp(RFC_SECRET, "081804", now=now, last_step=step) is None
    assert check_totp(RFC_SECRET, "081804", now=now, last_step=step - 1) == step


@pytest.mark.parametrize(("seconds", "taken"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_clock_may_drift_by_one_step(seconds: int, taken: bool) -> None:
    now = datetime.fromtimestamp(1111111109, UTC) + timedelta(seconds=seconds)
    assert (check_totp(RFC_SECRET, "081804", now=now, last_step=0) is not None) == taken


@pytest.mark.parametrize("typed", ["", "081805", "81804", "0818040", "abcdef", "０８１８０"])
def test_wrong_code(typed: str) -> None:
    assert check_totp(RFC_SECRET, typed, now=datetime.fromtimestamp(1111111109, UTC), last_step=0) is None


def test_secret_and_address_for_the_phone() -> None:
    secret = new_secret()
    assert secret != new_secret()
    assert len(base64.b32decode(secret)) == 20
    uri = provisioning_uri(secret, login="an")
    assert uri.startswith("otpauth://totp/")
    assert f"secret={secret}" in uri
