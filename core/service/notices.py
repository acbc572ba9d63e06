"""
Telling reporters what their case has come to, and showing the public what it may see.

Runs once per unit of work, after every command in it: each notice goes into the conversation its report came from,
and every reporter of a case that others were linked to is told (A-3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.cases.decide.facts import facts_of, holds
from core.cases.events import AnswerPublished, Event, PrivateReplySent, ReporterAnswered, ReportRef, SupplementRequested
from core.cases.model import Case
from core.identity.codes import format_code
from core.intake.happenings import Happening, ResultPublished, SupplementAsked
from core.notify.house import House
from core.notify.plan import Notice, plan
from core.regulations.model import Pack
from core.service.casefile import CaseFile
from core.service.converse import Converse
from core.service.posting import Letter, Posting
from core.service.regulation import Regulation, intake_field
from core.service.talk import Talks
from core.service.texts import Texts
from core.service.work import Work

_REPORTER = "reporter"
_ANSWERS = (AnswerPublished, PrivateReplySent, ReporterAnswered)


class Notices:
    """Writes the notices of a unit of work."""

    def __init__(
        self,
        *,
        talks: Talks,
        posting: Posting,
        converse: Converse,
        texts: Texts,
        regulation: Regulation,
        house: House,
    ) -> None:
        self._talks = talks
        self._posting = posting
        self._converse = converse
        self._texts = texts
        self._regulation = regulation
        self._house = house

    async def write(self, work: Work) -> None:
        """Put every notice into its conversation, and tell the dialogues what has happened."""
        for file in list(work.cases.values()):
            for notice in self._planned(file):
                if _REPORTER in notice.to:
                    await self._tell_reporters(work, file, notice)
            for event in file.events:
                await self._tell_dialogues(work, file.now, event)

    def _planned(self, file: CaseFile) -> list[Notice]:
        facts = facts_of(file.pack, self._regulation.agencies, file.now)
        return plan(
            file.pack,
            file.events,
            first_version=file.stored_version + 1,
            holds=lambda notification, _event: holds(notification.when, facts),
        )

    async def _tell_reporters(self, work: Work, file: CaseFile, notice: Notice) -> None:
        words = await self._texts.read(notice.texts.values(), work=work)
        values = self._values(file, notice, {name: words[one.id] for name, one in notice.texts.items()})
        for report in file.now.reports:
            await self._tell(work, file, notice, report, values)

    async def _tell(
        self, work: Work, file: CaseFile, notice: Notice, report: ReportRef, values: Mapping[str, str]
    ) -> None:
        if not report.conversation_id:
            return
        talk = await self._talks.load(work, report.conversation_id)
        letter = self._house.write(notice.template, {**values, "code": format_code(report.code)})
        cause = f"{file.now.id}/{notice.key}/{report.report_id}"
        await self._posting.say(
            work, talk, Letter(letter.text, cause=cause, subject=letter.subject, case_id=file.now.id)
        )

    def _values(self, file: CaseFile, notice: Notice, words: Mapping[str, str]) -> dict[str, str]:
        pack = file.pack
        return {
            "answer": words.get("text", ""),
            "reason": words.get("reason") or _reason_label(pack, notice.event),
            "note": words.get("note", ""),
            "fields": ", ".join(_field_labels(pack, notice.event)),
            "agencies": ", ".join(self._agency_names(file.now)),
            "ratings": " / ".join(
                level.label for level in sorted(pack.rating.levels.values(), key=lambda one: -one.score)
            ),
        }

    def _agency_names(self, case: Case) -> list[str]:
        found = (self._regulation.agencies.get(dispatch.agency_id) for dispatch in case.dispatches)
        return list(dict.fromkeys(agency.name for agency in found if agency is not None))

    async def _tell_dialogues(self, work: Work, case: Case, event: Event) -> None:
        for report in case.reports:
            happening = _for_dialogue(event, report)
            if happening is not None and report.conversation_id:
                talk = await self._talks.load(work, report.conversation_id)
                await self._converse.happen(work, talk, happening)


def _for_dialogue(event: Event, report: ReportRef) -> Happening | None:
    """What the dialogue must know to understand the next message; the notice itself is written by us."""
    if isinstance(event, _ANSWERS):
        return ResultPublished(report.report_id, report.code)
    if isinstance(event, SupplementRequested):
        return SupplementAsked(tuple(intake_field(name) for name in event.fields), report.report_id)
    return None


def _reason_label(pack: Pack, event: Event) -> str:
    code: Any = getattr(event, "reason_code", None)
    reason = {**pack.decline_reasons, **pack.cancel_reasons}.get(code or "")
    return (reason.text or reason.label) if reason else ""


def _field_labels(pack: Pack, event: Event) -> list[str]:
    names: tuple[str, ...] = getattr(event, "fields", ())
    labels = {entry.field: entry.label.lower() for entry in pack.intake.required.values()}
    return [labels.get(name, name) for name in names]  # type: ignore[call-overload]
