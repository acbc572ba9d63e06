"""When the certificate ends that a citizen's browser is shown."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509

_PATIENCE = 10.0


async def served_until(url: str) -> datetime | None:
    """
    The end of the certificate at an https address, aware; None for http and where nobody answers.

    Asked without checking it: one that has ended must be seen as well, and nothing is said over the connection.
    """
    place = urlsplit(url)
    if place.scheme != "https" or not place.hostname:
        return None
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_PATIENCE):
            _, writer = await asyncio.open_connection(
                place.hostname, place.port or 443, ssl=context, server_hostname=place.hostname
            )
            try:
                found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            finally:
                writer.close()
        return x509.load_der_x509_certificate(found).not_valid_after_utc if found else None
    return None
