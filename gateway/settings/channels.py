"""From the deployment's settings to each channel's own."""

from __future__ import annotations

from pydantic import SecretStr

from channels.email.settings import EmailSettings, RelaySettings
from gateway.settings.model import Email

_TLS = {"tls": "implicit"}


def email_settings(email: Email, *, token_secret: str) -> EmailSettings:
    """The mailbox as the channel wants it; without a relay it hears but cannot answer."""
    relay = None
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
    )
