"""What a reporter is asked for, in the regulation's words, else in the dialogue's own."""

from __future__ import annotations

from collections.abc import Sequence

from core.intake.render import texts
from core.regulations.model import Pack
from core.service.regulation import intake_field


def labels_of(pack: Pack, fields: Sequence[str]) -> tuple[str, ...]:
    """Each field as it stands inside a sentence."""
    labels: dict[str, str] = {entry.field: entry.label for entry in pack.intake.required.values()}
    known = texts()
    return tuple(lowered(labels.get(name) or known[f"short.{intake_field(name)}"]) for name in fields)


def lowered(label: str) -> str:
    """As it stands inside a sentence: an abbreviation (CCCD) keeps its capitals."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
