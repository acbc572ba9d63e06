"""
Everything behind one page, read at one moment: first the rows (in a transaction), then the seals (in a thread).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from core.cases.events import Event, WorkHandedOver, parse_event
from core.cases.model import Case
from core.cases.sealed import SealedText
from core.contract.errors import NotFound
from core.contract.schema import Report
from core.privacy.errors import Erased
from core.service.actors import involved_agencies
from core.service.safe import Safe
from core.service.talk import Correspondent, MessageContent
from core.service.texts import ERASED
from core.storage import cases, conversations, reports, staff_lists
from core.storage.conversations import ConversationRow, MessageRow
from core.storage.database import Connection
from core.storage.reports import ReportRow, VaultRow
from core.storage.staff_lists import Colleague, Delivery


@dataclass(frozen=True)
class TalkRows:
    """One conversation with its messages and what became of those we sent."""

    row: ConversationRow
    messages: tuple[MessageRow, ...] = ()
    deliveries: Mapping[str, Delivery] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseRows:
    """One case with everything that hangs on it, still sealed."""

    case: Case
    events: tuple[tuple[int, Event], ...]
    reports: tuple[ReportRow, ...]
    texts: tuple[VaultRow, ...]
    talks: tuple[TalkRows, ...]
    users: Mapping[str, str]
    colleagues: tuple[Colleague, ...]


def read_case(connection: Connection, case_id: str, *, allowed: Callable[[Case], bool], with_talks: bool) -> CaseRows:
    """The rows behind a case page. NotFound: no such case, or not `allowed`."""
    case = Case.model_validate(cases.load(connection, case_id).state)
    if not allowed(case):
        raise NotFound(f"case {case_id} is not this person's to see")
    events = tuple((row.version, parse_event(row.body)) for row in cases.load_events(connection, case_id))
    talk_ids = list(dict.fromkeys(one.conversation_id for one in case.reports if one.conversation_id))
    gathered = read_talks(connection, talk_ids) if with_talks else ()
    people = {*_user_ids(case, (event for _, event in events)), *authors(gathered)}
    return CaseRows(
        case=case,
        events=events,
        reports=tuple(reports.find(connection, [one.report_id for one in case.reports])),
        texts=tuple(reports.texts(connection, _text_ids(event for _, event in events))),
        talks=gathered,
        users=staff_lists.user_names(connection, people),
        colleagues=tuple(staff_lists.colleagues(connection, involved_agencies(case))),
    )


def read_talks(connection: Connection, ids: Collection[str]) -> tuple[TalkRows, ...]:
    """Conversations with their messages; unknown ids are left out."""
    rows = [row for one in ids if (row := conversations.find(connection, one)) is not None]
    delivered = staff_lists.deliveries(connection, [row.id for row in rows])
    return tuple(TalkRows(row, tuple(conversations.messages(connection, row.id)), delivered) for row in rows)


def sealed_texts(event: Event) -> Iterator[tuple[str, SealedText]]:
    """(field, text) of everything sealed that an event carries."""
    for name in type(event).model_fields:
        value = getattr(event, name)
        if isinstance(value, SealedText):
            yield name, value


def _text_ids(events: Iterable[Event]) -> list[str]:
    return [text.id for event in events for _, text in sealed_texts(event)]


def _user_ids(case: Case, events: Iterable[Event]) -> Iterator[str]:
    for event in events:
        yield from filter(None, (event.by.id, event.by.acting_for))
        if isinstance(event, WorkHandedOver):
            yield from filter(None, (event.from_staff, event.to_staff))
    yield from (one.staff_id for one in case.dispatches if one.staff_id)
    yield from (one.staff_id for one in case.coordinations if one.staff_id)
    yield from (made.by for one in case.dispatches for made in one.resolutions)


def authors(talks: Iterable[TalkRows]) -> Iterator[str]:
    """Ids of the officials who wrote in these conversations, or have them."""
    for talk in talks:
        yield from (message.author for message in talk.messages if message.author)
        if talk.row.attendant:
            yield talk.row.attendant


@dataclass(frozen=True)
class Opener:
    """Opens seals; what was erased is None or reads `ERASED`. All of it belongs in a thread."""

    safe: Safe

    def report(self, row: ReportRow) -> Report | None:
        """What the reporter told us."""
        place = f"report:{row.id}"
        return self.safe.open_or_none(row.content_sealed, Report, subject_id=row.contact_id, place=place)

    def message(self, row: MessageRow, contact_id: str) -> MessageContent | None:
        """What one message says."""
        place = f"message:{row.id}"
        return self.safe.open_or_none(row.content_sealed, MessageContent, subject_id=contact_id, place=place)

    def correspondent(self, row: ConversationRow) -> Correspondent | None:
        """Who is on the other side."""
        place = f"conversation:{row.id}"
        return self.safe.open_or_none(row.correspondent_sealed, Correspondent, subject_id=row.contact_id, place=place)

    def texts(self, rows: Iterable[VaultRow]) -> dict[str, str]:
        """Free texts by id."""
        return {row.id: self.text(row) for row in rows}

    def text(self, row: VaultRow) -> str:
        """One free text."""
        if row.sealed is None:
            return ERASED
        try:
            return self.safe.vault.open(row.sealed, vault_id=row.id, subject_id=row.subject_id)
        except Erased:
            return ERASED
