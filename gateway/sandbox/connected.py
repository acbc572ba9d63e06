"""Settings in which every channel that nobody has set up speaks to its sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import SecretStr

from gateway.sandbox.credentials import Credentials
from gateway.settings.model import Settings, SmsTwilio

Addresses = Mapping[str, Mapping[str, str]]
"""Name of a sandbox → what it listens on: http, smtp; `page` is what people look at."""


def played(settings: Settings) -> tuple[str, ...]:
    """The channels that the sandbox stands in for: a real provider that somebody set up is left alone."""
    free = {
        "email": settings.email.enabled and not settings.email.relay_host,
        "zalo": not settings.zalo.oa_id,
        "facebook": not settings.facebook.app_id,
        "telegram": not settings.telegram.token.get_secret_value(),
        "sms": not settings.sms.carrier,
        "push": not settings.push.contact,
        "voice": settings.takes_calls and not settings.call_center.twilio.account_sid,
    }
    return tuple(name for name, is_free in free.items() if is_free)


def connected(settings: Settings, addresses: Addresses, credentials: Credentials) -> Settings:
    """Only what `addresses` names is changed."""
    changes = {
        name: getattr(settings, name).model_copy(update=dict(_UPDATES[name](addresses[name], credentials)))
        for name in played(settings)
        if name in addresses and name in _UPDATES
    }
    if "voice" in played(settings) and "voice" in addresses:
        changes["call_center"] = with_line(settings, credentials, url=addresses["voice"]["http"]).call_center
    if "page" in addresses:
        port = int(addresses["page"]["http"].rpartition(":")[2])
        changes["sandbox"] = settings.sandbox.model_copy(update={"page": port})
    return settings.model_copy(update=changes)


def with_line(settings: Settings, known: Credentials, *, url: str) -> Settings:
    """The hotline has a line at the Twilio that is played; a telephony process of the demo gives it to itself."""
    calls = settings.call_center
    line = {
        "account_sid": known.twilio_account,
        "auth_token": SecretStr(known.twilio_auth_token),
        "numbers": (known.twilio_number,),
        "base_url": url,
    }
    twilio = calls.twilio.model_copy(update=line)
    return settings.model_copy(update={"call_center": calls.model_copy(update={"twilio": twilio})})


def described(settings: Settings, credentials: Credentials, *, telegram_secret: str = "") -> dict[str, Any]:
    """What demo.json tells of the channels, for people and programs that want to play a provider themselves."""
    known = credentials
    told: dict[str, dict[str, str]] = {
        "email": {"address": settings.email.address},
        "zalo": {"app_id": known.zalo_app_id, "oa_id": known.zalo_oa_id, "oa_secret": known.zalo_oa_secret},
        "facebook": {
            "page_id": known.facebook_page_id,
            "account": known.facebook_page_id,
            "app_secret": known.facebook_app_secret,
            "verify_token": known.facebook_verify_token,
        },
        "telegram": {"account": known.telegram_token.partition(":")[0], "secret": telegram_secret},
        "twilio": {
            "account": known.twilio_account,
            "auth_token": known.twilio_auth_token,
            "number": known.twilio_number,
        },
    }
    ours = _ours(settings, known)
    return {name: facts for name, facts in told.items() if ours[name]}


def _ours(settings: Settings, known: Credentials) -> dict[str, bool]:
    """Which channels run, and with the credentials that we made up."""
    return {
        "email": settings.email.enabled,
        "zalo": settings.zalo.oa_id == known.zalo_oa_id,
        "facebook": settings.facebook.app_id == known.facebook_app_id,
        "telegram": settings.telegram.token.get_secret_value() == known.telegram_token,
        "twilio": settings.sms.twilio.account_sid == known.twilio_account,
    }


def _email(at: Mapping[str, str], _known: Credentials) -> Mapping[str, Any]:
    host, _, port = at["smtp"].rpartition(":")
    return {"relay_host": host, "relay_port": int(port), "relay_tls": "none"}


def _zalo(at: Mapping[str, str], known: Credentials) -> Mapping[str, Any]:
    return {
        "oa_id": known.zalo_oa_id,
        "app_id": known.zalo_app_id,
        "app_secret": SecretStr(known.zalo_app_secret),
        "oa_secret": SecretStr(known.zalo_oa_secret),
        **dict.fromkeys(("api_url", "oauth_url", "template_url"), at["http"]),
    }


def _facebook(at: Mapping[str, str], known: Credentials) -> Mapping[str, Any]:
    return {
        "app_id": known.facebook_app_id,
        "app_secret": SecretStr(known.facebook_app_secret),
        "verify_token": SecretStr(known.facebook_verify_token),
        "pages": {known.facebook_page_id: SecretStr(known.facebook_page_token)},
        "graph_url": at["http"],
    }


def _telegram(at: Mapping[str, str], known: Credentials) -> Mapping[str, Any]:
    return {"token": SecretStr(known.telegram_token), "updates": "webhook", "api_url": at["http"]}


def _sms(at: Mapping[str, str], known: Credentials) -> Mapping[str, Any]:
    twilio = SmsTwilio(
        account_sid=known.twilio_account, auth_token=SecretStr(known.twilio_auth_token), base_url=at["http"]
    )
    return {"carrier": "twilio", "sender": known.twilio_number, "marks": True, "twilio": twilio}


def _push(at: Mapping[str, str], _known: Credentials) -> Mapping[str, Any]:
    return {"contact": "mailto:demo@langnghe.example.vn", "sandbox": at["http"]}


_UPDATES: Mapping[str, Callable[[Mapping[str, str], Credentials], Mapping[str, Any]]] = MappingProxyType(
    {"email": _email, "zalo": _zalo, "facebook": _facebook, "telegram": _telegram, "sms": _sms, "push": _push}
)
