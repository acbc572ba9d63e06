"""Notices on devices, from the deployment's settings to the channel's own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import SecretBytes, ValidationError

from channels.webpush.settings import HOSTS, FcmSettings, WebPushSettings
from core.contract.errors import ConfigError
from gateway.settings.model import Settings

EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "contact": "mailto:vanhanh@phananh.example.vn",
        "hosts": 'hosts = ["fcm.googleapis.com", ".push.apple.com"]',
        "sandbox": "http://127.0.0.1:8099",
        "fcm_account": "file:/run/secrets/fcm.json",
    }
)
_ANY = b"0" * 32


def push_settings(settings: Settings, *, secret: bytes) -> WebPushSettings:
    """The channel's own settings; `secret`: what the VAPID key is made from. Raises pydantic's ValidationError."""
    ours = settings.push
    return WebPushSettings(
        secret=SecretBytes(secret),
        contact=ours.contact,
        title=settings.office,
        hosts=ours.hosts or HOSTS,
        sandbox=ours.sandbox.rstrip("/"),
        fcm=fcm_settings(settings),
    )


def fcm_settings(settings: Settings) -> FcmSettings | None:
    """For apps, from the file that the provider's console gives; None: browsers only. Raises ValidationError."""
    account = settings.push.fcm_account.get_secret_value()
    if not account:
        return None
    known = FcmSettings.model_validate_json(account)
    return FcmSettings.model_validate(known.model_dump() | {"sandbox": settings.push.fcm_sandbox.rstrip("/")})


def push_mistakes(settings: Settings) -> list[ConfigError]:
    """What cannot be so; nothing while it is off."""
    if not settings.push.contact:
        return []
    try:
        fcm_settings(settings)
    except ValidationError as error:
        keys = sorted({str(one["loc"][0]) if one["loc"] else "JSON" for one in error.errors(include_input=False)})
        return [_mistake("fcm_account", f"not the file of a service account: {', '.join(keys)}")]
    try:
        push_settings(settings, secret=_ANY)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        keys = [str(one["loc"][0]) if one["loc"] else "sandbox" for one in found]
        return [_mistake(key, one["msg"]) for key, one in zip(keys, found, strict=True)]
    return []


def _mistake(key: str, problem: str) -> ConfigError:
    return ConfigError(f"push.{key}", problem, example=EXAMPLES.get(key, ""))
