"""
The one list of channels. A new channel is a folder under `channels/` and a line here.

Imports are lazy: a process loads the libraries of the channels it runs, and no others.
"""

from __future__ import annotations

from collections.abc import Callable

from core.contract.ports import Channel, MediaStore
from core.service.safe import Safe
from gateway.settings import Settings

Builder = Callable[[Settings, Safe, MediaStore], Channel | None]


def _web(settings: Settings, safe: Safe, media: MediaStore) -> Channel:
    from channels.web.adapter import WebChannel

    return WebChannel(secret=safe.keys.system_secret("web-form"))


def _email(settings: Settings, safe: Safe, media: MediaStore) -> Channel | None:
    from channels.email.adapter import EmailChannel
    from gateway.settings.channels import email_settings

    if not settings.email.enabled:
        return None
    token_secret = safe.keys.system_secret("mail-token").hex()
    return EmailChannel(email_settings(settings.email, token_secret=token_secret), media=media)


CHANNELS: dict[str, Builder] = {
    "web": _web,
    "email": _email,
}


def build_channels(settings: Settings, safe: Safe, media: MediaStore) -> dict[str, Channel]:
    """Every channel that is switched on, by name. Runs in a thread: it asks the key store."""
    built = {name: build(settings, safe, media) for name, build in CHANNELS.items()}
    return {name: channel for name, channel in built.items() if channel is not None}
