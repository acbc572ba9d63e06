"""Settings of providers that are each right and together wrong, or that no provider would take."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from core.contract.errors import ConfigError
from gateway.settings.model import Settings

_BOT_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{20,100}")
_HOOK_PORTS = frozenset({None, 443, 80, 88, 8443})
_HERE = frozenset({"127.0.0.1", "::1", "localhost"})


def telegram_mistakes(settings: Settings) -> list[ConfigError]:
    """A token that is none, an address that Telegram would not call, an interface that is not safe to speak to."""
    ours, token = settings.telegram, settings.telegram.token.get_secret_value()
    if not token:
        return []
    found = []
    if not _BOT_TOKEN.fullmatch(token):
        problem = "not a bot token, as BotFather gives it"
        found.append(ConfigError("telegram.token", problem, example="file:/run/secrets/telegram-token"))
    if not _is_safe(ours.api_url):
        found.append(ConfigError("telegram.api_url", "not an https address", example="https://api.telegram.org"))
    public = urlsplit(settings.public_url)
    if ours.updates != "polling" and public.scheme == "https" and public.port not in _HOOK_PORTS:
        problem = "Telegram calls only ports 443, 80, 88 and 8443 of public_url"
        found.append(ConfigError("telegram.updates", problem, example="polling"))
    if ours.updates == "webhook" and not _is_safe(settings.public_url):
        problem = "Telegram calls only an https address, and public_url is none"
        found.append(ConfigError("telegram.updates", problem, example="polling"))
    return found


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
