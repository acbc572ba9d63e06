"""
What the desk answers, on paper: received and by when, later, no, or done, in the form of `core.subjects` (VN-4).

It is written from what the request keeps: one that goes by mail, one that its person loads and one that staff hand
over say the same. Nobody is named in it before they are proved to be who they say, nor while processing is restricted.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from core.contract.schema import Attachment, Reporter
from core.service.letters import LetterDesk, Made, Told
from core.service.posting import READ_THERE, takes_files
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.service.subjects.words import Dossier, Step, told
from core.service.talk import Talk
from core.storage import contacts, restrictions
from core.storage.database import Database
from core.subjects.request import ProvedBy, Request, State
from core.subjects.rights import load_rights

FORM = "du-lieu"
_TOLD_BY = frozenset({"answered", "extended", "refused", "finished"})


class DataLetters:
    """Writes the letters of the desk."""

    def __init__(self, database: Database, *, safe: Safe, regulation: Regulation, desk: LetterDesk) -> None:
        self.desk = desk
        self._database = database
        self._safe = safe
        self._regulation = regulation

    async def write(self, dossier: Dossier) -> Made | None:
        """The letter about the last answer; None where there is none, or its words are gone with their person."""
        request = dossier.request
        last = next((step for step in reversed(dossier.steps) if step.move in _TOLD_BY), None)
        if last is None or not last.note or not request.on_paper:
            return None
        rights, who = load_rights(), await self._named(dossier)
        facts = Told(
            code=dossier.code,
            answer="\n".join(_said(request, last)),
            at=last.at,
            name=who.name,
            organisation=who.organisation,
            content=rights.rights[request.right].label.lower(),
            received_at=request.received_at,
        )
        return await self.desk.fill(rights.letter, facts, name=FORM, place=self._regulation.current.meta.place)

    async def attach(self, talk: Talk, dossier: Dossier) -> tuple[Attachment, ...]:
        """The PDF, kept under its person, where their conversation takes files or shows them."""
        if not (takes_files(talk) or talk.row.channel in READ_THERE):
            return ()
        made = await self.write(dossier)
        drawn = await self.desk.attach(made, subject_id=dossier.request.contact_id) if made else None
        return (drawn,) if drawn else ()

    async def _named(self, dossier: Dossier) -> Reporter:
        """As they are called once the request is carried out."""
        request, contact = dossier.request, dossier.request.contact_id
        held = await self._database.read(partial(restrictions.held_among, contact_ids=[contact]))
        if held or request.proved_by is ProvedBy.NOTHING:
            return Reporter()
        sealed = await self._database.read(partial(contacts.profile, contact_id=contact))
        await self._safe.bring(contact, new=False)
        unseal = partial(self._safe.open_or_none, sealed, Reporter, subject_id=contact, place=f"contact:{contact}")
        known = await self._safe.aside(unseal, contact) or Reporter()
        right_name = dossier.asked.corrections.get("name") if request.state is State.FINISHED else None
        return known.model_copy(update={"name": right_name}) if right_name else known


def _said(request: Request, step: Step) -> Iterator[str]:
    """What its person was told; a refusal always with its ground, more time always with its reason."""
    if step.move == "extended":
        yield told(request)
        yield f"Lý do: {step.note}"
        return
    yield step.note
    if request.state is State.REFUSED and step.note != told(request):
        yield told(request)
