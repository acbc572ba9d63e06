"""
What a pack is held against beyond itself: the catalogue, the letters that can be written, the calendars.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.clock.calendar_data import DATA
from core.notify.letters import PLACEHOLDERS, staff_templates, templates
from core.regulations.catalogue import Catalogue, load_catalogue


@dataclass(frozen=True)
class Context:
    """
    The rest of the project as the linter needs to know it.

    Args:
        catalogue: the rule ids that a pack may cite.
        calendars: names of the working calendars that are shipped.
        templates: name of each letter to citizens → the placeholders that it uses.
        placeholders: those that somebody fills in.
        staff_templates: names of the notices to staff.
    """

    catalogue: Catalogue
    calendars: frozenset[str]
    templates: Mapping[str, frozenset[str]]
    placeholders: frozenset[str]
    staff_templates: frozenset[str] = frozenset()


def shipped_context() -> Context:
    """What the project itself ships."""
    return Context(
        catalogue=load_catalogue(),
        calendars=frozenset(path.stem for path in DATA.glob("*.yaml")),
        templates={name: template.holes for name, template in templates().items()},
        placeholders=PLACEHOLDERS,
        staff_templates=frozenset(staff_templates()),
    )
