"""Short ways to write instants and the Quảng Bình windows, used by the clock's tests."""

from __future__ import annotations

from datetime import datetime

from core.clock import VIETNAM, Allowance, parse


def at(text: str) -> datetime:
    """An instant in Vietnamese time: "2026-11-20 16:45"."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def quang_binh() -> Allowance:
    """QB-IV.1.1b as the pack writes it."""
    return parse(
        {
            "windows": [
                {"from": "06:00", "through": "22:00", "allow": "1h"},
                {"after": "22:00", "before": "06:00", "allow": "before 07:00"},
            ],
            "variants": {"board": "+30min", "emergency": "10min"},
        }
    )
