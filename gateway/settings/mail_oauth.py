"""Log-in at a hosted mailbox by access token (XOAUTH2)."""

from __future__ import annotations

from pydantic import Field, SecretStr

from gateway.settings.base import Section

TOKEN_URL = "https://login.microsoftonline.com/TENANT/oauth2/v2.0/token"  # noqa: S105 (an address)


class MailOAuth(Section):
    """
    Access tokens in place of passwords, for `imap` and for the relay wherever those name none; off without a token URL.

    The refresh token is had once, by whoever administers the mailbox; its successors are kept in the database.
    """

    token_url: str = Field(default="", description=f"{TOKEN_URL}, https://oauth2.googleapis.com/token")
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    refresh_token: SecretStr = SecretStr("")
    scope: str = Field(default="", description="empty: what the refresh token was granted")
