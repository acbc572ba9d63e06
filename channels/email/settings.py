"""Everything about our mailbox that a province configures; immutable, checked once at start."""

from __future__ import annotations

import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

MAX_MAIL_BYTES = 35 * 1024 * 1024
MAX_SENT_FILES = 15 * 1024 * 1024
_ADDRESS = re.compile(r"[a-z0-9][a-z0-9._-]{0,19}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RelaySettings(_Frozen):
    """
    The server that takes our mails further; it signs (DKIM) and queues. Times are in seconds.

    With a `username` and no `password` the log-in is by access token (XOAUTH2).
    """

    host: str
    port: int = 587
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    username: str = ""
    password: SecretStr = SecretStr("")
    ca_file: str = Field(default="", description="Extra certificate authority (PEM) of a province's own relay")
    connect_seconds: float = Field(default=10, gt=0)
    send_seconds: float = Field(default=60, gt=0)


class ImapSettings(_Frozen):
    """
    A hosted mailbox that we read ourselves (IMAP). Times are in seconds.

    Without a `password` the log-in is by access token (XOAUTH2). `done_folder`: where mails go that we have; empty:
    they stay, marked as read. `idle_seconds` is under the ten minutes after which routers forget a silent connection.
    """

    host: str
    port: int = 993
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    username: str
    password: SecretStr = SecretStr("")
    folder: str = "INBOX"
    done_folder: str = ""
    ca_file: str = Field(default="", description="Extra certificate authority (PEM) of a province's own server")
    idle_seconds: float = Field(default=540, gt=0, lt=600)
    poll_seconds: float = Field(default=60, gt=0, description="Between looks where the server does not push")
    timeout: float = Field(default=30, gt=0)
    first_pause: float = Field(default=1, gt=0, description="After a failure; doubled each time up to the longest")
    longest_pause: float = Field(default=300, gt=0)


class OAuthSettings(_Frozen):
    """
    Where access tokens for the mailbox are had, in place of passwords (XOAUTH2). Times are in seconds.

    `refresh_token` is the one that an administrator was given for the mailbox; see README.
    """

    token_url: str
    client_id: str
    client_secret: SecretStr = SecretStr("")
    refresh_token: SecretStr
    scope: str = ""
    timeout: float = Field(default=20, gt=0)


class EmailSettings(_Frozen):
    """
    One mailbox of the gateway.

    `address` is the account; its local part is at most 20 characters, so that a signed plus-address stays within
    the 64 that RFC 5321 §4.5.3.1.1 promises. A port of 0 takes any free one; None switches that ear off.
    """

    address: str
    display_name: str = ""
    domain: str = Field(default="", description="Of Message-IDs and bounce addresses; empty: that of the address")
    aliases: tuple[str, ...] = Field(default=(), description="Further addresses that lead here, e.g. postmaster")
    smtp_host: str = "127.0.0.1"
    smtp_port: int | None = 8025
    lmtp_host: str = "127.0.0.1"
    lmtp_port: int | None = 8024
    max_bytes: int = Field(default=MAX_MAIL_BYTES, gt=0)
    max_sessions: int = Field(default=200, gt=0)
    session_seconds: float = Field(default=600, gt=0, description="A session with no command for so long is closed")
    stop_seconds: float = Field(default=10, gt=0, description="How long a stop waits for mails being received")
    tls_certificate: str = Field(default="", description="PEM files for STARTTLS on the SMTP port; empty: none")
    tls_key: str = ""
    token_secret: SecretStr
    old_token_secrets: tuple[SecretStr, ...] = Field(default=(), description="Still recognised after a rotation")
    trusted_authserv_ids: tuple[str, ...] = Field(
        default=(), description="authserv-ids of our own edge MTA, which strips foreign headers of that name"
    )
    relay: RelaySettings | None = None
    imap: ImapSettings | None = None
    oauth: OAuthSettings | None = Field(default=None, description="For each log-in that has no password")

    @field_validator("address")
    @classmethod
    def _check_address(cls, value: str) -> str:
        if not _ADDRESS.fullmatch(value.lower()):
            raise ValueError("a plain mail address with a local part of at most 20 letters, e.g. phananh@example.vn")
        return value.lower()

    @field_validator("aliases", "trusted_authserv_ids")
    @classmethod
    def _lower(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(value.strip().lower() for value in values)

    @field_validator("token_secret")
    @classmethod
    def _check_secret(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 16:
            raise ValueError("at least 16 characters, e.g. made by: openssl rand -hex 32")
        return value

    @model_validator(mode="after")
    def _check_tls(self) -> Self:
        if bool(self.tls_certificate) != bool(self.tls_key):
            raise ValueError("tls_certificate and tls_key belong together")
        return self

    @property
    def mail_domain(self) -> str:
        """The domain in our Message-IDs and bounce addresses."""
        return self.domain.lower() or self.address.partition("@")[2]

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """Secrets of our tokens, the one that signs first."""
        return tuple(secret.get_secret_value().encode() for secret in (self.token_secret, *self.old_token_secrets))
