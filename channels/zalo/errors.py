"""
The provider's error codes and what they mean for us; pure.

HTTP says 200 to nearly everything: what counts is `error` in the body. Source: Zalo's page "Phụ lục / mã lỗi" and, for
templates by phone (-100 to -199), the list of `zalopysdk` 0.1.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

from core.contract.errors import (
    ChannelMisconfigured,
    MessageInvalid,
    ProviderRefused,
    QuotaSpent,
    RecipientOptedOut,
    RecipientUnreachable,
    SendError,
    TemporarySendError,
    Throttled,
    WindowClosed,
)

EXPIRED = frozenset({-216, -220, -124})
"""The access token is not taken: renew once, then only a person can help."""
BUSY, NIGHT = -32, frozenset({-133, -234})
MINUTE = 60.0
_HERE = timezone(timedelta(hours=7))
_MORNING = 6

_MEANINGS: Mapping[type[SendError], frozenset[int]] = {
    TemporarySendError: frozenset({-200, -100}),  # -100: an uploaded file has expired; each try uploads again
    ChannelMisconfigured: frozenset(
        {-204, -205, -209, -212, -219, -221, -223, -224, -235, -242, -320, -321, -109, -131, -146}
    ),
    WindowClosed: frozenset({-230, -232}),
    QuotaSpent: frozenset({-211, -218, -115, -126, -144, -147, -160}),
    RecipientUnreachable: frozenset({-213, -217, -227, -108, -114, -118, -119, -139, -141}),
    RecipientOptedOut: frozenset({-244}),
    MessageInvalid: frozenset(
        {-201, -210, -214, -233, -237, -238, -240, -241, -248, -249, -403, -1340, -1341, -132}  # -240: v2 is closed
    ),
}
MEANINGS: Mapping[int, type[SendError]] = MappingProxyType(
    {code: kind for kind, codes in _MEANINGS.items() for code in codes}
)


def code_of(answer: Mapping[str, Any]) -> int:
    """The error code of an answer; 0 is success, and so is an answer without one."""
    given = answer.get("error", 0)
    try:
        return int(given)
    except (TypeError, ValueError):
        return -1


def failure(code: int, *, now: datetime) -> SendError:
    """The error to raise; the provider's own sentence stays out of it, which may repeat what we sent."""
    told = str(code)
    if code == BUSY:
        return Throttled("too many requests this minute", retry_after=MINUTE, provider_code=told)
    if code in NIGHT:
        return Throttled("not at night", retry_after=until_morning(now), provider_code=told)
    return MEANINGS.get(code, ProviderRefused)(f"refused with {told}", provider_code=told)


def until_morning(now: datetime) -> float:
    """Seconds until six o'clock in Việt Nam."""
    here = now.astimezone(_HERE)
    morning = here.replace(hour=_MORNING, minute=0, second=0, microsecond=0)
    return ((morning if here < morning else morning + timedelta(days=1)) - here).total_seconds()
