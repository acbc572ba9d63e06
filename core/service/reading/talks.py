"""Conversations and contacts: whom the centre talks with."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import NamedTuple

from core.contract.errors import NotFound
from core.contract.schema import Reporter
from core.identity.codes import format_code
from core.identity.phones import valid
from core.service.actors import ADMIN, Member
from core.service.reading.base import Reads, RevealRefused
from core.service.reading.curtain import Curtain
from core.service.reading.gathering import TalkRows, authors, read_talks
from core.service.reading.lists import After
from core.service.reading.talking import TalkReader
from core.service.reading.views import (
    ContactView,
    ConversationLine,
    ConversationView,
    IdentityView,
    JoinedView,
    Labelled,
    Page,
    ReporterView,
)
from core.storage import contacts, conversations, joining, reports, staff_lists
from core.storage.conversations import ConversationRow, MessageRow
from core.storage.database import Connection
from core.storage.joining import Link
from core.storage.reports import ReportRow
from core.storage.staff_lists import KnownIdentity

PAGE = 50
MOST_CALLERS = 3
"""People of one number that are shown: a household has one telephone."""


TALK_PAGE = Page[ConversationLine]
"""Kept, as in `listing`."""


class _Talk(NamedTuple):
    talk: TalkRows
    profile: bytes | None
    cases: dict[str, str]
    users: dict[str, str]


class _Attended(NamedTuple):
    rows: list[ConversationRow]
    after: After | None
    last: dict[str, MessageRow]
    users: dict[str, str]


class _Contact(NamedTuple):
    profile: bytes | None
    identities: list[KnownIdentity]
    talks: list[ConversationRow]
    reports: list[ReportRow]
    links: list[Link]


class ReadsPeople(Reads):
    """Conversations and contacts, for the centre; administrators see them masked."""

    async def conversations(
        self, member: Member, *, after: After | None = None, most: int = PAGE
    ) -> Page[ConversationLine]:
        """Conversations that wait for a person or that one has taken over, the longest waiting first, spam last."""
        self._check(member)
        found = await self._database.read(partial(_read_attended, after=after, most=most))
        lines = await asyncio.to_thread(self._talk_lines, found)
        return TALK_PAGE(items=lines, after=found.after)

    def _talk_lines(self, found: _Attended) -> tuple[ConversationLine, ...]:
        reader = TalkReader(self._opener, self.names(users=found.users), Curtain())
        return tuple(reader.listed(row, found.last.get(row.id)) for row in found.rows)

    async def conversation(self, conversation_id: str, member: Member, *, reveal: bool = False) -> ConversationView:
        """One conversation with its messages and what became of ours. NotFound · RevealRefused."""
        self._check(member)
        found = await self._database.read(partial(_read_talk, conversation_id=conversation_id))
        await self._reveal(member, reveal, what="conversation", ref=conversation_id, whose=found.talk.row.contact_id)
        return await asyncio.to_thread(self._talk_view, found, self.curtain(member, reveal=reveal))

    def _talk_view(self, found: _Talk, curtain: Curtain) -> ConversationView:
        contact = found.talk.row.contact_id
        who = self._safe.open_or_none(found.profile, Reporter, subject_id=contact, place=f"contact:{contact}")
        reader = TalkReader(self._opener, self.names(users=found.users), curtain.about([who] if who else []))
        return reader.view(found.talk, cases=found.cases)

    async def open_message_file(self, conversation_id: str, key: str, member: Member) -> None:
        """Let a file of a conversation be read, and log it. NotFound unless it holds it."""
        view = await self.conversation(conversation_id, member)
        if key not in {file.key for line in view.messages for file in line.files}:
            raise NotFound(key)
        await self.log(member, "file", conversation_id)

    async def contact(self, contact_id: str, member: Member, *, reveal: bool = False) -> ContactView:
        """A person who wrote to us, with reports and conversations. NotFound · RevealRefused."""
        self._check(member)
        found = await self._database.read(partial(_read_contact, contact_id=contact_id))
        await self._reveal(member, reveal, what="contact", ref=contact_id, whose=contact_id)
        return await asyncio.to_thread(self._contact_view, contact_id, found, self.curtain(member, reveal=reveal))

    async def callers(self, number: str, member: Member) -> tuple[ContactView, ...]:
        """Whoever is known to use this number, masked, the newest first; a number proves nobody (`identities`)."""
        self._check(member)
        phone = valid(number)
        if phone is None:
            return ()
        at = partial(staff_lists.contacts_at, address_blinds=[self._safe.blind.phone(phone)])
        known = (await self._database.read(at))[-MOST_CALLERS:]
        return tuple([await self.contact(contact_id, member) for contact_id in reversed(known)])

    def _contact_view(self, contact_id: str, found: _Contact, curtain: Curtain) -> ContactView:
        who = self._safe.open_or_none(found.profile, Reporter, subject_id=contact_id, place=f"contact:{contact_id}")
        reader = TalkReader(self._opener, self.names(), curtain)
        return ContactView(
            id=contact_id,
            reporter=curtain.reporter(who, contact_id) if who else ReporterView(contact_id=contact_id),
            identities=tuple(IdentityView(**one.__dict__) for one in found.identities),
            reports=tuple(Labelled(id=row.case_id, label=format_code(row.code)) for row in found.reports),
            conversations=tuple(reader.line(row) for row in found.talks),
            joined=tuple(JoinedView(id=one.id, contact_id=_other(one, contact_id), at=one.at) for one in found.links),
        )

    def _check(self, member: Member) -> None:
        if not self.hears(member):
            raise NotFound("conversations belong to the centre")

    async def _reveal(self, member: Member, reveal: bool, *, what: str, ref: str, whose: str) -> None:
        """Only the centre may see who it is, and nobody where they wish so; logged before it happens."""
        if not reveal:
            return
        if not member.is_centre(self._regulation.current):
            raise RevealRefused(f"{ADMIN} reads masked")
        await self.refuse_restricted([whose])
        await self.log(member, what, ref)


def _other(link: Link, contact_id: str) -> str:
    """The far end of a link; of one between two others, the contact that stands for both."""
    return link.contact_id if link.kept_id == contact_id else link.kept_id


def _read_attended(connection: Connection, after: After | None, most: int) -> _Attended:
    rows = staff_lists.attended(connection, after=after, most=most + 1)
    shown, more = rows[:most], len(rows) > most
    return _Attended(
        rows=shown,
        after=staff_lists.place_attended(shown[-1]) if more else None,
        last=conversations.last_heard(connection, [row.id for row in shown]),
        users=staff_lists.user_names(connection, {row.attendant for row in shown if row.attendant}),
    )


def _read_talk(connection: Connection, conversation_id: str) -> _Talk:
    talks = read_talks(connection, [conversation_id])
    if not talks:
        raise NotFound(conversation_id)
    told = reports.of_contact(connection, talks[0].row.contact_id)
    cases = {row.code: row.case_id for row in told if row.conversation_id == conversation_id}
    profile = contacts.profile(connection, talks[0].row.contact_id)
    return _Talk(talks[0], profile, cases, staff_lists.user_names(connection, set(authors(talks))))


def _read_contact(connection: Connection, contact_id: str) -> _Contact:
    person = joining.one_person(connection, contact_id)
    found = _Contact(
        profile=contacts.profile(connection, contact_id),
        identities=staff_lists.identities(connection, contact_id),
        talks=[row for one in person for row in conversations.of_contact(connection, one)],
        reports=[row for one in person for row in reports.of_contact(connection, one)],
        links=joining.links_of(connection, contact_id),
    )
    if not any(found):
        raise NotFound(contact_id)
    return found
