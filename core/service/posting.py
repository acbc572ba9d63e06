"""
Writing to a citizen: the outbox entry and the line in the conversation, in the work of whatever caused it.

The same cause gives the same `dedupe_key`, so a notice worked out twice is one message. What goes out is sealed under
the contact's key; erasing the contact makes an unsent message unreadable, and it fails instead of going out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Literal

from core.contract.schema import Address, Attachment, OutboundMessage, new_id
from core.identity.codes import format_code
from core.intake.render import Asked
from core.intake.understand import bare_subject
from core.notify.quiet import Quiet, quiet_hours
from core.notify.router import way_name
from core.privacy.blind import kind_of_address
from core.service.envelope import sealed_entry
from core.service.ringing import Ringing
from core.service.safe import Safe
from core.service.talk import MessageContent, Talk
from core.service.talks import Talks
from core.service.work import Work
from core.storage import conversations, outbox
from core.storage.outbox import NewEntry

CARRIES_FILES = frozenset({"email", "telegram", "facebook", "zalo"})
"""Channels that take files along with a message."""
READ_THERE = frozenset({"web", "app"})
"""Surfaces of ours: what is written stands in the conversation, where its reader looks, and is carried nowhere."""
_BELL = "webpush"
"""What rings for news that stands there."""
_NO_SUBJECT = "Về phản ánh của anh/chị"


def takes_files(talk: Talk) -> bool:
    """Whether files that go with a letter reach the person of this conversation, there or at their other address."""
    other = talk.correspondent.copy_to
    return not talk.gone and bool(CARRIES_FILES & {talk.row.channel, *((other.channel,) if other else ())})


@dataclass(frozen=True)
class Letter:
    """
    What to say: `cause` names why, once and for ever; `author` is the staff member who wrote it, if one did.

    `answers`: the bot's answer to something that was said, which the brake counts. `files` are for channels that carry
    files; elsewhere they are left out. `purpose` and `fields` are for providers that take only approved templates once
    somebody has been silent for long. `kept`: what stands in the conversation, where the message itself holds what
    only its reader may have. `waits`: nothing is lost if it arrives in the morning (VN-6).
    """

    text: str
    cause: str
    subject: str = ""
    buttons: tuple[tuple[str, str], ...] = ()
    asks: Asked = ""
    case_id: str | None = None
    author: str = ""
    answers: bool = False
    files: tuple[Attachment, ...] = ()
    kept: str = ""
    waits: bool = False
    purpose: Literal["reply", "notice"] = "reply"
    fields: Mapping[str, str] = field(default_factory=dict)


class Posting:
    """
    Puts letters into conversations.

    `ringing`: whether a bell is worth a try for what stands on a surface of ours; None: never.
    """

    def __init__(
        self,
        talks: Talks,
        *,
        safe: Safe,
        now: Callable[[], datetime],
        ringing: Ringing | None = None,
        quiet: Quiet | None = None,
    ) -> None:
        self.talks = talks
        self._safe = safe
        self._now = now
        self._ringing = ringing
        self._quiet = quiet or quiet_hours()

    async def say(self, work: Work, talk: Talk, letter: Letter) -> None:
        """Write to the person of this conversation, on its channel, in its thread; to one who was erased, nothing."""
        if talk.gone:
            return
        entries, row = await self._safe.aside(partial(self._prepare, talk, letter), talk.contact_id)
        talk.next_seq += 1
        if self._ringing is not None and talk.row.channel in READ_THERE:
            goes_on = _is_news(letter) and talk.correspondent.copy_to is None  # who has mail is told there
            if await self._ringing.wanted(talk, goes_on=goes_on):
                entries.append(self._ring(talk, letter, goes_on=goes_on))
        work.put(outbox.ENTRIES, *(entry.__dict__ for entry in entries))
        work.put(conversations.MESSAGES, row.__dict__)

    async def farewell(self, work: Work, talk: Talk, letter: Letter) -> None:
        """The last word to somebody of whom nothing may stay (VN-1, VN-2): under a key of its own, no line kept."""
        message = _message(talk, letter).model_copy(update={"last_heard": self._now()})  # what was said is not kept
        entry = await asyncio.to_thread(self._entry, message, letter, subject_id=new_id())
        work.put(outbox.ENTRIES, replace(entry, forget=True).__dict__)

    async def last_word(self, work: Work, talk: Talk, letter: Letter) -> None:
        """
        As `farewell`, also to the other address the person left, and under no conversation: it still leaves when the
        person is erased a moment later.
        """
        if talk.gone:
            return
        for message in (_message(talk, letter), *_copies(talk, letter)):
            entry = await asyncio.to_thread(self._entry, message, letter, subject_id=new_id())
            work.put(outbox.ENTRIES, replace(entry, forget=True, conversation_id=message.id).__dict__)

    def _prepare(self, talk: Talk, letter: Letter) -> tuple[list[NewEntry], conversations.MessageRow]:
        entry = self._entry(_message(talk, letter), letter, subject_id=talk.contact_id)
        content = MessageContent(text=letter.kept or letter.text, subject=letter.subject, attachments=letter.files)
        row = self.talks.line(talk, content, direction="out", at=self._now())
        row = replace(row, kind="bot" if letter.answers else row.kind, author=letter.author, outbox_id=entry.id)
        copies = [self._entry(copy, letter, subject_id=talk.contact_id) for copy in _copies(talk, letter)]
        return [entry, *copies], row

    def _ring(self, talk: Talk, letter: Letter, *, goes_on: bool) -> NewEntry:
        """
        A bell for what stands on the page. It holds no other message up, and is no delivery of its own.

        `goes_on`: where no device takes it, another way says that there is news, and no more than that.
        """
        entry = self._entry(_bell(talk, letter), letter, subject_id=talk.contact_id)
        way = way_name(_BELL, "chat") if goes_on else ""
        return replace(entry, conversation_id=entry.id, case_id=None, way=way, root=entry.id if way else "")

    def _entry(self, message: OutboundMessage, letter: Letter, *, subject_id: str) -> NewEntry:
        now, way = self._now(), _first_way(message, letter)
        key = f"{message.conversation_id}/{message.channel}/{letter.cause}"
        entry = sealed_entry(
            self._safe, message, subject_id=subject_id, dedupe_key=key, now=now, case_id=letter.case_id
        )
        leaves_at = self._quiet.leaves_at(message.channel, now) if letter.waits else now
        return replace(entry, next_at=leaves_at, waits=letter.waits, root=message.id if way else "", way=way)


def _first_way(message: OutboundMessage, letter: Letter) -> str:
    """News about a case, and what a person wrote, go another way where this one fails; the dialogue's words do not."""
    if not message.text or not _is_news(letter):
        return ""
    return way_name(message.channel, kind_of_address(message.recipient.value))


def _is_news(letter: Letter) -> bool:
    return not letter.answers and bool(letter.author or letter.purpose == "notice")


def _message(talk: Talk, letter: Letter) -> OutboundMessage:
    who = talk.correspondent
    return OutboundMessage(
        id=new_id(),
        channel=talk.row.channel,
        account=talk.row.account,
        recipient=who.address,
        text=letter.text,
        subject=_answering(who.subject) or letter.subject,
        buttons=letter.buttons,
        asks=letter.asks,
        attachments=letter.files if talk.row.channel in CARRIES_FILES else (),
        conversation_id=talk.row.id,
        in_reply_to=who.last_id,
        references=who.references,
        automatic=not letter.author,
        purpose=letter.purpose,
        last_heard=who.last_heard or talk.row.last_inbound_at,
        fields=dict(letter.fields),
    )


def _bell(talk: Talk, letter: Letter) -> OutboundMessage:
    """Without the words: they wait on the page, which asks who is reading."""
    return OutboundMessage(
        id=new_id(),
        channel=_BELL,
        account="",
        recipient=Address(channel=_BELL, account="", value=talk.row.id),
        text="",
        conversation_id=talk.row.id,
        purpose=letter.purpose,
        fields={"page": "report", "code": format_code(talk.correspondent.address.value.partition(":")[2])},
    )


def _copies(talk: Talk, letter: Letter) -> list[OutboundMessage]:
    """The same words to the other address the person left; an answer to it joins this conversation."""
    other = talk.correspondent.copy_to
    if other is None:
        return []
    return [
        OutboundMessage(
            id=new_id(),
            channel=other.channel,
            account=other.account,
            recipient=other,
            text=letter.text,
            subject=letter.subject or _NO_SUBJECT,
            attachments=letter.files if other.channel in CARRIES_FILES else (),
            conversation_id=talk.row.id,
            automatic=not letter.author,
            purpose=letter.purpose,
            fields=dict(letter.fields),
        )
    ]


def _answering(subject: str) -> str:
    """The citizen's own subject under one "Re:", so that their mail program keeps the thread together."""
    own = bare_subject(subject)
    return f"Re: {own}" if own else ""
