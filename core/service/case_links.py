"""
A link that opens one case for one official, without a password: what a notice by SMS or mail carries.

Nothing is kept for it: it names the official, the case and the hour of its end, with a keyed hash over them. It is
worth what its reader may do at that moment: who has left, or has no part in the case any more, opens nothing with it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.service.safe import Safe

PATTERN = "[A-Za-z0-9_-]{70}"
LASTS = timedelta(hours=72)
"""Product default: a long weekend."""
_PURPOSE = "case-link"
_ID, _END, _PROOF = 16, 4, 16


@dataclass(frozen=True)
class Opened:
    """Whose link it is, and for which case."""

    user_id: str
    case_id: str


class CaseLinks:
    """Makes links and reads them. `page`: the address under which they are opened, without a slash at its end."""

    def __init__(self, safe: Safe, *, page: str, now: Callable[[], datetime]) -> None:
        self._safe, self._page, self._now = safe, page, now

    def address(self, *, user_id: str, case_id: str) -> str:
        """The address for one official about one case, good for `LASTS` from now."""
        ends = int((self._now() + LASTS).timestamp())
        named = bytes.fromhex(user_id) + bytes.fromhex(case_id) + ends.to_bytes(_END, "big")
        token = base64.urlsafe_b64encode(named + self._proof(named)).decode().rstrip("=")
        return f"{self._page}/{token}"

    def open(self, token: str) -> Opened | None:
        """None where the link was never ours or has ended, without telling which."""
        try:
            read = base64.b64decode(token + "==", altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        named, proof = read[: 2 * _ID + _END], read[2 * _ID + _END :]
        if len(proof) != _PROOF or not hmac.compare_digest(proof, self._proof(named)):
            return None
        ends = datetime.fromtimestamp(int.from_bytes(named[2 * _ID :], "big"), UTC)
        if self._now() >= ends:
            return None
        return Opened(named[:_ID].hex(), named[_ID : 2 * _ID].hex())

    def _proof(self, named: bytes) -> bytes:
        return bytes.fromhex(self._safe.blind.other(_PURPOSE, named.hex()))[:_PROOF]
