"""The SMS channel's settings: which carrier, and whether all is there that it needs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import SecretStr, ValidationError

from channels.sms.settings import SmsSettings
from core.contract.errors import ConfigError
from gateway.settings.model import Settings, Sms
from gateway.settings.providers import is_safe

_NEEDED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "twilio": {
            "account_sid": "AC00000000000000000000000000000001",
            "auth_token": "file:/run/secrets/twilio-token",
        },
        "esms": {
            "api_key": "file:/run/secrets/esms-api-key",
            "secret_key": "file:/run/secrets/esms-secret-key",
            "hook_secret": "file:/run/secrets/sms-hook",
        },
        "speedsms": {"token": "file:/run/secrets/speedsms-token", "hook_secret": "file:/run/secrets/sms-hook"},
        "smpp": {"host": "10.0.0.5", "system_id": "langnghe", "password": "file:/run/secrets/smpp-password"},
    }
)
"""What each carrier cannot do without, with an example."""
_SENDER = "LANGNGHE"


def sms_settings(settings: Settings) -> SmsSettings | None:
    """The number or brand name as the channel wants it; None where none is configured. Raises ValidationError."""
    ours = settings.sms
    if not ours.carrier:
        return None
    own = getattr(ours, ours.carrier).model_dump()
    return SmsSettings.model_validate(
        {
            "public_url": settings.public_url.rstrip("/"),
            "marks": ours.marks,
            "most_segments": ours.most_segments,
            "carrier": {"carrier": ours.carrier, "sender": ours.sender, **own},
        }
    )


def sms_mistakes(settings: Settings) -> list[ConfigError]:
    """A carrier without what it needs, or something of one and no carrier chosen."""
    ours = settings.sms
    if not ours.carrier:
        return [] if ours == Sms() else [ConfigError("sms.carrier", "missing, while others are given", example="esms")]
    if missing := list(_missing(ours)):
        return missing
    found = []
    address = getattr(getattr(ours, ours.carrier), "base_url", None)
    if address is not None and not is_safe(address):
        key = f"sms.{ours.carrier}.base_url"
        found.append(ConfigError(key, "not an https address", example="https://api.example.vn"))
    try:
        found += _unregistered(settings)
    except ValidationError as error:
        found += [_explained(ours, one) for one in error.errors(include_url=False, include_input=False)]
    return found


def _unregistered(settings: Settings) -> list[ConfigError]:
    """In production citizens read who writes to them: a registered name or short code, and no number (VN-6)."""
    ours = sms_settings(settings)
    if settings.mode != "production" or ours is None or ours.registered:
        return []
    return [ConfigError("sms.sender", "an ordinary number: a registered name or short code is wanted", example=_SENDER)]


def _missing(ours: Sms) -> list[ConfigError]:
    own = getattr(ours, ours.carrier)
    wanted = {"sms.sender": (ours.sender, _SENDER)} | {
        f"sms.{ours.carrier}.{name}": (getattr(own, name), example) for name, example in _NEEDED[ours.carrier].items()
    }
    problem = f"missing, while sms.carrier is {ours.carrier}"
    return [ConfigError(key, problem, example=example) for key, (value, example) in wanted.items() if not _given(value)]


def _given(value: str | SecretStr) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _explained(ours: Sms, problem: Mapping[str, Any]) -> ConfigError:
    name = str(problem["loc"][-1])
    key = f"sms.{ours.carrier}.{name}" if name in type(getattr(ours, ours.carrier)).model_fields else f"sms.{name}"
    return ConfigError(key, problem["msg"], example=_NEEDED[ours.carrier].get(name, ""))
