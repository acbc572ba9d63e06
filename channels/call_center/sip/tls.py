"""SIP over TLS (RFC 3261 §26.2): whom we believe, and what we show."""

from __future__ import annotations

import ssl
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """
    Certificates of the endpoint; files are PEM.

    `certificate` with `key` is what we show: to those who connect to `port`, and to carriers that ask for it; without
    them nobody can connect to us, and calls over lines that we have opened ourselves come all the same. `ca` says
    whose certificates of others we believe; empty: those that the system believes.
    """

    port: int = 5061
    certificate: str = ""
    key: str = ""
    ca: str = ""

    @property
    def listens(self) -> bool:
        """Whether others can connect to us."""
        return bool(self.certificate)


def towards(tls: Tls) -> ssl.SSLContext:
    """For connections of ours: the other side has to be who it says. Raises: OSError: a file cannot be read."""
    made = ssl.create_default_context(cafile=tls.ca or None)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.certificate:
        made.load_cert_chain(tls.certificate, tls.key or None)
    return made


def listening(tls: Tls) -> ssl.SSLContext:
    """
    For connections of others, whose addresses the trunks list. Raises: OSError: a file cannot be read.

    No certificate is asked of them: carriers seldom have one of their own for us.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_cert_chain(tls.certificate, tls.key or None)
    return made
