"""
Reading settings: the file, then the environment over it, then secrets from where they are kept.

Every mistake is a ConfigError that says which key, what is wrong, and an example; `mistakes` lists them all.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from channels.base import THIS_MACHINE
from core.contract.errors import ConfigError
from core.notify.quiet import NEVER
from gateway.settings.call_twilio import voice_mistakes
from gateway.settings.calls import calls_mistakes
from gateway.settings.links import link_mistakes
from gateway.settings.model import Settings
from gateway.settings.providers import facebook_mistakes, imap_mistakes, mail_oauth_mistakes, telegram_mistakes
from gateway.settings.push import push_mistakes
from gateway.settings.sending import sending_mistakes
from gateway.settings.sms import sms_mistakes
from gateway.settings.zalo import zalo_mistakes

PREFIX, CONFIG = "LANGNGHE_", "LANGNGHE_CONFIG"
ENVIRONMENT = {
    "LANGNGHE_MODE": ("mode",),
    "LANGNGHE_ROLES": ("roles",),
    "LANGNGHE_DATA": ("data",),
    "LANGNGHE_PUBLIC_URL": ("public_url",),
    "LANGNGHE_REGULATION": ("regulation",),
    "LANGNGHE_DATABASE_URL": ("database_url",),
    "LANGNGHE_REDIS_URL": ("redis_url",),
    "LANGNGHE_MASTER_KEY": ("master_key",),
    "LANGNGHE_HTTP_PORT": ("http", "port"),
    "LANGNGHE_TRUSTED_PROXIES": ("http", "trusted_proxies"),
    "LANGNGHE_SMTP_PORT": ("email", "smtp_port"),
    "LANGNGHE_LMTP_PORT": ("email", "lmtp_port"),
    "LANGNGHE_HOTLINE": ("call_center", "enabled"),
    "LANGNGHE_SIP_PORT": ("call_center", "sip_port"),
    "LANGNGHE_SIP_ADVERTISED": ("call_center", "advertised"),
    "LANGNGHE_MEDIA_ADDRESS": ("call_center", "media_address"),
    "LANGNGHE_RTP_FIRST": ("call_center", "rtp_first"),
    "LANGNGHE_RTP_LAST": ("call_center", "rtp_last"),
    "LANGNGHE_TWILIO_URL": ("call_center", "twilio", "base_url"),
    "LANGNGHE_NODE": ("call_center", "fleet", "node"),
    "LANGNGHE_SANDBOX_PORT": ("sandbox", "page"),
    "LANGNGHE_LOG_LEVEL": ("logs", "level"),
    "LANGNGHE_LOG_FORMAT": ("logs", "format"),
}
# One variable for every listening address: what a container sets.
BIND = "LANGNGHE_BIND"
BOUND = (("http", "host"), ("email", "host"), ("call_center", "sip_host"))
# Variables that name a file, as container secrets do.
FILES = {"LANGNGHE_MASTER_KEY_FILE": ("master_key",), "LANGNGHE_DATABASE_PASSWORD_FILE": ("database_password",)}
SECRETS = (
    ("redis_url",),
    ("database_url",),
    ("database_password",),
    ("email", "relay_password"),
    ("imap", "password"),
    ("mail_oauth", "client_secret"),
    ("mail_oauth", "refresh_token"),
    ("telegram", "token"),
    ("zalo", "app_secret"),
    ("zalo", "oa_secret"),
    ("zalo", "old_oa_secret"),
    ("facebook", "app_secret"),
    ("facebook", "old_app_secret"),
    ("facebook", "verify_token"),
    ("facebook", "pages", "*"),
    ("sms", "twilio", "auth_token"),
    ("sms", "twilio", "old_auth_token"),
    ("sms", "twilio", "key_secret"),
    ("sms", "esms", "api_key"),
    ("sms", "esms", "secret_key"),
    ("sms", "esms", "private_key"),
    ("sms", "esms", "hook_secret"),
    ("sms", "speedsms", "token"),
    ("sms", "speedsms", "hook_secret"),
    ("sms", "smpp", "password"),
    ("push", "fcm_account"),
    ("call_center", "trunks", "*", "password"),
    ("open311", "partners", "*", "api_key"),
    ("call_center", "turn", "secret"),
    ("call_center", "twilio", "auth_token"),
    ("call_center", "twilio", "old_auth_token"),
    ("call_center", "twilio", "key_secret"),
)
EXAMPLES = {
    "mode": "production",
    "roles": 'roles = ["web", "worker"]',
    "public_url": "https://phananh.example.vn",
    "database_url": "postgresql://langnghe@db.example.vn/langnghe",
    "redis_url": "redis://redis.example.vn:6379/0",
    "http.port": "8080",
    "email.smtp_port": "8025",
    "email.address": "phananh@example.vn",
    "telegram.token": "file:/run/secrets/telegram-token",
    "telegram.updates": "polling",
    "telegram.api_url": "https://api.telegram.org",
    "master_key": "file:/etc/langnghe/master.key",
    "portal.utilities": 'land = "https://datdai.example.vn"',
}


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. ConfigError for the first mistake."""
    found = mistakes(environ)
    if isinstance(found, Settings):
        return found
    raise found[0]


def mistakes(environ: Mapping[str, str] = os.environ) -> Settings | list[ConfigError]:
    """The settings, or everything that is wrong with them."""
    try:
        raw = _for_trials(_overlay(_read_file(environ), environ))
        raw = _fetch_secrets(raw, environ)
        settings = Settings.model_validate(raw)
    except ConfigError as error:
        return [error]
    except ValidationError as error:
        return [_explain(one) for one in error.errors(include_url=False, include_input=False)]
    return _contradictions(settings) or settings


def strangers(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Variables that are called like ours and that nobody reads, each in a sentence: mistyped, most likely."""
    known = {*ENVIRONMENT, *FILES, BIND, CONFIG}
    unread = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return [f"{name}: unknown variable{_meant(name, known)}" for name in unread if not _is_named(name, environ)]


def _meant(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f" (meant: {close[0]}?)" if close else ""


def _is_named(name: str, environ: Mapping[str, str]) -> bool:
    """Whether a secret of the settings is kept there."""
    named = f"env:{name}"
    return named in environ.values() or _holds(_read_file(environ), named)


def _holds(value: Any, wanted: str) -> bool:
    if isinstance(value, dict):
        return any(_holds(inner, wanted) for inner in value.values())
    return isinstance(value, str) and wanted in value.replace("#", ",").split(",")


def _for_trials(raw: dict[str, Any]) -> dict[str, Any]:
    """In the demo nobody sleeps: whoever tries it in the evening sees the answer come."""
    if raw.get("mode") != "demo":
        return raw
    return raw | {"sending": {"quiet_hours": NEVER} | raw.get("sending", {})}


def _read_file(environ: Mapping[str, str]) -> dict[str, Any]:
    named = environ.get(CONFIG)
    path = Path(named or "langnghe.toml")
    if not named and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            "LANGNGHE_CONFIG", f"cannot read {path}: {error.strerror}", example="langnghe.toml"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"not valid TOML: {error}", example='mode = "production"') from error


def _overlay(raw: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    for name, path in ENVIRONMENT.items():
        if environ.get(name):
            _set(raw, path, environ[name])
    for name, path in FILES.items():
        if environ.get(name):
            _set(raw, path, f"file:{environ[name]}")
    for place in BOUND if environ.get(BIND) else ():
        _set(raw, place, environ[BIND])
    return raw


def _fetch_secrets(raw: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    for path in _named(raw, SECRETS):
        value = _get(raw, path)
        if isinstance(value, str) and value.startswith(("env:", "file:")):
            _set(raw, path, _fetch(".".join(path), value, environ))
    return raw


def _named(raw: dict[str, Any], paths: tuple[tuple[str, ...], ...]) -> Iterator[tuple[str, ...]]:
    """The paths, with every key that is there for a "*"."""
    for path in paths:
        if "*" not in path:
            yield path
            continue
        star = path.index("*")
        inner = _get(raw, path[:star])
        for name in inner if isinstance(inner, dict) else ():
            yield (*path[:star], name, *path[star + 1 :])


def _fetch(key: str, reference: str, environ: Mapping[str, str]) -> str:
    kind, _, place = reference.partition(":")
    if kind == "env":
        if place not in environ:
            raise ConfigError(key, f"environment variable {place} is not set", example=f"env:{place}")
        return environ[place]
    try:
        return Path(place).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(key, f"cannot read {place}: {error.strerror}", example="file:/run/secrets/name") from error


def _set(raw: dict[str, Any], path: tuple[str, ...], value: str) -> None:
    for part in path[:-1]:
        inner = raw.setdefault(part, {})
        if not isinstance(inner, dict):
            raise ConfigError(part, "must be a section", example=f"[{part}]")
        raw = inner
    raw[path[-1]] = value


def _get(raw: dict[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = raw
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _explain(problem: Any) -> ConfigError:
    key = ".".join(str(part) for part in problem["loc"])
    text = "unknown setting" if problem["type"] == "extra_forbidden" else problem["msg"]
    named = EXAMPLES["portal.utilities"] if key.startswith("portal.utilities.") else "see docs/operations/settings.md"
    return ConfigError(key, text, example=EXAMPLES.get(key, named))


def _contradictions(settings: Settings) -> list[ConfigError]:
    """Settings that are each right and together wrong."""
    found = []
    if settings.embedded and set(settings.roles) & {"web", "worker"} not in ({"web", "worker"}, set()):
        found.append(
            ConfigError("roles", "web and worker can be split only on PostgreSQL", example=EXAMPLES["database_url"])
        )
    if unknown := set(settings.roles) - {"web", "worker", "telephony"}:
        problem = f"unknown: {', '.join(sorted(unknown))}"
        found.append(ConfigError("roles", problem, example=EXAMPLES["roles"]))
    if settings.mode == "production" and not settings.master_key:
        found.append(
            ConfigError(
                "master_key", "production needs a key kept outside the data folder", example=EXAMPLES["master_key"]
            )
        )
    if settings.mode == "demo" and settings.http.host not in THIS_MACHINE:
        found.append(ConfigError("http.host", "demo mode serves this machine only", example="127.0.0.1"))
    if urlsplit(settings.public_url).scheme not in ("http", "https") or not urlsplit(settings.public_url).netloc:
        found.append(ConfigError("public_url", "not an http(s) address", example=EXAMPLES["public_url"]))
    found += telegram_mistakes(settings)
    found += zalo_mistakes(settings)
    found += imap_mistakes(settings)
    found += mail_oauth_mistakes(settings)
    found += facebook_mistakes(settings)
    found += sms_mistakes(settings)
    found += push_mistakes(settings)
    found += calls_mistakes(settings)
    found += voice_mistakes(settings)
    found += sending_mistakes(settings)
    found += link_mistakes(settings)
    redis_url = settings.redis_url.get_secret_value()
    if redis_url and not redis_url.startswith(("redis://", "rediss://", "unix://")):
        found.append(ConfigError("redis_url", "not an address of Redis", example=EXAMPLES["redis_url"]))
    if not settings.embedded and not settings.database_url.startswith(("postgresql://", "postgresql+asyncpg://")):
        found.append(ConfigError("database_url", "neither sqlite nor postgresql", example=EXAMPLES["database_url"]))
    return found
