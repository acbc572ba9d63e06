"""
What a pack is held against beyond itself: the catalogue, the notices that can be written, the calendars.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.clock.calendar_data import DATA
from core.regulations.catalogue import Catalogue, load_catalogue


@dataclass(frozen=True)
class Context:
    """
    The rest of the project as the linter needs to know it.

    Args:
        catalogue: the rule ids that a pack may cite.
        calendars: names of the working calendars that are shipped.
        templates: names of the notices that can be written; None where there are none to compare with.
    """

    catalogue: Catalogue
    calendars: frozenset[str]
    templates: frozenset[str] | None = None


def shipped_context(*, templates: frozenset[str] | None = None) -> Context:
    """What the project itself ships; the templates come from whoever writes the notices."""
    return Context(load_catalogue(), frozenset(path.stem for path in DATA.glob("*.yaml")), templates)
