"""What the demo and its providers know of each other: made up at the first start, kept beside the data."""

from __future__ import annotations

import secrets
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.demo_file import read_demo, write_demo


def _digits(count: int) -> str:
    return str(secrets.randbelow(9 * 10 ** (count - 1)) + 10 ** (count - 1))


def _token() -> str:
    return f"{_digits(10)}:{secrets.token_urlsafe(32)}"


class Credentials(BaseModel):
    """Accounts at providers that exist on this machine only."""

    model_config = ConfigDict(frozen=True)

    telegram_token: str = Field(default_factory=_token)
    zalo_oa_id: str = Field(default_factory=lambda: _digits(19))
    zalo_app_id: str = Field(default_factory=lambda: _digits(19))
    zalo_app_secret: str = Field(default_factory=secrets.token_hex)
    zalo_oa_secret: str = Field(default_factory=secrets.token_hex)
    facebook_app_id: str = Field(default_factory=lambda: _digits(15))
    facebook_app_secret: str = Field(default_factory=secrets.token_hex)
    facebook_verify_token: str = Field(default_factory=secrets.token_hex)
    facebook_page_id: str = Field(default_factory=lambda: _digits(15))
    facebook_page_token: str = Field(default_factory=secrets.token_hex)
    twilio_account: str = Field(default_factory=lambda: f"AC{secrets.token_hex(16)}")
    twilio_auth_token: str = Field(default_factory=lambda: secrets.token_hex(16))
    twilio_number: str = "+15005550009"


def held_credentials(data: Path) -> Credentials:
    """Those of the last start; new ones where there are none."""
    path = data / "sandbox.json"
    try:
        held = Credentials.model_validate(read_demo(path))
    except ValidationError:
        held = Credentials()
    if read_demo(path) != held.model_dump():
        data.mkdir(parents=True, exist_ok=True)
        write_demo(path, held.model_dump())
    return held
