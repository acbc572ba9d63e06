"""
Telling reporters what their case has come to, and members of staff what waits for them.

Runs once per unit of work, after every command in it: each notice goes into the conversation its report came from,
and every reporter of a case that others were linked to is told (A-3), also of an answer that was there before
(`late_answers`). Staff are told by `officers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

from core.cases.decide.facts import facts_of, holds
from core.cases.events import AnswerPublished, Event, PrivateReplySent, ReporterAnswered, ReportRef, SupplementRequested
from core.contract.schema import Attachment
from core.identity.codes import format_code
from core.intake.happenings import Happening, ResultPublished, SupplementAsked
from core.intake.signals.ratings import rating_payload
from core.letters import as_short, as_text
from core.notify.house import House
from core.notify.letters import Letter as Written
from core.notify.plan import REPORTER, Notice, plan
from core.notify.quiet import quiet_hours
from core.regulations.model import Pack
from core.service.casefile import CaseFile
from core.service.converse import Converse
from core.service.diverting import nothing_stays
from core.service.late_answers import answer_to_link, late_answers
from core.service.letters_out import SHORT, LettersOut
from core.service.links.happenings import PARTNER
from core.service.links.questions import ANSWERABLE
from core.service.officers import Officers
from core.service.posting import Letter, Posting, takes_files
from core.service.regulation import Regulation, has_buttons, intake_field
from core.service.supplement_links import CHANNELS, SupplementLinks
from core.service.talk import Talk
from core.service.talks import Talks
from core.service.texts import Texts
from core.service.told_whom import readers_of
from core.service.wanted import labels_of, lowered
from core.service.work import Work


class NoticeFields(TypedDict):
    """The part of a letter that marks it as news about a case."""

    purpose: Literal["notice"]
    fields: Mapping[str, str]


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
        letters: LettersOut,
        officers: Officers,
        regulation: Regulation,
        links: SupplementLinks,
        house: House,
    ) -> None:
        self._talks = talks
        self._posting = posting
        self._converse = converse
        self._texts = texts
        self._letters = letters
        self._officers = officers
        self._regulation = regulation
        self._links = links
        self._house = house

    async def write(self, work: Work) -> None:
        """Put every notice into its conversation, and tell the dialogues what has happened."""
        for file in list(work.cases.values()):
            planned = self._planned(file)
            for notice in planned:
                if REPORTER in notice.to:
                    await self._tell_reporters(work, file, notice)
            await self._officers.tell(work, file, planned)
            for event in file.events:
                await self._tell_dialogues(work, file, event)

    def _planned(self, file: CaseFile) -> list[Notice]:
        facts = facts_of(file.pack, self._regulation.agencies, file.now)
        planned = plan(
            file.pack,
            file.events,
            first_version=file.stored_version + 1,
            holds=lambda notification, _event: holds(notification.when, facts),
        )
        return [*planned, *late_answers(file)]

    async def _tell_reporters(self, work: Work, file: CaseFile, notice: Notice) -> None:
        words = await self._texts.read(notice.texts.values(), work=work)
        values = self._values(file, notice, {name: words[one.id] for name, one in notice.texts.items()})
        for report in readers_of(file.now, notice.event):
            if not _knows(work, notice, report):
                await self._tell(work, file, notice, report, values)

    async def _tell(
        self, work: Work, file: CaseFile, notice: Notice, report: ReportRef, values: Mapping[str, str]
    ) -> None:
        if not report.conversation_id:
            return
        talk = await self._talks.load(work, report.conversation_id)
        told = {**values, "code": format_code(report.code)}
        cause = f"{file.now.id}/{notice.key}/{report.report_id}"
        if _brings_answer(file, notice.event):
            await self._posting.say(work, talk, await self._answer(file, notice, report, told, talk, cause))
            return
        letter = self._house.write(notice.template, told)
        if nothing_stays(file.pack, notice.event):
            last = Letter(letter.text, cause=cause, subject=letter.subject, **self._as_notice(told, letter))
            await self._posting.last_word(work, talk, last)
            return
        linked = self._house.write(notice.template, told | self._link(file, notice, report, talk))
        await self._posting.say(
            work,
            talk,
            Letter(
                linked.text,
                cause=cause,
                subject=letter.subject,
                case_id=file.now.id,
                kept=letter.text,
                waits=_may_wait(file, notice.template),
                **self._as_notice(told, letter),
            ),
        )

    def _link(self, file: CaseFile, notice: Notice, report: ReportRef, talk: Talk) -> dict[str, str]:
        """What opens the question to its reader alone; where a chat asks in the chat, nothing."""
        read_there = CHANNELS & {talk.row.channel, *_copied_to(talk)}
        if not isinstance(notice.event, SupplementRequested) or not read_there:
            return {}
        address = self._links.address(case_id=file.now.id, report_id=report.report_id, version=notice.version)
        return {"link": address}

    async def _answer(
        self,
        file: CaseFile,
        notice: Notice,
        report: ReportRef,
        told: Mapping[str, str],
        talk: Talk,
        cause: str,
    ) -> Letter:
        """The answer itself: in the regulation's form where it has one, as PDF where the channel carries files."""
        channel, rated = talk.row.channel, _may_be_rated(file)
        made = await self._letters.write(file.now, file.pack, report.report_id, answer=told["answer"])
        template, files = notice.template if rated else "answer_unrated", tuple[Attachment, ...]()
        if made is not None and channel in SHORT:
            template, told = "answer_short", {**told, "answer": as_short(made.letter)}
        elif made is not None and not made.letter.beyond_text:
            template, told = "answer_letter", {**told, "answer": as_text(made.letter)}
        if made is not None and takes_files(talk):
            files = await self._letters.attach(made, contact_id=talk.contact_id)
        letter = self._house.write(template, told)
        return Letter(
            letter.text,
            cause=cause,
            subject=letter.subject,
            case_id=file.now.id,
            buttons=_rating_buttons(file.pack, report.code) if rated and has_buttons(channel) else (),
            files=files,
            waits=_may_wait(file, template),
            **self._as_notice(told, letter),
        )

    def _as_notice(self, told: Mapping[str, str], letter: Written) -> NoticeFields:
        """News about a case; what an approved template of a provider says of it."""
        fields = {
            "code": told["code"],
            "status": letter.status,
            "office": self._house.office,
            "link": self._house.follow_url,
        }
        return {"purpose": "notice", "fields": fields}

    def _values(self, file: CaseFile, notice: Notice, words: Mapping[str, str]) -> dict[str, str]:
        pack = file.pack
        return {
            "answer": words.get("text", ""),
            "reason": words.get("reason") or _reason_label(pack, notice.event),
            "note": words.get("note", ""),
            "fields": ", ".join(labels_of(pack, getattr(notice.event, "fields", ()))),
            "agencies": ", ".join(self._sent_to(notice.event)),
            "ratings": "; ".join(f"{number}. {label}" for number, (_, label) in enumerate(_levels(pack), 1)),
        }

    def _sent_to(self, event: Event) -> list[str]:
        """Where the case has gone just now, not who had it before; the centre, where the centre took it over."""
        opened = getattr(event, "opened", None) or ()
        sent = opened if isinstance(opened, tuple) else (opened,)
        return [self._regulation.agencies.name(one.agency_id) for one in sent] or [self._house.office]

    async def _tell_dialogues(self, work: Work, file: CaseFile, event: Event) -> None:
        if _brings_answer(file, event) and not _may_be_rated(file):
            return
        for report in readers_of(file.now, event):
            happening = _for_dialogue(file, event, report)
            if happening is not None and report.conversation_id:
                talk = await self._talks.load(work, report.conversation_id)
                await self._converse.happen(work, talk, happening)


def _knows(work: Work, notice: Notice, report: ReportRef) -> bool:
    """Whether this reporter brought it about in their own conversation, where the dialogue has answered already."""
    return notice.event.by.id == report.contact_id and report.conversation_id in work.answered


def _may_wait(file: CaseFile, template: str) -> bool:
    """Whether the reporter loses nothing by reading it in the morning (VN-6); of an emergency they hear at once."""
    tier = file.pack.intake.urgencies.get(file.now.urgency)
    return quiet_hours().may_wait(template) and not (tier is not None and tier.emergency)


def _copied_to(talk: Talk) -> tuple[str, ...]:
    other = talk.correspondent.copy_to
    return (other.channel,) if other else ()


def _brings_answer(file: CaseFile, event: Event) -> bool:
    return isinstance(event, _ANSWERS) or answer_to_link(file, event) is not None


def _may_be_rated(file: CaseFile) -> bool:
    """
    Whether reporters may rate where the answer has brought the case: not every regulation asks about a promise, and
    whoever was linked late may find the time for it over.
    """
    rows = (row for row in file.pack.moves.values() if row.command == "rate" and file.now.stage in row.from_)
    return any(not _is_over(file, row.before_clock) for row in rows)


def _is_over(file: CaseFile, clock: str) -> bool:
    known = file.now.clocks.get(clock)
    return known is not None and known.has_run_out(file.events[-1].at)


def _levels(pack: Pack) -> list[tuple[str, str]]:
    """(id, label), best first: the order in which the dialogue counts them when somebody answers with a number."""
    ranked = sorted(pack.rating.levels.items(), key=lambda pair: -pair[1].score)
    return [(key, level.label) for key, level in ranked]


def _rating_buttons(pack: Pack, code: str) -> tuple[tuple[str, str], ...]:
    """Each names the report that it rates: several answers may stand below each other."""
    return tuple((label, rating_payload(key, code)) for key, label in _levels(pack))


def _for_dialogue(file: CaseFile, event: Event, report: ReportRef) -> Happening | None:
    """
    What the dialogue must know to understand the next message; the notice itself is written by us.

    A partner asks on our behalf, but never for who somebody is, so that nothing of it is waited for.
    """
    if _brings_answer(file, event):
        return ResultPublished(report.report_id, report.code)
    if isinstance(event, SupplementRequested):
        by_partner = file.now.channel == PARTNER
        fields = [name for name in event.fields if not by_partner or name in ANSWERABLE]
        return SupplementAsked(tuple(map(intake_field, fields)), report.report_id)
    return None


def _reason_label(pack: Pack, event: Event) -> str:
    diversion = pack.intake.diversions.get(getattr(event, "diversion", ""))
    if diversion:
        return lowered(diversion.label)
    code: Any = getattr(event, "reason_code", None)
    reason = {**pack.decline_reasons, **pack.cancel_reasons}.get(code or "")
    return (reason.text or reason.label) if reason else ""
