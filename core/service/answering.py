"""
A person answers in a conversation: reply, take it over from the dialogue, hand it back, close it as a question.

A reply takes the conversation over, so that the dialogue does not speak in between. While a person has it, it stays
in the list of conversations to look after; handing it back or closing it ends that. Two who would answer at once are
told of each other: `holder` is whom the page showed as having it, and anybody else comes first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from core.contract.errors import CaseError, VersionConflict
from core.identity.codes import format_code
from core.intake.happenings import HandedBack, Settled, StaffTookOver
from core.intake.state import Mode
from core.service.clerk import Clerk
from core.service.posting import Letter
from core.service.talk import OUTSIDE, Talk
from core.service.work import Work, Write

_TRIES = 3
LONGEST_REPLY = 8_000


class AddressUnknown(CaseError):
    """The person of this conversation was erased, so nothing can be sent to them: 409."""

    code = "address_unknown"
    vi = "Không gửi được: thông tin liên hệ của hội thoại này đã được xóa."


class Attended(CaseError):
    """A colleague has this conversation, which the page did not know: 409."""

    code = "attended"
    vi = "Một đồng nghiệp vừa nhận hội thoại này. Nếu cần, anh/chị bấm Nhận thay rồi thực hiện lại."


class Answering:
    """What officials do in conversations; each act is one unit of work, tried again after a lost race."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk

    async def reply(
        self,
        conversation_id: str,
        text: str,
        *,
        author: str,
        cause: str,
        holder: str | None = None,
        also: Write | None = None,
    ) -> None:
        """
        Write to the citizen on their channel, in their thread.

        Args:
            author: user id of the official. `cause` names this reply for ever: the same one is sent once.
            holder: who has the conversation, as the author knows; None: it does not matter.
            also: a write to go into the same transaction (an idempotency record).
        Raises: NotFound · AddressUnknown · Attended · VersionConflict after several lost races.
        """

        async def act(work: Work, talk: Talk) -> None:
            _expect(talk, by=author, holder=holder)
            if not talk.correspondent.address.value:
                raise AddressUnknown(conversation_id)
            await take(self._clerk, work, talk, by=author)
            letter = Letter(text, cause=f"staff/{cause}", author=author, fields=_fields(talk))
            await self._clerk.posting.say(work, talk, letter)

        await self._in_unit(conversation_id, act, also)

    async def take_over(
        self, conversation_id: str, *, by: str, holder: str | None = None, also: Write | None = None
    ) -> None:
        """This person answers from now on, also in the place of `holder`. NotFound · Attended · VersionConflict."""

        async def act(work: Work, talk: Talk) -> None:
            _expect(talk, by=by, holder=holder)
            await take(self._clerk, work, talk, by=by)

        await self._in_unit(conversation_id, act, also)

    async def hand_back(self, conversation_id: str, *, also: Write | None = None) -> None:
        """The dialogue may speak again, and nobody is waited for. NotFound · VersionConflict."""

        async def act(work: Work, talk: Talk) -> None:
            if talk.dialogue.mode is not Mode.BOT:
                await self._clerk.converse.happen(work, talk, HandedBack())
            _let_go(talk)

        await self._in_unit(conversation_id, act, also)

    async def close(self, conversation_id: str, *, at: datetime, also: Write | None = None) -> None:
        """
        It was a question, and it is answered: no case comes of it, what was gathered is dropped (A-7), nobody waits.

        NotFound · VersionConflict.
        """

        async def act(work: Work, talk: Talk) -> None:
            await self._clerk.converse.happen(work, talk, Settled())
            _let_go(talk)
            talk.row = replace(talk.row, answered_at=at)

        await self._in_unit(conversation_id, act, also)

    async def _in_unit(
        self, conversation_id: str, act: Callable[[Work, Talk], Awaitable[None]], also: Write | None
    ) -> None:
        for attempt in range(_TRIES):
            work = Work()
            talk = await self._clerk.talks.load(work, conversation_id)
            await act(work, talk)
            if also is not None:
                work.add(also)
            try:
                await self._clerk.finish(work)
            except VersionConflict:
                if attempt == _TRIES - 1:
                    raise
            else:
                return


async def take(clerk: Clerk, work: Work, talk: Talk, *, by: str) -> None:
    """A person answers in this conversation from now on, and has seen what stands in it."""
    if talk.dialogue.mode is not Mode.PERSON:
        await clerk.converse.happen(work, talk, StaffTookOver(by))
    talk.needs_human = True
    talk.row = replace(talk.row, unread=0, attendant=talk.row.attendant if by == OUTSIDE else by)


def _expect(talk: Talk, *, by: str, holder: str | None) -> None:
    """Attended: somebody else has it than oneself or whom the page showed."""
    if holder is not None and talk.row.attendant not in ("", by, holder):
        raise Attended(talk.row.id)


def _fields(talk: Talk) -> dict[str, str]:
    """The code of their last report: all that may be told where an address is only said to be theirs."""
    codes = [report.code for report in talk.dialogue.reports if report.code]
    return {"code": format_code(codes[-1])} if codes else {}


def _let_go(talk: Talk) -> None:
    talk.needs_human = False
    talk.row = replace(talk.row, unread=0, attendant="")
