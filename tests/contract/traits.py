"""
What the suite tries on a channel because its provider can do it; `docs/channels.md` shows which, and why not.

What is tried on every channel alike (marks and none, repeats, damage …) is not listed: nobody can leave it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tests.contract.subject import Subject, Trouble

_TROUBLES = {
    "throttled": Trouble.THROTTLED,
    "error": Trouble.ERROR,
    "broken_answer": Trouble.BROKEN,
    "window": Trouble.WINDOW,
    "expired": Trouble.EXPIRED,
    "opted_out": Trouble.OPTED_OUT,
}


def _meets(trouble: Trouble) -> Callable[[Subject], bool]:
    return lambda subject: trouble in subject.failures


PROVED: Mapping[str, Callable[[Subject], bool]] = MappingProxyType(
    {
        "forged": lambda subject: bool(subject.forged),
        "altered": lambda subject: subject.signs_bytes,
        "unknown": lambda subject: bool(subject.unknown),
        "oversized": lambda subject: bool(subject.oversized),
        "encodings": lambda subject: bool(subject.encodings),
        "order": lambda subject: subject.ordered,
        "album": lambda subject: bool(subject.albums),
        "gone": lambda subject: bool(subject.gone),
        "huge": lambda subject: bool(subject.huge),
        "standing": lambda subject: bool(subject.standings),
        "slow": lambda subject: subject.impatient is not None,
        "cut": lambda subject: subject.provider is not None,
        **{name: _meets(trouble) for name, trouble in _TROUBLES.items()},
    }
)
"""Name in `gateway.channel_traits.TRIED` → whether the suite has something to try it with."""
