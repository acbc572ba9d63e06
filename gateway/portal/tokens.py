"""
Small sealed notes that travel through the citizen's own browser: hidden form fields and short cookies.

Encrypted and authenticated under one secret of the deployment and bound to what they are for, so that none can be
read, changed, or used in another place. They carry their time of issue; whoever opens one says how old it may be.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.privacy.errors import Tampered
from core.privacy.vault import decrypt, encrypt


@dataclass(frozen=True)
class Note:
    """What an opened note says, and when it was written."""

    issued_at: datetime
    values: Mapping[str, Any]


class Notes:
    """Writes and opens notes. `key`: 32 bytes, a system secret of the deployment."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "Notes()"

    def write(self, purpose: str, values: Mapping[str, Any], *, now: datetime) -> str:
        """A note for one purpose, safe in a cookie and in an attribute."""
        body = json.dumps([int(now.timestamp()), dict(values)], ensure_ascii=False, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(encrypt(self._key, body, _binding(purpose))).decode().rstrip("=")

    def open(self, purpose: str, note: str, *, now: datetime, longest: timedelta) -> Note | None:
        """What it says; None where it is missing, forged, meant for something else or too old."""
        try:
            sealed = base64.b64decode(note.encode() + b"=" * (-len(note) % 4), altchars=b"-_", validate=True)
            issued, values = json.loads(decrypt(self._key, sealed, _binding(purpose)))
        except (Tampered, binascii.Error, ValueError):
            return None
        at = datetime.fromtimestamp(issued, UTC)
        return Note(at, values) if now - at <= longest else None


def _binding(purpose: str) -> bytes:
    return b"langnghe/portal/v1:" + purpose.encode()
