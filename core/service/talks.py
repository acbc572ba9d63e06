"""Conversations found or begun for a message, changed in memory, saved with the rest of the work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from core.contract.schema import Address, Echo, InboundMessage, Reporter, new_id
from core.intake.state import Dialogue, Mode
from core.privacy.blind import kind_of_address
from core.service.grouping import Group
from core.service.safe import Safe
from core.service.stock import Stock
from core.service.talk import OUTSIDE, Correspondent, MessageContent, Talk
from core.service.whose_talk import Blinds, Wanted, find
from core.service.work import Work
from core.storage import contacts, conversations
from core.storage.conversations import ConversationRow, MessageRow
from core.storage.database import Connection, Database

_KEPT_REFERENCES = 10
_ID_DIGITS = 32


class Talks:
    """Opens and saves conversations."""

    def __init__(self, database: Database, *, safe: Safe, stock: Stock, now: Callable[[], datetime]) -> None:
        self._database = database
        self._safe = safe
        self._stock = stock
        self._now = now
        self._finding: Group[Wanted, ConversationRow | str | None] = Group(self._find_all)

    def expect(self, count: int) -> None:
        """For so many messages their conversation will be looked for before long."""
        self._finding.expect(count)

    async def _find_all(self, wanted: Sequence[Wanted]) -> Sequence[ConversationRow | str | None]:
        """One snapshot for all who look at the same time; strangers, in a storm nearly all, cost one statement."""

        def look(connection: Connection) -> list[ConversationRow | str | None]:
            known = contacts.at_addresses(connection, {one.blind.address for one in wanted})
            return [find(connection, one, contact_id=known.get(one.blind.address)) for one in wanted]

        return await self._database.read(look)

    async def for_message(self, work: Work, message: InboundMessage, *, threaded: bool) -> Talk:
        """The conversation that a message belongs to, begun where there is none."""
        blind = self._blinds(message)
        found = await self._finding.ask(Wanted(message, blind, threaded))
        if isinstance(found, ConversationRow):
            talk = work.talks.get(found.id) or await self._open(work, found)
        else:
            talk = self._begin(message, blind, contact_id=found)
            await self._safe.bring(talk.contact_id, new=True)
            work.talks.setdefault(talk.row.id, talk)
        talk.threaded = threaded
        return talk

    async def load(self, work: Work, conversation_id: str) -> Talk:
        """A conversation by id. NotFound."""
        if conversation_id in work.talks:
            return work.talks[conversation_id]
        row = await self._database.read(partial(conversations.load, conversation_id=conversation_id))
        return await self._open(work, row)

    def _blinds(self, message: InboundMessage) -> Blinds:
        blind, sender = self._safe.blind, message.sender
        hints = tuple(blind.other("provider", message.channel, hint) for hint in message.thread_hints)
        first = blind.other("contact", sender.channel, sender.account, sender.value, message.provider_message_id)
        return Blinds(blind.address(sender.channel, sender.account, sender.value), hints, first[:_ID_DIGITS])

    async def _open(self, work: Work, row: ConversationRow) -> Talk:
        seq = await self._database.read(partial(conversations.next_seq, conversation_id=row.id))
        await self._safe.bring(row.contact_id, new=False)
        talk = await self._safe.aside(partial(self._unseal, row, seq), row.contact_id)
        return work.talks.setdefault(row.id, talk)

    def _unseal(self, row: ConversationRow, seq: int) -> Talk:
        place = f"conversation:{row.id}"
        subject = row.contact_id
        dialogue = self._safe.open_or_none(row.dialogue_sealed, Dialogue, subject_id=subject, place=place)
        who = self._safe.open_or_none(row.correspondent_sealed, Correspondent, subject_id=subject, place=place)
        nobody = Correspondent(address=Address(channel=row.channel, account=row.account, value=""))
        return Talk(row, dialogue or Dialogue(), who or nobody, seq, needs_human=row.needs_human)

    def _begin(self, message: InboundMessage, blind: Blinds, *, contact_id: str | None) -> Talk:
        now = self._now()
        promised = message.form.contact_id if message.form else ""
        row = ConversationRow(
            id=new_id(),
            channel=message.channel,
            account=message.account,
            address_blind=blind.address,
            contact_id=promised or contact_id or self._newcomer(message, blind),
            correspondent_sealed=None,
            dialogue_sealed=None,
            mode="bot",
            version=0,
            created_at=now,
            last_message_at=now,
            last_inbound_at=None,
            unread=0,
            needs_human=False,
        )
        who = Correspondent(address=message.sender, name=message.sender_name)
        newcomer = row.contact_id not in (promised, contact_id, blind.newcomer)
        is_new = bool(promised) or contact_id is None
        return Talk(row, Dialogue(), who, 1, is_new=True, contact_is_new=is_new, newcomer=newcomer)

    def _newcomer(self, message: InboundMessage, blind: Blinds) -> str:
        """Files are stored before the message is: a second try after a failure must find them under the same key."""
        return blind.newcomer if message.attachments else self._stock.contact_id(otherwise=blind.newcomer)

    async def at(self, work: Work, address: Address) -> Talk | None:
        """The latest conversation with an address, if there ever was one."""
        channel, account = address.channel, address.account
        blind = self._safe.blind.address(channel, account, address.value)
        if in_hand := [talk for talk in work.talks.values() if talk.row.address_blind == blind]:
            return in_hand[-1]
        newest = partial(conversations.newest_at, channel=channel, account=account, address_blind=blind)
        row = await self._database.read(newest)
        return None if row is None else await self._open(work, row)

    def move(self, work: Work, talk: Talk, value: str) -> None:
        """The person of this conversation is known at another address of the same account from now on."""
        address = talk.correspondent.address.model_copy(update={"value": value})
        blind = self._safe.blind.address(address.channel, address.account, value)
        talk.correspondent = talk.correspondent.model_copy(update={"address": address})
        talk.row = replace(talk.row, address_blind=blind)
        kind = kind_of_address(value)
        identity = contacts.identity_row(talk.contact_id, kind=kind, address_blind=blind, now=self._now())
        work.put(contacts.IDENTITIES, identity)

    async def overhear(self, work: Work, talk: Talk, echo: Echo, *, raw_id: str | None) -> None:
        """Write down what a person of our side said past us."""
        content = MessageContent(text=echo.text, provider_message_id=echo.provider_message_id)
        row = await self._safe.aside(partial(self.line, talk, content, direction="out", at=echo.at), talk.contact_id)
        blind = self._safe.blind.other("provider", echo.channel, echo.provider_message_id)
        _append(work, talk, replace(row, kind=OUTSIDE, provider_blind=blind, raw_id=raw_id))

    async def hear(self, work: Work, talk: Talk, message: InboundMessage, *, raw_id: str | None) -> None:
        """Write down what was said, and what an answer will refer to."""
        row = await self._safe.aside(partial(self._heard_row, talk, message), talk.contact_id)
        talk.heard += 1
        if message.channel == talk.row.channel:
            talk.correspondent = _referring_to(talk.correspondent, message)
        _append(work, talk, replace(row, raw_id=raw_id))

    def _heard_row(self, talk: Talk, message: InboundMessage) -> MessageRow:
        content = MessageContent(
            text=message.text or (message.form.content if message.form else ""),
            full_text=message.full_text,
            subject=message.subject,
            sender_name=message.sender_name,
            attachments=message.attachments,
            place=message.place,
            authenticity=message.authenticity,
            provider_message_id=message.provider_message_id,
        )
        row = self.line(talk, content, direction="in", at=message.received_at)
        blind = self._safe.blind.other("provider", message.channel, message.provider_message_id)
        return replace(row, kind=message.kind, provider_blind=blind)

    def line(self, talk: Talk, content: MessageContent, *, direction: str, at: datetime) -> MessageRow:
        """The next message of this conversation, sealed."""
        message_id = new_id()
        return MessageRow(
            id=message_id,
            seq=talk.next_seq,
            conversation_id=talk.row.id,
            direction=direction,
            kind="text",
            provider_blind="",
            at=at,
            content_sealed=self._safe.seal(content, subject_id=talk.contact_id, place=f"message:{message_id}"),
            author="",
            outbox_id=None,
        )

    async def save_all(self, work: Work) -> None:
        """Have every conversation in the hand stored under its version check."""
        for talk in work.talks.values():
            await self._save(work, talk)

    async def _save(self, work: Work, talk: Talk) -> None:
        if talk.gone:
            return
        now = self._now()
        row = await self._safe.aside(partial(self._sealed_row, talk, now), talk.contact_id)
        if not talk.is_new:
            work.put(conversations.SAVED, (row, talk.row.version))
            return
        kind = kind_of_address(talk.correspondent.address.value)
        contact, blind = talk.contact_id, row.address_blind
        profile = talk.profile or await self._safe.aside(partial(self._sealed_profile, talk), contact)
        work.put(contacts.CONTACTS, contacts.contact_row(contact, now=now, profile_sealed=profile))
        if not talk.newcomer:
            work.put(contacts.STANDING, contact)
        work.put(conversations.CONVERSATIONS, row.__dict__)
        identity = contacts.identity_row(contact, kind=kind, address_blind=blind, now=now)
        work.put(contacts.IDENTITIES, identity)

    def _sealed_row(self, talk: Talk, now: datetime) -> ConversationRow:
        place, subject = f"conversation:{talk.row.id}", talk.contact_id
        return replace(
            talk.row,
            correspondent_sealed=self._safe.seal(talk.correspondent, subject_id=subject, place=place),
            dialogue_sealed=self._safe.seal(talk.dialogue, subject_id=subject, place=place),
            mode=talk.dialogue.mode,
            version=talk.row.version + 1,
            last_message_at=now,
            last_inbound_at=now if talk.heard else talk.row.last_inbound_at,
            unread=talk.row.unread + talk.heard,
            needs_human=talk.needs_human,
            attendant=talk.row.attendant if talk.dialogue.mode is Mode.PERSON else "",
        )

    def _sealed_profile(self, talk: Talk) -> bytes:
        profile = Reporter(name=talk.correspondent.name)
        return self._safe.seal(profile, subject_id=talk.contact_id, place=f"contact:{talk.contact_id}")


def _append(work: Work, talk: Talk, row: MessageRow) -> None:
    talk.next_seq += 1
    work.put(conversations.MESSAGES, row.__dict__)


def _referring_to(who: Correspondent, message: InboundMessage) -> Correspondent:
    """The thread as an answer will cite it (RFC 5322 §3.6.4: References end with what is answered)."""
    references = (*message.thread_hints[::-1], *who.references)
    heard = min(message.provider_time, message.received_at)
    thread = tuple(dict.fromkeys((*references, message.provider_message_id)))[-_KEPT_REFERENCES:]
    return who.model_copy(
        update={
            "name": message.sender_name or who.name,
            "subject": message.subject or who.subject,
            "last_id": message.provider_message_id,
            "references": thread,
            "last_heard": max(who.last_heard or heard, heard),
        }
    )
