"""The categories of a regulation as labels of a sorter."""

from __future__ import annotations

from core.regulations.model import Pack
from core.triage.sorter import Label


def labels_of(pack: Pack) -> tuple[Label, ...]:
    """Those in use, with their topics and the regulation's own words for them."""
    return tuple(
        Label(name, category.topics, category.keywords)
        for name, category in pack.intake.categories.items()
        if category.active
    )
