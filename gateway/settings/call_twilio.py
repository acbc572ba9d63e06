"""The hotline's line at Twilio: what is set, what of it is wrong, and how the channel wants it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from channels.base import THIS_MACHINE
from core.contract.errors import ConfigError
from gateway.settings.base import Names, Port, Section

if TYPE_CHECKING:
    from channels.call_center.twilio.settings import VoiceSettings
    from gateway.settings.model import Settings

VOICE = "Google.vi-VN-Standard-A"
_EXAMPLES = {
    "account_sid": "AC00000000000000000000000000000001",
    "auth_token": "file:/run/secrets/twilio-token",
    "numbers": 'numbers = ["+842300000000"]',
    "base_url": "https://api.twilio.com",
    "stream_url": "wss://tongdai.example.vn/hooks/twilio/AC00000000000000000000000000000001/stream",
}
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


class CallTwilio(Section):
    """
    A line at Twilio (Programmable Voice); off without an account.

    `numbers` are ours there (E.164): all are answered, the first is shown on our own calls. Sound comes by a websocket
    to `/hooks/twilio/<account>/stream` and is passed on to the telephony process; with `stream_port` that listens
    itself, and a proxy that knows (`stream_url`) spares the web process the work. `when_full`: what callers hear while
    all `channels` are taken. `voice` speaks where no telephony process can: "recorded" messages are fetched from there.
    """

    account_sid: str = ""
    auth_token: SecretStr = SecretStr("")
    old_auth_token: SecretStr = SecretStr("")
    key_sid: str = ""
    key_secret: SecretStr = SecretStr("")
    numbers: Names = ()
    channels: int = Field(default=30, ge=1, le=2000)
    when_full: Literal["record", "busy"] = "record"
    voice: str = VOICE
    stream_host: str = "127.0.0.1"
    stream_port: Port = 0
    stream_url: str = ""
    base_url: str = "https://api.twilio.com"


def voice_settings(settings: Settings) -> VoiceSettings | None:
    """The line as the channel wants it; None where there is none."""
    ours = settings.call_center.twilio
    if not ours.account_sid:
        return None
    from channels.call_center.twilio.settings import VoiceSettings
    from channels.twilio import Account

    public = settings.public_url.rstrip("/")
    hooks = f"{public}/hooks/twilio/{ours.account_sid}"
    return VoiceSettings(
        account=Account(ours.account_sid, ours.auth_token, ours.old_auth_token, ours.key_sid, ours.key_secret),
        numbers=ours.numbers,
        hooks=hooks,
        streams=ours.stream_url.rstrip("/") or f"ws{hooks.removeprefix('http')}/stream",
        channels=ours.channels,
        rejects=ours.when_full == "busy",
        voice=ours.voice,
        node=settings.call_center.fleet.node,
        base_url=ours.base_url,
    )


def voice_mistakes(settings: Settings) -> list[ConfigError]:
    """A line of which something is missing, or that Twilio could not call."""
    ours = settings.call_center.twilio
    if not ours.account_sid:
        untouched = ours == CallTwilio(base_url=ours.base_url)
        return [] if untouched else [_mistake("account_sid", "missing, while others are given")]
    found = [
        _mistake(name, "missing, while call_center.twilio.account_sid is given")
        for name, value in (("auth_token", ours.auth_token.get_secret_value()), ("numbers", ours.numbers))
        if not value
    ]
    found += [_mistake("numbers", f"not E.164: {one}") for one in ours.numbers if not _NUMBER.fullmatch(one)]
    if not _is_safe(ours.base_url, "https"):
        found.append(_mistake("base_url", "not an https address"))
    if ours.stream_url and not _is_safe(ours.stream_url, "wss"):
        found.append(_mistake("stream_url", "not a wss address: Twilio opens no other"))
    if settings.mode == "production" and urlsplit(settings.public_url).scheme != "https":
        problem = "Twilio brings sound to https addresses only, and it signs hooks over this one"
        found.append(ConfigError("public_url", problem, example="https://phananh.example.vn"))
    return found


def _mistake(name: str, problem: str) -> ConfigError:
    return ConfigError(f"call_center.twilio.{name}", problem, example=_EXAMPLES[name])


def _is_safe(address: str, scheme: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == scheme or (parts.scheme == scheme[:-1] and parts.hostname in THIS_MACHINE)
