"""
Carrying out what the intake dialogue wants: the dialogue is pure, this is its hands.

Every effect becomes writes of the unit of work the message belongs to, so a crash leaves either all of them or none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from core.cases.decide import Actor, Refusal
from core.contract.errors import NotFound
from core.contract.schema import Attachment, InboundMessage, Place, Report
from core.identity.codes import format_code
from core.intake.dialogue import Step, step
from core.intake.effects import (
    Abandon,
    AskStatus,
    CancelReport,
    ClearTimer,
    Divert,
    EraseRequest,
    GiveFeedback,
    HandOver,
    RaiseEmergency,
    Rate,
    Say,
    SetConfidential,
    SetTimer,
    Submit,
    Supply,
)
from core.intake.happenings import Happening, MessageArrived, ReportOpened
from core.intake.render import render
from core.intake.rules import IntakeRules
from core.notify.brake import CHATS, LETTERS
from core.notify.house import House
from core.privacy.media import FileMediaStore
from core.service.desk import CaseDesk
from core.service.diverting import Diverting
from core.service.posting import Letter, Posting
from core.service.receiving import Receiving
from core.service.regulation import pack_field
from core.service.safe import Safe
from core.service.talk import Talk
from core.service.work import Work
from core.storage import conversations, reports
from core.storage.database import Database

log = structlog.get_logger()


class Converse:
    """Lets the dialogue speak and act in one conversation."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        media: FileMediaStore,
        desk: CaseDesk,
        posting: Posting,
        house: House,
        mailbox: str,
        rules: IntakeRules,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._safe = safe
        self._desk = desk
        self._posting = posting
        self._receiving = Receiving(database, safe=safe, desk=desk, mailbox=mailbox, now=now)
        self._diverting = Diverting(database, safe=safe, media=media, posting=posting, rules=rules, now=now)
        self._house = house
        self._rules = rules
        self._now = now
        self._hands: Mapping[type[Any], Callable[[Work, Talk, Any], Awaitable[None]]] = {
            Say: self._say,
            SetTimer: self._set_timer,
            ClearTimer: self._clear_timer,
            Submit: self._submit,
            Supply: self._supply,
            HandOver: self._hand_over,
            SetConfidential: self._set_confidential,
            CancelReport: self._cancel,
            RaiseEmergency: self._emergency,
            Rate: self._rate,
            GiveFeedback: self._feedback,
            AskStatus: self._status,
            Abandon: self._abandon,
            EraseRequest: self._erase_request,
        }

    async def hear(self, work: Work, talk: Talk, message: InboundMessage, *, raw_id: str | None = None) -> bool:
        """
        Let the dialogue answer a message; it is written down only if it may be kept.

        Returns: False when the message was diverted and nothing of it stays.
        """
        answer = await self._think(talk, MessageArrived(message))
        diverted = next((effect for effect in answer.effects if isinstance(effect, Divert)), None)
        if diverted is not None:
            await self._diverting.carry_out(work, talk, diverted)
            return False
        await self._posting.talks.hear(work, talk, message, raw_id=raw_id)
        await self._act(work, talk, answer)
        return True

    async def happen(self, work: Work, talk: Talk, happening: Happening) -> None:
        """Let the dialogue answer anything else that happens, and do what it says, in order."""
        if talk.gone:
            return
        answer = await self._think(talk, happening)
        diverted = next((effect for effect in answer.effects if isinstance(effect, Divert)), None)
        if diverted is not None:
            await self._diverting.carry_out(work, talk, diverted)
        else:
            await self._act(work, talk, answer)

    async def _think(self, talk: Talk, happening: Happening) -> Step:
        return await asyncio.to_thread(step, talk.dialogue, happening, rules=self._rules, now=self._now())

    async def _act(self, work: Work, talk: Talk, answer: Step) -> None:
        talk.dialogue = answer.state
        for effect in answer.effects:
            await self._hands[type(effect)](work, talk, effect)

    async def _say(self, work: Work, talk: Talk, effect: Say) -> None:
        said = render(effect)
        await self._answer(work, talk, Letter(said.text, cause=f"line/{talk.next_seq}", buttons=said.buttons))

    async def _answer(self, work: Work, talk: Talk, letter: Letter) -> None:
        """Answer, unless this address has had so many answers that a robot may be on the other side."""
        since = self._now() - timedelta(days=1)
        answered = await self._database.read(partial(conversations.automatic_since, row=talk.row, since=since))
        brake = LETTERS if talk.threaded else CHATS
        if brake.allows(answered, now=self._now()):
            await self._posting.say(work, talk, replace(letter, answers=True))
        else:
            self._wants_person(talk, "brake")

    async def _set_timer(self, work: Work, talk: Talk, effect: SetTimer) -> None:
        work.add(partial(conversations.set_timer, conversation_id=talk.row.id, kind=effect.kind, due_at=effect.at))

    async def _clear_timer(self, work: Work, talk: Talk, effect: ClearTimer) -> None:
        work.add(partial(conversations.clear_timer, conversation_id=talk.row.id, kind=effect.kind))

    async def _submit(self, work: Work, talk: Talk, effect: Submit) -> None:
        received = await self._receiving.open(work, talk, effect.draft)
        if isinstance(received, Refusal):
            self._wants_person(talk, received.code)
            return
        opened = ReportOpened(received.code, received.pin, received.report_id, effect.draft.id)
        await self.happen(work, talk, opened)

    async def _supply(self, work: Work, talk: Talk, effect: Supply) -> None:
        """More about a report: into the report itself, and, where the case waits for it, into the case."""
        case_id = await self._amend(work, talk, effect)
        if case_id is None:
            return
        payload = {
            "fields": tuple(pack_field(name) for name in effect.fields),
            "note": effect.text or None,
            "files": tuple(file.stored_key for file in effect.attachments if file.stored_key),
        }
        await self._as_reporter(work, talk, case_id, "supply_supplement", payload)

    async def _amend(self, work: Work, talk: Talk, effect: Supply) -> str | None:
        found = await self._report(effect.report_id, talk)
        if found is None:
            return None
        row, report = found
        changed = _amended(report, effect.fields, effect.place, effect.attachments)
        sealed = await asyncio.to_thread(
            self._safe.seal, changed, subject_id=talk.contact_id, place=f"report:{report.id}"
        )
        work.add(partial(reports.replace_content, report_id=report.id, content_sealed=sealed))
        return row.case_id

    async def _report(self, report_id: str, talk: Talk) -> tuple[reports.ReportRow, Report] | None:
        """One of this person's own stored reports, opened."""
        rows = await self._database.read(partial(reports.find, report_ids=[report_id]))
        if not rows or rows[0].contact_id != talk.contact_id:
            return None
        report = await asyncio.to_thread(
            self._safe.open_or_none,
            rows[0].content_sealed,
            Report,
            subject_id=talk.contact_id,
            place=f"report:{report_id}",
        )
        return None if report is None else (rows[0], report)

    async def _set_confidential(self, work: Work, talk: Talk, effect: SetConfidential) -> None:
        await self._on_report(work, talk, effect.report_id, "set_confidential", {"confidential": effect.value})

    async def _cancel(self, work: Work, talk: Talk, effect: CancelReport) -> None:
        payload = {"reason_code": "withdrawn", "reason": effect.text or None}
        await self._on_report(work, talk, effect.report_id, "cancel", payload)

    async def _rate(self, work: Work, talk: Talk, effect: Rate) -> None:
        payload = {"level": effect.level, "report_id": effect.report_id}
        await self._on_report(work, talk, effect.report_id, "rate", payload)

    async def _feedback(self, work: Work, talk: Talk, effect: GiveFeedback) -> None:
        payload = {"text": effect.text, "report_id": effect.report_id}
        await self._on_report(work, talk, effect.report_id, "give_feedback", payload)

    async def _on_report(
        self, work: Work, talk: Talk, report_id: str, command: str, payload: Mapping[str, Any]
    ) -> None:
        if report_id:
            found = await self._database.read(partial(reports.find, report_ids=[report_id]))
            if found and found[0].contact_id == talk.contact_id:
                await self._as_reporter(work, talk, found[0].case_id, command, payload)

    async def _as_reporter(
        self, work: Work, talk: Talk, case_id: str, command: str, payload: Mapping[str, Any]
    ) -> None:
        """What the case does not allow at this point is not lost: a person reads the conversation."""
        answer = await self._desk.issue(work, case_id, command, payload, Actor.reporter(talk.contact_id))
        if isinstance(answer, Refusal):
            self._wants_person(talk, answer.code)

    async def _status(self, work: Work, talk: Talk, effect: AskStatus) -> None:
        """The public stage only: a code alone is no authority."""
        code = {"code": format_code(effect.code)}
        letter = self._house.write("status_unknown", code)
        try:
            row = await self._database.read(partial(reports.by_code, code=effect.code))
        except NotFound:
            row = None
        if row is not None:
            file = await self._desk.open(work, row.case_id)
            letter = self._house.write("status", code | {"stage": file.public_stage})
        await self._answer(work, talk, Letter(letter.text, cause=f"line/{talk.next_seq}", subject=letter.subject))

    async def _hand_over(self, _work: Work, talk: Talk, effect: HandOver) -> None:
        self._wants_person(talk, effect.reason)

    async def _emergency(self, _work: Work, talk: Talk, effect: RaiseEmergency) -> None:
        """Whatever the dialogue does next, a person looks now (QB-II.2h: both tracks at once)."""
        self._wants_person(talk, f"emergency_{effect.service}")

    async def _erase_request(self, _work: Work, talk: Talk, _effect: EraseRequest) -> None:
        self._wants_person(talk, "erase_request")

    async def _abandon(self, _work: Work, talk: Talk, _effect: Abandon) -> None:
        log.info("draft_abandoned", channel=talk.row.channel)

    def _wants_person(self, talk: Talk, reason: str) -> None:
        talk.needs_human = True
        log.info("person_wanted", channel=talk.row.channel, conversation=talk.row.id, reason=reason)


def _amended(
    report: Report, fields: Mapping[str, str], place: Place | None, attachments: tuple[Attachment, ...]
) -> Report:
    """The report with what was supplied; nothing that was said before is thrown away."""
    reporter = report.reporter
    changes: dict[str, Any] = {"attachments": (*report.attachments, *attachments)}
    if place is not None or "place" in fields:
        changes["place"] = place or report.place.model_copy(update={"text": fields["place"]})
    if "time" in fields:
        changes["occurred"] = fields["time"]
    if "content" in fields:
        changes["content"] = fields["content"]
    if "name" in fields:
        reporter = reporter.model_copy(update={"name": fields["name"]})
    if "phone" in fields:
        reporter = reporter.model_copy(update={"phones": (*reporter.phones, fields["phone"])})
    if "email" in fields:
        reporter = reporter.model_copy(update={"emails": (*reporter.emails, fields["email"])})
    return report.model_copy(update=changes | {"reporter": reporter})
