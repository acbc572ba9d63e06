"""
What everybody may read of a case, kept as shown: written whenever a case that is published, or was, changes.

The view is the pack's allow-list with the sealed answer opened; nothing else of the case has a way into it. Of people
who had processing restricted (VN-4) nothing is shown: not a case of theirs alone, nor their files in one that others
share.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from core.cases.view import PublicView, is_published, public_view
from core.contract.schema import Model
from core.identity.codes import format_code
from core.intake.fold import fold
from core.privacy.media import HASH_DIGITS, FileMediaStore
from core.service.casefile import CaseFile
from core.service.regulation import Regulation
from core.service.texts import Texts
from core.service.work import Work
from core.storage import reports, restrictions
from core.storage.database import Database
from core.storage.reports import PublicationRow

RESULT, DECLINED = "result", "declined"


class ShownStep(Model):
    """A public step that was reached."""

    label: str
    at: datetime


class Shown(Model):
    """One published case as pages and the API give it out; fields that its list does not name are empty."""

    code: str = ""
    category: str = ""
    commune_code: str = ""
    point: tuple[float, float] | None = None
    received_at: datetime | None = None
    stage: str = ""
    steps: tuple[ShownStep, ...] = ()
    agencies: tuple[str, ...] = ()
    answer: str = ""
    interim: bool = False
    media: tuple[str, ...] = ()
    answered_at: datetime | None = None
    decline_label: str = ""


class Publishing:
    """Keeps the publication table in step with the cases of a unit of work."""

    def __init__(self, database: Database, *, media: FileMediaStore, regulation: Regulation, texts: Texts) -> None:
        self._database = database
        self._media = media
        self._regulation = regulation
        self._texts = texts

    async def write(self, work: Work) -> None:
        """Show, show anew, or take down."""
        for file in work.cases.values():
            if file.events:
                await self._write(work, file)

    async def renew(self, work: Work, file: CaseFile, *, held: Collection[str]) -> None:
        """Show a case anew, or take it down, although nothing has happened in it: these people hold back theirs now."""
        if file.now.publications or file.now.decline_code:
            await self._write(work, file, held=held)

    async def shown(self, work: Work, file: CaseFile, *, held: Collection[str] | None = None) -> tuple[str, Shown]:
        """
        Under which list a case stands as it is in the hand (empty: none), and what of it outsiders may read.

        `held`: whose data are held back; None: as it is stored.
        """
        kind, shown = await self._allowed(work, file)
        reporters = {one.contact_id for one in file.now.reports}
        if kind and held is None:
            held = await self._database.read(partial(restrictions.held_among, contact_ids=reporters))
        return held_back(kind, shown, reporters=reporters, held=held or (), begins=self._begins)

    def _begins(self, contact_id: str) -> str:
        """How the stored keys of somebody's files begin."""
        return self._media.stored_key("", subject_id=contact_id)[:HASH_DIGITS]

    async def _allowed(self, work: Work, file: CaseFile) -> tuple[str, Shown]:
        view = public_view(file.now, file.pack, self._regulation.agencies)
        kind = RESULT if is_published(file.now, file.pack) else DECLINED if view.decline_label else ""
        words = await self._texts.read([view.answer], work=work)
        return kind, _shown(view, words[view.answer.id] if view.answer else "")

    async def _write(self, work: Work, file: CaseFile, *, held: Collection[str] | None = None) -> None:
        case, (kind, shown) = file.now, await self.shown(work, file, held=held)
        if kind:
            at = file.events[-1].at if file.events else case.trail[-1].at
            work.add(partial(reports.publish, row=_row(case.id, kind, shown, at=at)))
        elif case.publications or case.decline_code:
            work.add(partial(reports.unpublish, case_id=case.id))


def held_back(
    kind: str, shown: Shown, *, reporters: Collection[str], held: Collection[str], begins: Callable[[str], str]
) -> tuple[str, Shown]:
    """The same without those who hold theirs back: nothing where nobody else reported it, else without their files."""
    restricted = set(held) & set(reporters)
    if not restricted:
        return kind, shown
    if restricted == set(reporters):
        return "", Shown()
    marks = tuple(map(begins, restricted))
    return kind, shown.model_copy(update={"media": tuple(key for key in shown.media if not key.startswith(marks))})


def _shown(view: PublicView, answer: str) -> Shown:
    return Shown(
        code=format_code(view.code) if view.code else "",
        category=view.category or "",
        commune_code=view.commune_code or "",
        point=(view.point[0] / 1000, view.point[1] / 1000) if view.point else None,
        received_at=view.received_at,
        stage=view.stage or "",
        steps=tuple(ShownStep(label=step.label, at=step.at) for step in view.progress or ()),
        agencies=view.agencies or (),
        answer=answer,
        interim=bool(view.interim),
        media=view.media or (),
        answered_at=view.answered_at,
        decline_label=view.decline_label or "",
    )


def _row(case_id: str, kind: str, shown: Shown, *, at: datetime) -> PublicationRow:
    return PublicationRow(
        case_id=case_id,
        published_at=shown.answered_at or at,
        view=shown.model_dump(mode="json"),
        kind=kind,
        search_text=_searchable(shown),
    )


def commune_word(code: str) -> str:
    """What a commune's code is in the index of words; empty for none."""
    return f"xa{code.casefold()}" if code else ""


def _searchable(shown: Shown) -> str:
    parts = (shown.category, shown.answer, shown.decline_label, *shown.agencies, commune_word(shown.commune_code))
    return fold(" ".join(part for part in parts if part))
