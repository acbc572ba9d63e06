"""A deployment behind an edge mail server that checks senders and rates spam, and what it writes into a mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EDGE: Mapping[str, Any] = {"trusted_authserv": "edge.example.vn"}
"""Settings of the mail channel."""


def checked(*, dmarc: str = "pass", score: float | None = None) -> dict[str, str]:
    """Headers of the edge server: SPF and DKIM go the way of DMARC."""
    found = {"Authentication-Results": f"edge.example.vn; spf={dmarc}; dkim={dmarc}; dmarc={dmarc}"}
    return found if score is None else {**found, "X-Spam-Score": str(score)}
