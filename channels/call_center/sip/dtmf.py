"""Keys that come by signalling: INFO with application/dtmf-relay (Signal=, Duration=) or application/dtmf. Pure."""

from __future__ import annotations

import re

from channels.call_center.sip.wire import SipRequest

KEYS = "0123456789*#ABCD"
USUAL_MS = 160
_NUMBERED = {"10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D"}
_SIGNAL = re.compile(r"^\s*signal\s*=\s*(\S+)\s*$", re.IGNORECASE | re.MULTILINE)
_DURATION = re.compile(r"^\s*duration\s*=\s*(\d{1,5})\s*$", re.IGNORECASE | re.MULTILINE)


def read(request: SipRequest) -> tuple[str, int] | None:
    """The key and its length in milliseconds; None when it is not about a key."""
    kind = (request.get_header("content-type") or "").split(";", 1)[0].strip().lower()
    if kind not in ("application/dtmf-relay", "application/dtmf") or len(request.body) > 200:
        return None
    text = request.text
    relay = _SIGNAL.search(text)
    told = relay[1] if relay else text.strip()
    key = _NUMBERED.get(told, told.upper())
    length = _DURATION.search(text)
    return (key, int(length[1]) if length else USUAL_MS) if len(key) == 1 and key in KEYS else None
