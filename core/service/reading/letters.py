"""The letters of a case as staff see them: before they are sent, and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from core.cases.events import LetterSent
from core.contract.errors import NotFound
from core.regulations.letters import RESULT
from core.regulations.model import Pack
from core.service.actors import Member
from core.service.letters import LetterWithheld, Told
from core.service.reading.casework import ReadsCases
from core.service.reading.views import AnswerView, CaseView, DispatchView, ReportView, ResolutionView

OFFICIAL = "official"
"""The letter of `send_letter`."""
SECRET = "secret"  # noqa: S105 - the name of a mark


@dataclass(frozen=True)
class Draft:
    """What stands in a form and was not sent yet: the words, the pictures, and for an official letter whom to."""

    text: str
    media: tuple[str, ...] = ()
    agency: str = ""
    reference: str = ""


@dataclass(frozen=True)
class StaffLetter:
    """A letter's contents for staff; `draft`: nobody has sent it yet."""

    pack: Pack
    told: Told
    draft: bool


class ReadsLetters(ReadsCases):
    """Letters for one person, by the same right as the case itself."""

    async def letter(
        self,
        case_id: str,
        name: str,
        member: Member,
        *,
        report_id: str = "",
        draft: Draft | None = None,
        acting: str = "",
        reveal: bool = False,
    ) -> StaffLetter:
        """
        What one letter of a case tells: as it was sent, as it is drafted in a form, or as the agency proposes it.

        Args:
            report_id: to which of its reporters; the first where none is named.
            reveal: with their name in clear; the reading is logged before it happens.
        Raises: NotFound: no such case, letter or report, or nothing to tell yet · LetterWithheld · RevealRefused.
        """
        view = await self.case_page(case_id, member, acting=acting, reveal=reveal)
        if SECRET in {flag.id for flag in view.flags}:
            raise LetterWithheld(case_id)
        pack = self._regulation.packs.get(view.regulation)
        report = _report(view, report_id)
        if name == OFFICIAL:
            told, sent = await self._official(view, report, member, draft)
        elif name == RESULT:
            told, sent = _result(view, report, draft, self._now())
        else:
            raise NotFound(f"no letter {name}")
        if reveal:
            await self.log(member, "letter", case_id)
        return StaffLetter(pack, told, draft=not sent)

    async def _official(
        self, view: CaseView, report: ReportView, member: Member, draft: Draft | None
    ) -> tuple[Told, bool]:
        names = self.names()
        if draft is not None:
            agency = names.agency(draft.agency).label if draft.agency else ""
            told = _told(view, report, draft.text, self._now(), addressee=agency, number=draft.reference)
            return told, False
        rows = await self._rows(view.id, member)
        sent = next((event for _, event in reversed(rows.events) if isinstance(event, LetterSent)), None)
        if sent is None:
            raise NotFound("no letter was sent")
        words = self._opener.texts(row for row in rows.texts if row.id == sent.text.id)
        agency = names.agency(sent.agency).label
        told = _told(view, report, words.get(sent.text.id, ""), sent.at, addressee=agency, number=sent.reference)
        return told, True


def _report(view: CaseView, report_id: str) -> ReportView:
    """The report a letter answers. NotFound."""
    found = next((one for one in view.reports if report_id in ("", one.id)), None)
    if found is None:
        raise NotFound("no such report on this case")
    return found


def _result(view: CaseView, report: ReportView, draft: Draft | None, now: datetime) -> tuple[Told, bool]:
    """The words of the form, of the last answer, or of what the agencies propose, in this order."""
    if draft is not None:
        return _told(view, report, draft.text, now, media=draft.media, handled=_handled(view)), False
    answers = [made for made in view.answers if made.kind != "withheld"]
    if answers:
        return _told_again(view, report, answers[-1]), True
    proposed = "\n".join(dict.fromkeys(filter(None, map(_proposal, _at_work(view)))))
    if not proposed:
        raise NotFound("nothing to answer yet")
    return _told(view, report, proposed, now, handled=_handled(view)), False


def _told_again(view: CaseView, report: ReportView, made: AnswerView) -> Told:
    told = _told(view, report, made.text, made.at, media=made.files, handled=_handled(view))
    return replace(told, units=(made.agency,)) if made.agency else told


def _told(
    view: CaseView,
    report: ReportView,
    text: str,
    at: datetime,
    *,
    media: tuple[str, ...] = (),
    handled: datetime | None = None,
    addressee: str = "",
    number: str = "",
) -> Told:
    labels = {file.key: file.label for file in view.files}
    return Told(
        code=report.code.replace(" ", ""),
        answer=text,
        at=at,
        name=report.reporter.name,
        organisation=report.reporter.organisation,
        content=report.content,
        place=report.place.text if report.place else "",
        category=view.category.label if view.category else "",
        received_at=report.received_at,
        handled_at=handled,
        units=tuple(dict.fromkeys((part.unit or part.agency).label for part in _at_work(view))),
        number=number,
        addressee=addressee,
        media=tuple(key for key in media if key in labels),
        labels=labels,
    )


def _at_work(view: CaseView) -> Iterator[DispatchView]:
    """Agencies whose part counts: one that gave a result, else whoever has it now."""
    answering = [part for part in view.dispatches if part.resolutions]
    return iter(answering or view.dispatches[-1:])


def _latest(part: DispatchView) -> ResolutionView | None:
    return part.resolutions[-1] if part.resolutions else None


def _proposal(part: DispatchView) -> str:
    made = _latest(part)
    return (made.approved_text or made.draft_answer or made.result) if made else ""


def _handled(view: CaseView) -> datetime | None:
    return max(
        (made.handled_at for part in view.dispatches if (made := _latest(part)) and made.handled_at), default=None
    )
