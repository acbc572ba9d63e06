"""Where letters, notices and the dialogue get their words from: ours, unless a deployment says it otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from core.notify.letters import Template, staff_templates, templates


class Words(Protocol):
    """The words in force. KeyError for a letter nobody wrote."""

    def letter(self, name: str) -> Template:
        """A letter to citizens."""
        ...

    def to_staff(self, name: str) -> Template | None:
        """A notice to staff; None: there is none of that name."""
        ...

    @property
    def said(self) -> Mapping[str, str] | None:
        """What the dialogue says, by dotted key; None: as it ships."""
        ...


class Shipped:
    """The words that ship with the product."""

    def letter(self, name: str) -> Template:
        """A letter to citizens."""
        return templates()[name]

    def to_staff(self, name: str) -> Template | None:
        """A notice to staff."""
        return staff_templates().get(name)

    @property
    def said(self) -> Mapping[str, str] | None:
        """As it ships."""
        return None
