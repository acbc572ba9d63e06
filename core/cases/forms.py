"""
How a field of a command is asked for: its Vietnamese label and the kind of input, for consoles and the API.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

InputKind = Literal[
    "text",
    "category",
    "urgency",
    "fields",
    "decline_reason",
    "cancel_reason",
    "diversion",
    "agency",
    "agencies",
    "unit",
    "person",
    "emergency_target",
    "outcome",
    "yes_no",
    "date",
    "moment",
    "files",
    "media",
    "case",
    "report",
    "clock",
    "level",
    "flag",
    "reference",
]
"""
What the person gives: words, or a choice whose list the pack, the agency tree or the case itself supplies.

files are stored keys of new evidence; media are stored keys chosen one by one from what the case already holds.
"""


@dataclass(frozen=True)
class Input:
    """Metadata of a command's field: what it is called and how it is filled in."""

    label: str
    kind: InputKind
