"""What another system answers where it does not take something: kept as the reason, so that people see what to mend."""

from __future__ import annotations

import json
import re

from channels.http import Reply
from core.contract.errors import ProviderRefused, TemporarySendError

_CODE = re.compile(r"[a-z0-9_]{1,60}")


class NotTaken(TemporarySendError):
    """Not now: `code` names the status, and theirs where it has one, as `http_401 signature_stale`."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("not taken", provider_code=str(reply.status))
        self.code = reason_of(reply)


class NeverTaken(ProviderRefused):
    """Refused for good; `code` as of `NotTaken`."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("refused for good", provider_code=str(reply.status))
        self.code = reason_of(reply)


def reason_of(reply: Reply) -> str:
    """The status, and the stable code of a problem (RFC 9457) where the body is one of ours."""
    try:
        told = json.loads(reply.body)
    except (ValueError, RecursionError):
        told = None
    code = told.get("code") if isinstance(told, dict) else None
    named = code if isinstance(code, str) and _CODE.fullmatch(code) else ""
    return f"http_{reply.status} {named}".strip()
