"""Wrong settings stop the process at start, not the first mail."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from channels.email.tests.builders import SECRET, settings


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"address": "phananh"}, "address"),
        ({"address": "phan anh@example.vn"}, "address"),
        ({"address": "mot-hop-thu-co-ten-rat-dai@example.vn"}, "address"),
        ({"address": "a+b@example.vn"}, "address"),
        ({"token_secret": "short"}, "token_secret"),
        ({"tls_certificate": "/x.pem"}, "tls_key"),
        ({"max_bytes": 0}, "max_bytes"),
        ({"smtp_prot": 25}, "smtp_prot"),
        ({"relay": {"host": "x", "tls": "maybe"}}, "relay"),
    ],
)
def test_a_wrong_setting_is_named(change: dict[str, Any], where: str) -> None:
    """The message leads to the key."""
    with pytest.raises(ValidationError, match=where):
        settings(**change)


def test_settings_are_normalised_and_fixed() -> None:
    """Lower case throughout; nobody changes them later."""
    found = settings(address="PhanAnh@Example.vn", aliases=(" Info@Example.VN ",), domain="")

    assert (found.address, found.aliases, found.mail_domain) == (
        "phananh@example.vn",
        ("info@example.vn",),
        "example.vn",
    )
    with pytest.raises(ValidationError):
        found.address = "x@example.vn"


def test_secrets_are_not_printed() -> None:
    """Neither ours nor the relay's."""
    found = settings(relay={"host": "relay.example.vn", "username": "u", "password": "mat-khau"})

    assert SECRET not in repr(found)
    assert "mat-khau" not in repr(found)
