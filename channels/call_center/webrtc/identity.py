"""
Who we are to browsers (DTLS): one certificate and one OpenSSL context for all, new each day.

aiortc makes both anew for each connection, which costs some milliseconds and 40 kB; a browser checks nothing of the
certificate but the fingerprint in our answer. Like `inside` this knows private names of aiortc.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from aiortc import RTCCertificate, RTCPeerConnection
from OpenSSL import SSL


class SharedCertificate(RTCCertificate):
    """A certificate whose connections share a context: no session is kept in it, no buffer between two packets."""

    _context: SSL.Context | None = None

    def _create_ssl_context(self, srtp_profiles: Any) -> SSL.Context:
        if self._context is None:
            self._context = super()._create_ssl_context(srtp_profiles)
            self._context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
            self._context.set_mode(SSL.MODE_RELEASE_BUFFERS)
        return self._context


def identify(peer: RTCPeerConnection) -> None:
    """Let the connection, which has no transport yet, show the certificate of the day."""
    inside: Any = peer
    inside._RTCPeerConnection__certificates = [_of_day(datetime.now(UTC).date())]


@lru_cache(maxsize=1)
def _of_day(_day: date) -> SharedCertificate:
    return SharedCertificate.generateCertificate()
