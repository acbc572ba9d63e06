"""
The provider's error codes and what they mean for us; pure.

`{"error": {"code", "error_subcode", "is_transient", "fbtrace_id"}}`; a code with its subcode goes before the code.
Source: Messenger Platform, Error codes (2026-06-25); Graph API, Handling errors; Rate limiting (2026-03-23).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels.facebook.batch import inner
from channels.facebook.usage import Usage
from core.contract.errors import (
    ChannelMisconfigured,
    MessageInvalid,
    NeedsReauth,
    OutcomeUnknown,
    ProviderRefused,
    RecipientUnreachable,
    SendError,
    TemporarySendError,
    Throttled,
    WindowClosed,
)

Code = tuple[int, int]
RATE_PAUSE = 60.0
"""Seconds to wait where the provider does not say when the rate allows more."""
RATE = frozenset({4, 17, 32, 341, 613, 80001, 80006})
_TRANSIENT = frozenset({1, 2})
NO_PRIVATE_REPLY = "100/2534025"

MEANINGS: Mapping[Code, type[SendError]] = {
    (190, 0): NeedsReauth,
    (102, 0): NeedsReauth,
    (10, 0): NeedsReauth,  # a permission is missing
    (200, 0): NeedsReauth,
    (10, 2018278): WindowClosed,
    (10, 2018065): WindowClosed,
    (10, 2534022): WindowClosed,
    (10900, 0): WindowClosed,  # the comment has had its one private answer
    (551, 0): RecipientUnreachable,
    (551, 1545041): RecipientUnreachable,  # "person unavailable"; elsewhere explained as a closed window
    (200, 1545041): RecipientUnreachable,
    (10, 2018108): RecipientUnreachable,
    (100, 2018001): RecipientUnreachable,  # no such person
    (100, 2534025): RecipientUnreachable,  # this comment can get no private answer
    (10, 2018300): ProviderRefused,  # another app has the thread
    (100, 2018300): ProviderRefused,
    (10, 1893063): ChannelMisconfigured,  # the Page is restricted
    (2022, 0): ChannelMisconfigured,
    (100, 0): MessageInvalid,
    (100, 2018008): MessageInvalid,
    (100, 2018047): MessageInvalid,
    (100, 2018109): MessageInvalid,
    (100, 2018294): MessageInvalid,
}


def translate(answer: Mapping[str, Any], *, status: int, usage: Usage) -> SendError:
    """Which of our errors an answer is that is no success. It repeats nothing of what was sent."""
    error = inner(answer, "error")
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    told = f"{code}/{subcode}" if subcode else str(code or status)
    detail = f"the provider refused ({told}, trace {_trace(error)})"
    if code in RATE or (code == 0 and status == 429):
        return Throttled(detail, retry_after=usage.regained_in or RATE_PAUSE, provider_code=told)
    if code == 0 and status >= 500:
        return OutcomeUnknown(detail, provider_code=told)
    if "appsecret_proof" in str(error.get("message", "")):
        return ChannelMisconfigured(detail, provider_code=told)
    known = MEANINGS.get((code, subcode)) or (None if error.get("is_transient") else MEANINGS.get((code, 0)))
    if known is None and (code in _TRANSIENT or error.get("is_transient")):
        return TemporarySendError(detail, provider_code=told)
    return (known or ProviderRefused)(detail, provider_code=told)


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _trace(error: Mapping[str, Any]) -> str:
    """The id by which the provider's support finds the call."""
    trace = error.get("fbtrace_id")
    return trace[:40] if isinstance(trace, str) and trace.isascii() and trace.isprintable() else "-"
