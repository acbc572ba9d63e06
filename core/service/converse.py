"""
Carrying out what the intake dialogue wants: the dialogue is pure, this is its hands.

Every effect becomes writes of the unit of work the message belongs to, so a crash leaves either all of them or none.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from core.cases.decide import Actor, Refusal
from core.contract.errors import NotFound
from core.contract.schema import InboundMessage
from core.identity.codes import format_code
from core.intake.arriving import NEVER_ANSWERED
from core.intake.dialogue import Step
from core.intake.effects import (
    Abandon,
    AskProof,
    AskStatus,
    CancelReport,
    ClearTimer,
    Divert,
    EndNotices,
    EraseRequest,
    FollowNotices,
    GiveFeedback,
    HandOver,
    RaiseEmergency,
    Rate,
    Say,
    SetConfidential,
    SetTimer,
    Submit,
    Supply,
    TakeProof,
)
from core.intake.happenings import Happening, MessageArrived, ReportOpened, Wish, WishAnswered
from core.intake.render import Rendered, render
from core.intake.state import Mode
from core.notify.brake import CHATS, LETTERS
from core.notify.house import House
from core.privacy.errors import MediaRefused
from core.service.casefile import CaseFile
from core.service.chat_notices import ChatNotices
from core.service.desk import CaseDesk, clipped
from core.service.diverting import Diverting
from core.service.own_number import OwnNumber
from core.service.posting import Letter, Posting
from core.service.public.progress import next_step
from core.service.receiving import Receiving
from core.service.supplying import Supplying
from core.service.talk import Talk, new_words
from core.service.thinking import Thinking
from core.service.work import Work
from core.storage import conversations, reports, timers
from core.storage.database import Database

log = structlog.get_logger()

_Command = tuple[str, Mapping[str, Any]]
"""Name and payload."""


class Converse:
    """Lets the dialogue speak and act in one conversation."""

    def __init__(
        self,
        database: Database,
        *,
        desk: CaseDesk,
        posting: Posting,
        receiving: Receiving,
        supplying: Supplying,
        diverting: Diverting,
        numbers: OwnNumber,
        notices: ChatNotices,
        house: House,
        thinking: Thinking,
    ) -> None:
        self._database = database
        self._thinking = thinking
        self._desk = desk
        self._posting = posting
        self._receiving = receiving
        self._supplying = supplying
        self._numbers = numbers
        self._notices = notices
        self._diverting = diverting
        self._house = house
        self._rules = thinking.rules
        self._now = thinking.now
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
            FollowNotices: self._follow_notices,
            EndNotices: self._end_notices,
            AskProof: self._ask_proof,
            TakeProof: self._take_proof,
        }

    async def hear(
        self,
        work: Work,
        talk: Talk,
        message: InboundMessage,
        *,
        raw_id: str | None = None,
        refused: Sequence[MediaRefused] = (),
        doubted: bool = False,
    ) -> bool:
        """
        Let the dialogue answer a message; it is written down only if it may be kept.

        `refused`: files that came with it and were not taken. `doubted`: likely it is spam.

        Returns: False when the message was diverted and nothing of it stays.
        """
        answer = await self._thinking.answer(talk, MessageArrived(new_words(talk, message), doubted=doubted))
        diverted = next((effect for effect in answer.effects if isinstance(effect, Divert)), None)
        if diverted is not None:
            await self._diverting.carry_out(work, talk, diverted)
            return False
        await self._posting.talks.hear(work, talk, message, raw_id=raw_id)
        await self._act(work, talk, answer)
        if refused and message.kind not in NEVER_ANSWERED and answer.state.mode is not Mode.DOUBTED:
            self._miss_files(talk, refused)
        await self._send_lines(work, talk)
        return True

    def _miss_files(self, talk: Talk, refused: Sequence[MediaRefused]) -> None:
        """Each reason once, after whatever else is said; a robot that goes on sending such files is braked as ever."""
        reasons = " ".join(dict.fromkeys(one.vi for one in refused))
        talk.lines.append(Rendered(self._house.write("file_missing", {"reason": reasons}).text))

    async def happen(self, work: Work, talk: Talk, happening: Happening) -> None:
        """Let the dialogue answer anything else that happens, and do what it says, in order."""
        if talk.gone:
            return
        await self._go_on(work, talk, happening)
        await self._send_lines(work, talk)

    async def _go_on(self, work: Work, talk: Talk, happening: Happening) -> None:
        answer = await self._thinking.answer(talk, happening)
        diverted = next((effect for effect in answer.effects if isinstance(effect, Divert)), None)
        if diverted is not None:
            await self._diverting.carry_out(work, talk, diverted)
        else:
            await self._act(work, talk, answer)

    async def _act(self, work: Work, talk: Talk, answer: Step) -> None:
        talk.dialogue = answer.state
        for effect in answer.effects:
            await self._hands[type(effect)](work, talk, effect)

    async def _say(self, work: Work, talk: Talk, effect: Say) -> None:
        talk.lines.append(render(effect, self._house.words.said))
        if not self._rules.traits_of(talk.row.channel).one_matter:
            await self._send_lines(work, talk)

    async def _send_lines(self, work: Work, talk: Talk) -> None:
        """A chat says one thing after the other; a letter says all of it at once."""
        if talk.lines:
            text = "\n\n".join(said.text for said in talk.lines)
            buttons = tuple(button for said in talk.lines for button in said.buttons)
            asks = talk.lines[-1].asks
            talk.lines.clear()
            await self._answer(work, talk, Letter(text, cause=f"line/{talk.next_seq}", buttons=buttons, asks=asks))

    async def _answer(self, work: Work, talk: Talk, letter: Letter) -> None:
        """Answer, unless this address has had so many answers that a robot may be on the other side."""
        brake = LETTERS if talk.threaded else CHATS
        if brake.allows(await self._answered(talk), now=self._now()):
            await self._posting.say(work, talk, replace(letter, answers=True))
        else:
            self._wants_person(talk, "brake")

    async def _answered(self, talk: Talk) -> list[datetime]:
        """When the bot wrote to this address within a day; to somebody who has just come, never."""
        if talk.contact_is_new:
            return []
        since = self._now() - timedelta(days=1)
        return await self._database.read(partial(conversations.automatic_since, row=talk.row, since=since))

    async def _set_timer(self, work: Work, talk: Talk, effect: SetTimer) -> None:
        work.put(timers.TIMERS, (talk.row.id, effect.kind, effect.at))

    async def _clear_timer(self, work: Work, talk: Talk, effect: ClearTimer) -> None:
        work.put(timers.TIMERS, (talk.row.id, effect.kind, None))

    async def _submit(self, work: Work, talk: Talk, effect: Submit) -> None:
        received = await self._receiving.open(work, talk, effect.draft)
        if isinstance(received, Refusal):
            self._wants_person(talk, received.code)
            await self._say(work, talk, Say("handover.not_understood"))
            return
        opened = ReportOpened(received.code, received.pin, received.report_id, effect.draft.id)
        await self._go_on(work, talk, opened)

    async def _supply(self, work: Work, talk: Talk, effect: Supply) -> None:
        if reason := await self._supplying.supply(work, talk, effect):
            self._wants_person(talk, reason)

    async def _set_confidential(self, work: Work, talk: Talk, effect: SetConfidential) -> None:
        wish = Wish.SECRECY if effect.value else Wish.OPENNESS
        payload = {"confidential": effect.value}
        await self._answer_wish(work, talk, wish, effect.report_id, ("set_confidential", payload))

    async def _cancel(self, work: Work, talk: Talk, effect: CancelReport) -> None:
        payload = {"reason_code": "withdrawn", "reason": clipped(effect.text) or None}
        await self._answer_wish(work, talk, Wish.WITHDRAWAL, effect.report_id, ("cancel", payload))

    async def _rate(self, work: Work, talk: Talk, effect: Rate) -> None:
        payload = {"level": effect.level, "report_id": effect.report_id}
        if effect.quiet:
            await self._on_report(work, talk, effect.report_id, ("rate", payload))
        elif effect.report_id:
            await self._answer_wish(work, talk, Wish.RATING, effect.report_id, ("rate", payload))

    async def _feedback(self, work: Work, talk: Talk, effect: GiveFeedback) -> None:
        """Its words go to whoever answered, its files to the report they are about."""
        if effect.attachments:
            await self._supplying.amend(work, talk, Supply(effect.report_id, {}, "", attachments=effect.attachments))
        payload = {"text": clipped(effect.text), "report_id": effect.report_id}
        await self._answer_wish(work, talk, Wish.FEEDBACK, effect.report_id, ("give_feedback", payload))

    async def _answer_wish(self, work: Work, talk: Talk, wish: Wish, report_id: str, command: _Command) -> None:
        """
        Let the case decide, and the dialogue say what came of it.

        What the case does not allow at this point is not lost: a person reads the conversation. A rating that comes
        twice or too late needs nobody.
        """
        work.answered.add(talk.row.id)
        refusal = await self._on_report(work, talk, report_id, command)
        if refusal and wish is not Wish.RATING:
            self._wants_person(talk, refusal)
        await self._go_on(work, talk, WishAnswered(wish, report_id, refusal))

    async def _on_report(self, work: Work, talk: Talk, report_id: str, command: _Command) -> str:
        """One command of this person about one of their own reports; returns the code of a refusal, else nothing."""
        rows = await self._database.read(partial(reports.find, report_ids=[report_id]))
        if not rows or rows[0].contact_id != talk.contact_id:
            return NotFound.code
        file = await self._supplying.case_of(work, rows[0])
        name, payload = command
        return await self._issue(work, file, name, payload, talk)

    async def _issue(self, work: Work, file: CaseFile, name: str, payload: Mapping[str, Any], talk: Talk) -> str:
        answer = await self._desk.issue(work, file.now.id, name, payload, Actor.reporter(talk.contact_id))
        return answer.code if isinstance(answer, Refusal) else ""

    async def _status(self, work: Work, talk: Talk, effect: AskStatus) -> None:
        """The public stage; what comes next, and by when, to whoever reported: a code alone is no authority."""
        code = {"code": format_code(effect.code)}
        letter = self._house.write("status_unknown", code)
        try:
            row = await self._database.read(partial(reports.by_code, code=effect.code))
        except NotFound:
            row = None
        if row is not None:
            file = await self._desk.open(work, row.case_id)
            step = next_step(file.now, file.pack, self._now()) if row.contact_id == talk.contact_id else None
            coming = {"next": step.in_words()} if step else {}
            letter = self._house.write("status", {**code, "stage": file.public_stage, **coming})
        await self._answer(work, talk, Letter(letter.text, cause=f"line/{talk.next_seq}", subject=letter.subject))

    async def _ask_proof(self, work: Work, talk: Talk, effect: AskProof) -> None:
        await self._go_on(work, talk, self._numbers.ask(work, talk, effect.phone))

    async def _take_proof(self, work: Work, talk: Talk, effect: TakeProof) -> None:
        """Whether somebody who merely named the number is the same person, is a person's question."""
        told, joined = await self._numbers.take(work, talk, effect)
        if joined.namesakes:
            self._wants_person(talk, "same_number")
        await self._go_on(work, talk, told)

    async def _hand_over(self, _work: Work, talk: Talk, effect: HandOver) -> None:
        self._wants_person(talk, effect.reason)

    async def _emergency(self, _work: Work, talk: Talk, effect: RaiseEmergency) -> None:
        """Whatever the dialogue does next, a person looks now (QB-II.2h: both tracks at once)."""
        self._wants_person(talk, f"emergency_{effect.service}")

    async def _erase_request(self, work: Work, talk: Talk, _effect: EraseRequest) -> None:
        """On the desk for people's data, with its own times (VN-4); somebody finds out first who is asking."""
        await self._receiving.wish_of_erasure(work, talk)
        self._wants_person(talk, "erase_request")

    async def _follow_notices(self, work: Work, talk: Talk, effect: FollowNotices) -> None:
        kept = await self._notices.follow(work, talk, effect)
        await self._say(work, talk, Say("notices.kept" if kept else "notices.nowhere"))

    async def _end_notices(self, work: Work, talk: Talk, _effect: EndNotices) -> None:
        await self._notices.end(work, talk)

    async def _abandon(self, _work: Work, talk: Talk, _effect: Abandon) -> None:
        log.info("draft_abandoned", channel=talk.row.channel)

    def call_person(self, talk: Talk, reason: str) -> None:
        """Somebody must look into this conversation."""
        self._wants_person(talk, reason)

    def _wants_person(self, talk: Talk, reason: str) -> None:
        talk.needs_human = True
        log.info("person_wanted", channel=talk.row.channel, conversation=talk.row.id, reason=reason)
