"""
Letters to citizens and notices to staff: a template, its placeholders filled in from a closed set.

The words live in `templates/vi.yaml` and `templates/staff_vi.yaml`. A placeholder that is not in the closed set, or a
template that a pack names and nobody wrote, fails a test.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

PLACEHOLDERS = frozenset(
    {
        *("code", "link", "office", "hotline", "answer", "reason", "note", "fields", "date", "agencies", "ratings"),
        *("stage", "next"),
    }
)
STAFF_PLACEHOLDERS = frozenset({"code", "task", "agency", "due", "link"})
"""What a notice to staff may say: nothing that a reporter or a colleague wrote."""

HOLE = re.compile(r"\{([a-z_]+)\}")
"""What is filled in, as {code}."""
_FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Letter:
    """What goes out: `subject` is used by channels that have one, `status` by a provider's approved templates."""

    subject: str
    text: str
    status: str = ""


@dataclass(frozen=True)
class Template:
    """A letter with holes; `status`: what has become of the report, in at most 30 characters."""

    subject: str
    text: str
    status: str = ""

    @property
    def holes(self) -> frozenset[str]:
        """Names of the placeholders it uses."""
        return frozenset(HOLE.findall(self.subject + self.text))

    def fill(self, values: Mapping[str, str]) -> Letter:
        """The letter; a line whose only placeholder is empty is left out. KeyError for a missing value."""
        lines = [_fill(line, values) for line in self.text.strip().splitlines() if not _is_void(line, values)]
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
        return Letter(_fill(self.subject, values), text, self.status)


@cache
def templates() -> Mapping[str, Template]:
    """Every letter to citizens by name."""
    return _read("vi.yaml")


@cache
def staff_templates() -> Mapping[str, Template]:
    """Every notice to staff by name."""
    return _read("staff_vi.yaml")


def _read(name: str) -> Mapping[str, Template]:
    raw = YAML(typ="safe", pure=True).load(_FOLDER / name)
    return {name: Template(entry["subject"], entry["text"], entry.get("status", "")) for name, entry in raw.items()}


def _fill(line: str, values: Mapping[str, str]) -> str:
    return HOLE.sub(lambda hole: values[hole[1]], line)


def _is_void(line: str, values: Mapping[str, str]) -> bool:
    holes = HOLE.findall(line)
    return bool(holes) and not any(values[hole] for hole in holes)
