"""What the channel needs; nothing here is read from the environment."""

from __future__ import annotations

from typing import Annotated

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ConfigDict, Field, SecretBytes, SecretStr, model_validator
from yarl import URL

from channels.base import THIS_MACHINE

HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)
"""Push services of the browsers in use; a name that begins with a dot means all below it."""


def is_here(origin: str) -> bool:
    """Whether an address is on this machine."""
    return (URL(origin).host or "") in THIS_MACHINE


class FcmSettings(BaseModel):
    """
    Firebase Cloud Messaging (HTTP v1), which rings apps on Android, and through Apple's service on iOS.

    Args:
        project_id, client_email, private_key, private_key_id: as in the file of a service account that may send
            messages (https://firebase.google.com/docs/cloud-messaging/auth-server).
        sandbox: origin of such a service on this machine; empty: Google's own.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    project_id: Annotated[str, Field(pattern=r"^[a-z0-9-]{4,40}$")]
    client_email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]
    private_key: SecretStr
    private_key_id: str = ""
    sandbox: str = ""

    @model_validator(mode="after")
    def _is_sound(self) -> FcmSettings:
        if self.sandbox and not is_here(self.sandbox):
            raise ValueError("sandbox: not on this machine")
        try:
            key = load_pem_private_key(self.private_key.get_secret_value().encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise ValueError("private_key: no private key in PEM") from None
        if not isinstance(key, RSAPrivateKey):
            raise ValueError("private_key: not an RSA key")
        return self


class WebPushSettings(BaseModel):
    """
    Our side of Web Push.

    Args:
        secret: 32 bytes of this deployment that the VAPID key is made from; another secret ends every subscription.
        contact: whom a push service may write to, `mailto:` or `https:` (RFC 8292 §2.1).
        title: over each notice, the office's name.
        hosts: push services that may be called at all: the address comes from the browser (SSRF).
        sandbox: origin of a push service on this machine; empty: none.
        fcm: for apps of telephones; None: only browsers are rung.
    """

    model_config = ConfigDict(frozen=True)

    secret: SecretBytes
    contact: Annotated[str, Field(pattern=r"^(mailto:[^@\s]+@[^@\s]+|https://\S+)$")]
    title: str
    hosts: tuple[str, ...] = HOSTS
    sandbox: str = ""
    fcm: FcmSettings | None = None

    @model_validator(mode="after")
    def _is_sound(self) -> WebPushSettings:
        if len(self.secret.get_secret_value()) != 32:
            raise ValueError("secret: 32 bytes")
        if self.sandbox and not is_here(self.sandbox):
            raise ValueError("sandbox: not on this machine")
        return self

    def allows(self, endpoint: str) -> bool:
        """Whether a push service may be called there."""
        try:
            address = URL(endpoint)
            port = address.explicit_port
        except ValueError:
            return False
        if self.sandbox and address.is_absolute() and address.origin() == URL(self.sandbox).origin():
            return True
        host = address.host or ""
        known = any(host == name or (name.startswith(".") and host.endswith(name)) for name in self.hosts)
        return address.scheme == "https" and port in {None, 443} and not address.user and known
