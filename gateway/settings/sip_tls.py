"""SIP over TLS: certificates of the hotline."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from core.contract.errors import ConfigError
from gateway.settings.base import Port, Section


class SipTls(Section):
    """
    For trunks whose `transport` is tls. Files are PEM.

    With `certificate` and `key` others can connect to `port`, too; without them only we connect to them. `ca` is whose
    certificates we believe; empty: those that the system believes.
    """

    port: Port = 5061
    certificate: str = ""
    key: str = ""
    ca: str = Field(default="", description="file of authorities; empty: the system's")

    def mistakes(self) -> Iterator[ConfigError]:
        """What is missing."""
        if bool(self.certificate) != bool(self.key):
            missing = "key" if self.certificate else "certificate"
            yield ConfigError(f"call_center.tls.{missing}", "is missing", example="/etc/langnghe/sip.pem")
        for name in ("certificate", "key", "ca"):
            path = getattr(self, name)
            if path and not Path(path).is_file():
                yield ConfigError(
                    f"call_center.tls.{name}", f"there is no file {path}", example="/etc/langnghe/sip.pem"
                )
