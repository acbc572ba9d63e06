"""The Zalo official account, from the deployment's settings to the channel's own; half of it is a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import SecretStr, ValidationError

from channels.zalo.settings import ZaloSettings
from core.contract.errors import ConfigError
from gateway.settings.model import Settings, Zalo

EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "oa_id": "3880000000000000004",
        "app_id": "3600000000000000001",
        "app_secret": "file:/run/secrets/zalo-app-secret",
        "oa_secret": "file:/run/secrets/zalo-oa-secret",
        "otp_template": "300001",
        "otp_fields": 'otp_fields = ["otp=otp"]',
        "notice_template": "300002",
        "notice_fields": 'notice_fields = ["ma=code", "trang_thai=status"]',
        "bulletin_template": "300003",
        "bulletin_fields": 'bulletin_fields = ["tieu_de=title", "duong_dan=link"]',
        "api_url": "https://openapi.zalo.me",
        "oauth_url": "https://oauth.zaloapp.com",
        "template_url": "https://business.openapi.zalo.me",
    }
)
_NEEDED = ("oa_id", "app_id", "app_secret", "oa_secret")
_VALUES = frozenset({"code", "status", "title", "kind", "office", "link", "otp"})
_PURPOSES = ("otp", "notice", "bulletin")


def zalo_settings(settings: Settings) -> ZaloSettings | None:
    """The official account as the channel wants it; None while nothing of it is set. Raises ValidationError."""
    ours = settings.zalo
    if not _given(ours):
        return None
    shared = ours.model_dump(include=set(ZaloSettings.model_fields))
    return ZaloSettings.model_validate(shared | {"public_url": settings.public_url, "templates": _templates(ours)})


def zalo_mistakes(settings: Settings) -> list[ConfigError]:
    """What is missing of an official account of which something is set, and what cannot be so."""
    given = _given(settings.zalo)
    missing = [name for name in _NEEDED if name not in given]
    if not given:
        return []
    if missing:
        problem = f"missing, while {', '.join(given)} is given"
        return [_mistake(name, problem) for name in missing]
    wrong = [_mistake(name, problem) for name, problem in _wrong_fields(settings.zalo).items()]
    try:
        zalo_settings(settings)
    except ValidationError as error:
        wrong += [_mistake(_key(one), one["msg"]) for one in error.errors(include_url=False, include_input=False)]
    return wrong


def _given(ours: Zalo) -> list[str]:
    values: dict[str, str | SecretStr] = {name: getattr(ours, name) for name in _NEEDED}
    return [name for name, value in values.items() if value]


def _templates(ours: Zalo) -> dict[str, dict[str, Any]]:
    return {
        purpose: {"id": known_as, "fields": dict(_pair(one) for one in getattr(ours, f"{purpose}_fields"))}
        for purpose in _PURPOSES
        if (known_as := getattr(ours, f"{purpose}_template"))
    }


def _pair(written: str) -> tuple[str, str]:
    theirs, _, ours = written.partition("=")
    return theirs.strip(), ours.strip()


def _wrong_fields(ours: Zalo) -> dict[str, str]:
    problem = f"each is theirs=ours, ours being one of {', '.join(sorted(_VALUES))}"
    named = [f"{purpose}_fields" for purpose in _PURPOSES]
    return {name: problem for name in named if not {_pair(one)[1] for one in getattr(ours, name)} <= _VALUES}


def _key(problem: Mapping[str, Any]) -> str:
    where = tuple(map(str, problem["loc"]))
    return f"{where[1]}_template" if where[:1] == ("templates",) and len(where) > 1 else where[0] if where else "oa_id"


def _mistake(name: str, problem: str) -> ConfigError:
    return ConfigError(f"zalo.{name}", problem, example=EXAMPLES.get(name, ""))
