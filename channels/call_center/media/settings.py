"""What the sound of calls needs to know of a deployment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """
    `advertised`: the address in our SDP where it is not the one we are bound to. `behind_nat`: callers' sound may come
    from another address than their SDP says. `most_legs`: beyond, new legs are refused; beyond
    `crowd`, also while the clock's p99 is later than `latest_ms`. With fewer it is the machine that is late, not the
    calls: refusing callers would help nobody, and a call with a rough sound is better than none.
    """

    advertised: str = ""
    behind_nat: bool = False
    most_legs: int = 240
    latest_ms: float = 20.0
    crowd: int = 60
