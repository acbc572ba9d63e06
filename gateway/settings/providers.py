"""Settings of providers that are each right and together wrong, or that no provider would take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from channels.base import THIS_MACHINE
from channels.telegram.settings import TOKEN
from core.contract.errors import ConfigError
from gateway.settings.channels import facebook_settings
from gateway.settings.mail_oauth import TOKEN_URL
from gateway.settings.model import Settings

_HOOK_PORTS = frozenset({None, 443, 80, 88, 8443})


def telegram_mistakes(settings: Settings) -> list[ConfigError]:
    """A token that is none, an address that Telegram would not call, an interface that is not safe to speak to."""
    ours, token = settings.telegram, settings.telegram.token.get_secret_value()
    if not token:
        return []
    found = []
    if not TOKEN.fullmatch(token):
        problem = "not a bot token, as BotFather gives it"
        found.append(ConfigError("telegram.token", problem, example="file:/run/secrets/telegram-token"))
    if not is_safe(ours.api_url):
        found.append(ConfigError("telegram.api_url", "not an https address", example="https://api.telegram.org"))
    public = urlsplit(settings.public_url)
    if ours.updates != "polling" and public.scheme == "https" and public.port not in _HOOK_PORTS:
        problem = "Telegram calls only ports 443, 80, 88 and 8443 of public_url"
        found.append(ConfigError("telegram.updates", problem, example="polling"))
    if ours.updates == "webhook" and not is_safe(settings.public_url):
        problem = "Telegram calls only an https address, and public_url is none"
        found.append(ConfigError("telegram.updates", problem, example="polling"))
    return found


FACEBOOK_EXAMPLES = {
    "app_id": "900001",
    "app_secret": "file:/run/secrets/facebook-app-secret",
    "verify_token": "file:/run/secrets/facebook-verify-token",
    "pages": 'pages = {1111 = "file:/run/secrets/facebook-page-1111"}',
    "graph_url": "https://graph.facebook.com",
    "version": "v26.0",
}
_NEEDED = ("app_id", "app_secret", "verify_token", "pages")


def facebook_mistakes(settings: Settings) -> list[ConfigError]:
    """An app of which something is missing, or that cannot be one."""
    given = {name: value for name in _NEEDED if (value := getattr(settings.facebook, name))}
    missing = [name for name in _NEEDED if name not in given]
    if missing and given:
        problem = f"missing, while {', '.join(given)} is given"
        return [ConfigError(f"facebook.{name}", problem, example=FACEBOOK_EXAMPLES[name]) for name in missing]
    if missing:
        return []
    try:
        facebook_settings(settings)
    except ValidationError as error:
        return [_facebook_mistake(one) for one in error.errors(include_url=False, include_input=False)]
    return []


def _facebook_mistake(problem: Mapping[str, Any]) -> ConfigError:
    key = str(problem["loc"][0]) if problem["loc"] else "graph_url"
    return ConfigError(f"facebook.{key}", problem["msg"], example=FACEBOOK_EXAMPLES.get(key, ""))


def is_safe(url: str) -> bool:
    """Whether secrets may be sent there: https, or this very machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)


def mail_oauth_mistakes(settings: Settings) -> list[ConfigError]:
    """Half of it, or secrets in the open."""
    ours = settings.mail_oauth
    examples = {
        "client_id": "the program's id at the provider",
        "refresh_token": "file:/run/secrets/mail-refresh-token",
    }
    held = {"client_id": ours.client_id, "refresh_token": ours.refresh_token.get_secret_value()}
    if not ours.token_url:
        lacks = any(held.values())
        return [ConfigError("mail_oauth.token_url", "missing, while the rest is given", example=TOKEN_URL)] * lacks
    missing = [name for name, value in held.items() if not value]
    problem = "missing, while a token URL is given"
    found = [ConfigError(f"mail_oauth.{name}", problem, example=examples[name]) for name in missing]
    if not is_safe(ours.token_url):
        problem = "the secrets would cross the network in the open"
        found.append(ConfigError("mail_oauth.token_url", problem, example=TOKEN_URL))
    return found


def imap_mistakes(settings: Settings) -> list[ConfigError]:
    """A log-in without a server or the other way round, a password in the open, a folder that feeds itself."""
    ours = settings.imap
    password = ours.password.get_secret_value()
    found = []
    if password and not ours.host:
        found.append(ConfigError("imap.host", "missing, while a password is given", example="imap.example.vn"))
    if ours.host and not password and not settings.mail_oauth.token_url:
        problem = "missing, while a host is given, and there is no mail_oauth"
        found.append(ConfigError("imap.password", problem, example="file:/run/secrets/imap-password"))
    if ours.host and ours.tls == "none" and not is_safe(f"http://{ours.host}"):
        found.append(ConfigError("imap.tls", "the log-in would cross the network in the open", example="tls"))
    if ours.host and ours.done_folder == ours.folder:
        found.append(ConfigError("imap.done_folder", "the folder that is read", example="DaTiepNhan"))
    return found
