"""
The one list of channels. A new channel is a folder under `channels/`, and a builder and a line here.

Imports are lazy: a process loads the libraries of the channels it runs, and no others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from core.contract.ports import Channel, MediaStore
from core.service.safe import Safe
from core.storage.database import Database
from gateway.settings import Settings


@dataclass(frozen=True)
class Supplies:
    """What channels are built from; `now` is the deployment's clock."""

    settings: Settings
    safe: Safe
    media: MediaStore
    database: Database
    now: Callable[[], datetime]


Builder = Callable[[Supplies], Channel | None]


def _web(given: Supplies) -> Channel:
    from channels.web.adapter import WebChannel

    return WebChannel(secret=given.safe.keys.system_secret("web-form"))


def _app(given: Supplies) -> Channel:
    from channels.app.adapter import AppChannel

    return AppChannel(secret=given.safe.keys.system_secret("app-form"))


def _partner(given: Supplies) -> Channel:
    from channels.partner.adapter import PartnerChannel

    return PartnerChannel(secret=given.safe.keys.system_secret("partner-form"))


def _email(given: Supplies) -> Channel | None:
    if not given.settings.email.enabled:
        return None
    from channels.email.adapter import EmailChannel
    from channels.email.oauth import MailTokens
    from core.service.provider_tokens import SealedTokens
    from gateway.lease import DatabaseLease
    from gateway.mailmarks import StoredMarks
    from gateway.settings.channels import email_settings

    token_secret = given.safe.keys.system_secret("mail-token").hex()
    settings = email_settings(given.settings, token_secret=token_secret)
    mailbox = f"{settings.imap.username}@{settings.imap.host}" if settings.imap else ""
    store = SealedTokens(given.database, safe=given.safe, channel="email", now=given.now)
    oauth = settings.oauth
    return EmailChannel(
        settings,
        media=given.media,
        tokens=MailTokens(oauth, store, account=settings.address, now=given.now) if oauth else None,
        progress=StoredMarks(given.database, mailbox),
        lease=DatabaseLease(given.database, "listen/email", now=given.now),
        clock=given.now,
    )


def _telegram(given: Supplies) -> Channel | None:
    if not given.settings.telegram.token.get_secret_value():
        return None
    from channels.telegram.adapter import TelegramChannel
    from gateway.lease import DatabaseLease
    from gateway.settings.channels import telegram_settings

    hook_secret = given.safe.keys.system_secret("telegram-hook").hex()
    settings = telegram_settings(given.settings, hook_secret=hook_secret)
    lease = DatabaseLease(given.database, f"listen/telegram/{settings.bot_id}", now=given.now)
    return TelegramChannel(settings, media=given.media, lease=lease, clock=given.now)


def _facebook(given: Supplies) -> Channel | None:
    if not given.settings.facebook.app_id:
        return None
    from channels.facebook.adapter import FacebookChannel
    from gateway.settings.channels import facebook_settings

    return FacebookChannel(facebook_settings(given.settings), media=given.media, clock=given.now)


def _zalo(given: Supplies) -> Channel | None:
    from gateway.settings.zalo import zalo_settings

    settings = zalo_settings(given.settings)
    if settings is None:
        return None
    from channels.zalo.adapter import ZaloChannel
    from core.service.provider_tokens import SealedTokens

    tokens = SealedTokens(given.database, safe=given.safe, channel="zalo", now=given.now)
    return ZaloChannel(settings, tokens=tokens, media=given.media, clock=given.now)


def _sms(given: Supplies) -> Channel | None:
    from gateway.settings.sms import sms_settings

    settings = sms_settings(given.settings)
    if settings is None:
        return None
    from channels.sms.adapter import open_sms

    return open_sms(settings, clock=given.now)


def _webpush(given: Supplies) -> Channel | None:
    if not given.settings.push.contact:
        return None
    from channels.webpush.adapter import WebPushChannel
    from core.service.devices import SealedDevices
    from gateway.settings.push import push_settings

    settings = push_settings(given.settings, secret=given.safe.keys.system_secret("webpush-vapid"))
    devices = SealedDevices(given.database, safe=given.safe, now=given.now)
    return WebPushChannel(settings, devices=devices, clock=given.now)


def _call_center(given: Supplies) -> Channel | None:
    if not given.settings.takes_calls:
        return None
    from channels.call_center.adapter import CallCenterChannel
    from channels.call_center.calling_people import CallingChannel
    from channels.call_center.spools import Spools
    from channels.call_center.twilio.client import VoiceClient
    from core.identity.codes import hash_pin
    from gateway.settings.call_twilio import voice_settings
    from gateway.telephony.errand_line import ErrandLine, manners_of
    from gateway.telephony.paths import spool_folders

    key, data, ours = given.safe.keys.system_secret("pin"), given.settings.data, given.settings.call_center
    voice = voice_settings(given.settings)
    calling = partial(CallingChannel, errands=ErrandLine(data), manners=manners_of(ours.outgoing))
    channel = calling if ours.calls_out else CallCenterChannel
    return channel(
        secret=given.safe.keys.system_secret("calls"),
        spool=Spools(lambda: spool_folders(data).values(), private=given.safe.keys.system_secret("calls-seal")),
        hash_pin=lambda pin, code: hash_pin(pin, code=code, key=key),
        awaited=given.settings.awaits_calls,
        nodes=ours.fleet.nodes,
        tapes=VoiceClient(voice) if voice else None,
    )


CHANNELS: dict[str, Builder] = {
    "web": _web,
    "app": _app,
    "partner": _partner,
    "email": _email,
    "telegram": _telegram,
    "zalo": _zalo,
    "facebook": _facebook,
    "sms": _sms,
    "webpush": _webpush,
    "call_center": _call_center,
}


def build_channels(given: Supplies) -> dict[str, Channel]:
    """Every channel that is switched on, by name. Runs in a thread: it asks the key store."""
    built = {name: build(given) for name, build in CHANNELS.items()}
    return {name: channel for name, channel in built.items() if channel is not None}
