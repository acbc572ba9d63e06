"""From the deployment's settings to each channel's own."""

from __future__ import annotations

from pydantic import SecretStr

from channels.email.settings import EmailSettings, ImapSettings, OAuthSettings, RelaySettings
from channels.facebook.settings import FacebookSettings, Template
from channels.telegram.settings import TelegramSettings
from core.contract.schema import Purpose
from gateway.settings.model import Settings

_TLS = {"tls": "implicit"}


def email_settings(settings: Settings, *, token_secret: str) -> EmailSettings:
    """The mailbox as the channel wants it; without a relay it hears but cannot answer."""
    email, relay = settings.email, None
    if email.relay_host:
        relay = RelaySettings.model_validate(
            {
                "host": email.relay_host,
                "port": email.relay_port,
                "tls": _TLS.get(email.relay_tls, email.relay_tls),
                "username": email.relay_user,
                "password": email.relay_password,
            }
        )
    return EmailSettings(
        address=email.address,
        display_name=email.display_name,
        smtp_host=email.host,
        smtp_port=email.smtp_port,
        lmtp_host=email.host,
        lmtp_port=email.lmtp_port,
        token_secret=SecretStr(token_secret),
        trusted_authserv_ids=(email.trusted_authserv,) if email.trusted_authserv else (),
        relay=relay,
        imap=_imap_settings(settings),
        oauth=OAuthSettings.model_validate(settings.mail_oauth.model_dump()) if settings.mail_oauth.token_url else None,
    )


def _imap_settings(settings: Settings) -> ImapSettings | None:
    """The mailbox as the channel wants it; None where none is named."""
    ours = settings.imap
    if not ours.host:
        return None
    shared = ours.model_dump(include={"host", "port", "password", "folder", "done_folder"})
    own = {"tls": _TLS.get(ours.tls, ours.tls), "username": ours.user or settings.email.address}
    return ImapSettings.model_validate(shared | own)


def facebook_settings(settings: Settings) -> FacebookSettings:
    """The app and its Pages as the channel wants them. Raises pydantic's ValidationError."""
    ours = settings.facebook
    named: tuple[tuple[Purpose, str, tuple[str, ...]], ...] = (
        ("notice", ours.notice_template, ours.notice_fields),
        ("bulletin", ours.bulletin_template, ours.bulletin_fields),
    )
    return FacebookSettings(
        app_id=ours.app_id,
        app_secret=ours.app_secret,
        old_app_secrets=(ours.old_app_secret,) if ours.old_app_secret.get_secret_value() else (),
        verify_token=ours.verify_token,
        pages=ours.pages,
        graph_url=ours.graph_url,
        version=ours.version,
        human_agent=ours.human_agent,
        templates={purpose: Template(name=name, fields=fields) for purpose, name, fields in named if name},
        comments=ours.comments,
        other_tools=frozenset(ours.other_tools),
    )


def telegram_settings(settings: Settings, *, hook_secret: str) -> TelegramSettings:
    """The bot as the channel wants it; called by Telegram where that is wished, or possible."""
    ours = settings.telegram
    called = ours.updates == "webhook" or (ours.updates == "auto" and settings.public_url.startswith("https://"))
    return TelegramSettings(
        token=ours.token,
        hook_secret=SecretStr(hook_secret),
        hook_url=f"{settings.public_url.rstrip('/')}/hooks/telegram" if called else "",
        api_url=ours.api_url,
    )
