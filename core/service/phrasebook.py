"""
What this deployment says in its own words instead of ours: letters to citizens, notices to staff, the dialogue.

In force at once, in every process soon. Every wording is a version that stays, with who wrote it and when; going back
to ours is a version too. What a wording has to keep stands in `own_words`.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from core.contract.errors import CaseError, VersionConflict
from core.intake.render import texts
from core.notify.letters import Template, staff_templates, templates
from core.service.own_words import Shelf, Wording, objections, ours_of, shipped
from core.storage import settings
from core.storage.database import Database

log = structlog.get_logger()

_PREFIX = "words:"


@dataclass(frozen=True)
class Version:
    """One wording in the history of a text; `wording` None: back to ours."""

    number: int
    wording: Wording | None
    by: str
    at: datetime


class WordingRefused(CaseError):
    """The wording would not do; `vi` says why, for whoever wrote it."""

    code = "wording_refused"

    def __init__(self, *reasons: str) -> None:
        super().__init__(f"refused for {len(reasons)} reasons")
        self.reasons = reasons
        self.vi = " ".join(reasons)


class Phrasebook:
    """The words in force (`core.notify.words.Words`), and the way to change them."""

    def __init__(self) -> None:
        self.changed: Callable[[], None] = lambda: None
        self._turn({})

    def _turn(self, stored: Mapping[str, Any]) -> None:
        self._stored = stored
        self._own = _in_force(stored)
        said = {name: wording.text for (shelf, name), wording in self._own.items() if shelf is Shelf.TALK}
        self._said = ChainMap(said, texts()) if said else None  # type: ignore[arg-type]  # never written to

    def letter(self, name: str) -> Template:
        """A letter to citizens. KeyError."""
        return self._template(Shelf.LETTER, name, templates()[name])

    def to_staff(self, name: str) -> Template | None:
        """A notice to staff; None: there is none of that name."""
        ours = staff_templates().get(name)
        return self._template(Shelf.STAFF, name, ours) if ours else None

    @property
    def said(self) -> Mapping[str, str] | None:
        """What the dialogue says; None: as it ships."""
        return self._said

    def _template(self, shelf: Shelf, name: str, ours: Template) -> Template:
        own = self._own.get((shelf, name))
        return Template(own.subject, own.text, ours.status) if own else ours

    def wording(self, shelf: Shelf, name: str) -> Wording:
        """What is in force. NotFound."""
        return self._own.get((shelf, name)) or ours_of(shelf, name)

    def is_own(self, shelf: Shelf, name: str) -> bool:
        """The deployment says it in its own words."""
        return (shelf, name) in self._own

    def versions(self, shelf: Shelf, name: str) -> list[Version]:
        """Every wording it ever had here, the newest first."""
        start = f"{shelf}:{name}:"
        return [_version(key, self._stored[key]) for key in sorted(self._stored, reverse=True) if key.startswith(start)]

    async def refresh(self, database: Database) -> int:
        """Look what was written; 1 if something was."""
        found = await database.read(partial(settings.under, prefix=_PREFIX))
        if len(found) == len(self._stored):
            return 0
        self._turn(found)
        return 1

    async def write(
        self, database: Database, shelf: Shelf, name: str, *, wording: Wording | None, by: str, now: datetime
    ) -> None:
        """
        The next version; `wording` None: back to ours.

        Raises: NotFound; WordingRefused: nothing is changed; VersionConflict: somebody wrote at the same moment.
        """
        ours = ours_of(shelf, name)
        reasons = objections(shelf, ours, wording) if wording else []
        if reasons:
            raise WordingRefused(*reasons)
        await self.refresh(database)
        number = len(self.versions(shelf, name)) + 1
        said = {"subject": wording.subject, "text": wording.text} if wording else None
        value = {"wording": said, "by": by, "at": now.isoformat()}
        if not await database.write(partial(settings.add, key=f"{_PREFIX}{shelf}:{name}:{number:04}", value=value)):
            raise VersionConflict("this text was changed meanwhile")
        await self.refresh(database)
        log.warning("words_changed", shelf=shelf.value, name=name, version=number, by=by)
        self.changed()


def _in_force(stored: Mapping[str, Any]) -> dict[tuple[Shelf, str], Wording]:
    """The newest wordings; one that no longer fits ours, after an update, gives way to ours."""
    newest = {key.rpartition(":")[0]: key for key in sorted(stored)}
    found: dict[tuple[Shelf, str], Wording] = {}
    for text, key in newest.items():
        kind, _, name = text.partition(":")
        shelf, wording = Shelf(kind), _version(key, stored[key]).wording
        ours = shipped(shelf).get(name)
        if wording is None:
            continue
        if ours is None or objections(shelf, ours, wording):
            log.warning("words_do_not_fit", shelf=kind, name=name)
            continue
        found[shelf, name] = wording
    return found


def _version(key: str, value: Mapping[str, Any]) -> Version:
    said = value["wording"]
    wording = Wording(said["text"], said["subject"]) if said else None
    return Version(int(key.rpartition(":")[2]), wording, value["by"], datetime.fromisoformat(value["at"]))


async def open_phrasebook(database: Database) -> Phrasebook:
    """The words of this deployment."""
    book = Phrasebook()
    await book.refresh(database)
    return book
