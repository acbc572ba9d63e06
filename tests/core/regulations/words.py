"""
What the tests of every pack's words share: stages, roles, limits and channels read as written, who hears of what.

Each takes what a pack says and what the decision says, and fails where they differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.regulations.model import Pack
from core.regulations.words import Level

Stages = Mapping[str, tuple[str, str, str, str]]
"""Stage → label, what the public reads, kind, owner."""

Told = list[tuple[str, str]]
"""(role, template) in order."""

NEW = ("receptionist", "task_new")
DESK: Told = [NEW, ("reporter", "case_accepted"), ("distributor", "task_new")]
"""Up to the acceptance: the desk of its work, the reporter of the turn."""

BEYOND_THE_TEXT = [
    ("zalo", "Zalo", "", True),
    ("telegram", "Telegram", "", True),
    ("facebook", "Facebook", "", True),
    ("email", "Thư điện tử", "", True),
    ("phone", "Điện thoại", "", True),
    ("sms", "Tin nhắn SMS", "", True),
]
"""Channels that a text which names its own does not know: name, label, address, marked."""

COORDINATION: Stages = {
    "asked": ("Chờ phối hợp", "", "open", "partner"),
    "accepted": ("Đang phối hợp", "", "open", "partner"),
    "supplied": ("Đã phối hợp", "", "done", ""),
    "refused": ("Từ chối phối hợp", "", "closed", ""),
}
"""Of packs whose text says nothing else about it."""


def check_stages(pack: Pack, level: Level, expected: Stages) -> None:
    """In order: the first is where a report begins."""
    stages = getattr(pack.stages, level)

    assert {name: (s.label, s.public, s.kind, s.owner) for name, s in stages.items()} == expected
    assert list(stages) == list(expected)


def check_roles(pack: Pack, expected: Mapping[str, tuple[str, str]]) -> None:
    """Role → label, where it stands."""
    assert {name: (role.label, role.level) for name, role in pack.roles.items()} == expected


def check_pressing(pack: Pack, clock: str, expected: tuple[Any, ...]) -> None:
    """Kind, role, limit, when warned and who, who hears that it is missed, what is offered."""
    spec = pack.clocks[clock]

    warned = tuple((item.at, item.tell) for item in spec.warnings)
    assert (spec.kind, spec.role, spec.allowance, warned, spec.breach.tell, spec.breach.offer) == expected


def check_hears(pack: Pack, clock: str, expected: Mapping[str, tuple[tuple[str, ...], ...]]) -> None:
    """What it hears: starts, restarts, pauses, runs on, stops, no longer applies; and there is no other limit."""
    spec = pack.clocks[clock]

    assert (spec.start, spec.restart, spec.pause, spec.resume, spec.stop, spec.void) == expected[clock]
    assert set(pack.clocks) == set(expected)


def check_channels(pack: Pack, expected: Sequence[tuple[str, str, str, bool]]) -> None:
    """Name, label, address, beyond the text; in the order in which people see them."""
    channels = pack.intake.channels

    assert [(name, item.label, item.address, item.beyond_text) for name, item in channels.items()] == list(expected)


def check_labels(entries: Mapping[str, Any], expected: Mapping[str, str]) -> None:
    """Entry → what people read of it: limits, reasons."""
    assert {name: entry.label for name, entry in entries.items()} == expected
