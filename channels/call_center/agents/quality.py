"""How good an agent's sound is: the worst of four figures counts."""

from __future__ import annotations

from typing import Final

from channels.call_center.agents.messages import Quality
from channels.call_center.agents.news import Level

LIMITS: Final = {"lost": (0.01, 0.04), "rtt_ms": (150, 300), "delay_ms": (80, 160), "concealed": (0.02, 0.06)}
"""Where good ends, where fair ends."""
_LEVELS: Final[tuple[Level, ...]] = ("good", "fair", "poor")


def level_of(told: Quality) -> Level:
    """One word for what a page has told."""
    figures: dict[str, float] = told.model_dump(include=set(LIMITS))
    return _LEVELS[max(sum(figures[name] >= limit for limit in limits) for name, limits in LIMITS.items())]
