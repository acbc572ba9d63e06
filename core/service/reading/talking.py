"""Conversations as staff read them: who, on which channel, what was said, and how far our answers got."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from core.contract.schema import Attachment, Reporter
from core.identity.codes import format_code
from core.service.reading.curtain import Curtain, excerpt
from core.service.reading.gathering import Opener, TalkRows
from core.service.reading.names import Names
from core.service.reading.proofs import sender_proof
from core.service.reading.views import (
    ConversationLine,
    ConversationView,
    DeliveryStep,
    DeliveryView,
    File,
    MessageView,
)
from core.service.talk import MessageContent
from core.storage.conversations import ConversationRow, MessageRow
from core.storage.staff_lists import Delivery

SELF_NAMED = frozenset({"zalo", "facebook", "telegram"})
"""Where people choose the name that their messages come under."""
KINDS = {"image": "Ảnh", "video": "Video", "audio": "Ghi âm", "file": "Tệp"}


@dataclass(frozen=True)
class TalkReader:
    """Builds views out of rows; runs in a thread."""

    opener: Opener
    names: Names
    curtain: Curtain

    def line(self, row: ConversationRow, last: MessageRow | None = None) -> ConversationLine:
        """A conversation in a list."""
        who = self.opener.correspondent(row)
        said = self.opener.message(last, row.contact_id) if last else None
        return ConversationLine(
            id=row.id,
            channel=self.names.channel(row.channel),
            contact_id=row.contact_id,
            name=self.curtain.name(who.name) if who else "",
            address=self.curtain.address(who.address.value) if who and who.address.value else "",
            mode=row.mode,
            needs_human=row.needs_human,
            unread=row.unread,
            last_message_at=row.last_message_at,
            excerpt=excerpt(said.text, self.curtain) if said else "",
            attendant=self.names.attendant(row.attendant),
        )

    def listed(self, row: ConversationRow, last: MessageRow | None) -> ConversationLine:
        """The same with the first words of its last message, without the name of who wrote it."""
        who = self.opener.correspondent(row)
        knowing = replace(self, curtain=self.curtain.about([Reporter(name=who.name)])) if who and who.name else self
        return knowing.line(row, last)

    def view(self, talk: TalkRows, *, cases: Mapping[str, str]) -> ConversationView:
        """One conversation; `cases`: report code → case id."""
        who = self.opener.correspondent(talk.row)
        if who is not None:
            knowing = replace(self, curtain=self.curtain.about([Reporter(name=who.name)]))
            return knowing._view(talk, cases)
        return self._view(talk, cases)

    def _view(self, talk: TalkRows, cases: Mapping[str, str]) -> ConversationView:
        line = self.line(talk.row, talk.messages[-1] if talk.messages else None)
        return ConversationView(
            **dict(line),
            self_named=talk.row.channel in SELF_NAMED,
            revealed=self.curtain.revealed,
            messages=tuple(self._messages(talk)),
            cases={format_code(code): case_id for code, case_id in cases.items()},
        )

    def _messages(self, talk: TalkRows) -> Iterator[MessageView]:
        for row in talk.messages:
            said = self.opener.message(row, talk.row.contact_id)
            words = self.curtain.said if row.direction == "in" else self.curtain.written
            yield MessageView(
                id=row.id,
                number=row.seq,
                at=row.at,
                direction=row.direction,
                kind=row.kind,
                author=self.names.staff(row.author).name if row.author else "",
                subject=words(said.subject) if said else "",
                text=words(said.text) if said else "",
                full_text=words(said.full_text) if said and _quotes(said) else "",
                place=self.curtain.place(said.place) if said and said.place else None,
                files=tuple(files(said.attachments, self.curtain, of="")) if said else (),
                erased=said is None,
                proof=sender_proof(said.authenticity) if said else None,
                delivery=_delivery(talk.deliveries.get(row.outbox_id or ""), self._steps(talk, row)),
            )

    def _steps(self, talk: TalkRows, row: MessageRow) -> Iterator[DeliveryStep]:
        """The ways that were taken after the first one."""
        for one in talk.deliveries.values():
            if row.outbox_id and one.root == row.outbox_id != one.id:
                yield DeliveryStep(
                    channel=self.names.channel(one.channel).label,
                    why=one.why,
                    state=one.state,
                    outcome=one.outcome,
                    reason=one.reason,
                )


def files(attachments: tuple[Attachment, ...], curtain: Curtain, *, of: str) -> Iterator[File]:
    """Stored files with a label each: "Ảnh 1", or "Ảnh 1 – phản ánh 1234 5678 9012"."""
    for number, one in enumerate(attachments, start=1):
        if one.stored_key:
            label = f"{KINDS[one.kind]} {number}" + (f" – {of}" if of else "")
            yield File(key=one.stored_key, label=label, description=curtain.attachment(one))


def _quotes(said: MessageContent) -> bool:
    """Whether a mail holds more than what is new in it."""
    return bool(said.full_text.strip()) and said.full_text.split() != said.text.split()


def _delivery(found: Delivery | None, steps: Iterator[DeliveryStep]) -> DeliveryView | None:
    if found is None:
        return None
    return DeliveryView(
        id=found.id,
        state=found.state,
        outcome=found.outcome,
        reason=found.reason,
        sent_at=found.sent_at,
        steps=tuple(steps),
    )
