"""
What the linter says: one finding is one thing that somebody must look at, with the place where it was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Path = tuple[str, ...]


class Severity(StrEnum):
    """error: the pack would do something wrong or stop · warning: probably a slip, the pack still works."""

    ERROR = "error"
    WARNING = "warning"


class Kind(StrEnum):
    """What is wrong, as a stable word for scripts and tests."""

    SCHEMA = "schema"
    DANGLING = "dangling"
    UNKNOWN_RULE = "unknown_rule"
    RULE_NOT_CARRIED = "rule_not_carried"
    READING_UNKNOWN = "reading_unknown"
    STAGE_UNREACHABLE = "stage_unreachable"
    STAGE_WITHOUT_EXIT = "stage_without_exit"
    ENDLESS = "endless"
    ROLE_IDLE = "role_idle"
    FIELD_UNKNOWN = "field_unknown"
    EVENT_IDLE = "event_idle"
    CLOCK_MISSING = "clock_missing"
    CLOCK_NEVER_STARTS = "clock_never_starts"
    CLOCK_NEVER_STOPS = "clock_never_stops"
    CALENDAR_MISSING = "calendar_missing"
    TEMPLATE_MISSING = "template_missing"
    PLACEHOLDER_UNKNOWN = "placeholder_unknown"
    LETTER_SAYS_NOTHING = "letter_says_nothing"
    DUPLICATE = "duplicate"
    PUBLIC_FIELD_TELLS = "public_field_tells"
    AGENCY_ORPHAN = "agency_orphan"


@dataclass(frozen=True, order=True)
class Finding:
    """
    One finding.

    Args:
        path: keys from the top of the pack's document: ("moves", "accept", "to").
        message: an English sentence that names what was found and, where there is one, the way out.
        rules: rule ids of the entry concerned.
        place: "thua_thien_hue/moves.yaml:12: " where the pack was read from files, else empty.
    """

    severity: Severity
    path: Path
    kind: Kind
    message: str
    rules: tuple[str, ...] = ()
    place: str = ""

    def __str__(self) -> str:
        """One line for a terminal."""
        cited = f" [{', '.join(self.rules)}]" if self.rules else ""
        where = f"{self.place}{'.'.join(self.path)}: " if self.path else self.place
        return f"{self.severity.value}: {where}{self.message}{cited} ({self.kind.value})"


def error(kind: Kind, path: Path, message: str, rules: tuple[str, ...] = ()) -> Finding:
    """A finding that fails the check."""
    return Finding(Severity.ERROR, path, kind, message, rules)


def warning(kind: Kind, path: Path, message: str, rules: tuple[str, ...] = ()) -> Finding:
    """A finding that is shown and does not fail the check."""
    return Finding(Severity.WARNING, path, kind, message, rules)
