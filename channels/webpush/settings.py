"""What the channel needs; nothing here is read from the environment."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretBytes, model_validator
from yarl import URL

HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)
"""Push services of the browsers in use; a name that begins with a dot means all below it."""


class WebPushSettings(BaseModel):
    """
    Our side of Web Push.

    Args:
        secret: 32 bytes of this deployment that the VAPID key is made from; another secret ends every subscription.
        contact: whom a push service may write to, `mailto:` or `https:` (RFC 8292 §2.1).
        title: over each notice, the office's name.
        hosts: push services that may be called at all: the address comes from the browser (SSRF).
        sandbox: origin of a push service on this machine; empty: none.
    """

    model_config = ConfigDict(frozen=True)

    secret: SecretBytes
    contact: Annotated[str, Field(pattern=r"^(mailto:[^@\s]+@[^@\s]+|https://\S+)$")]
    title: str
    hosts: tuple[str, ...] = HOSTS
    sandbox: str = ""

    @model_validator(mode="after")
    def _is_sound(self) -> WebPushSettings:
        if len(self.secret.get_secret_value()) != 32:
            raise ValueError("secret: 32 bytes")
        if self.sandbox and (URL(self.sandbox).host or "") not in {"127.0.0.1", "::1", "localhost"}:
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
