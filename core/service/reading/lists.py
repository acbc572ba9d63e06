"""Lists of cases: whose turn it is, and what matches a search. No names in them; first words masked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import get_args

from core.cases.model import Case
from core.contract.errors import NotFound
from core.identity.codes import format_code, parse_code
from core.identity.phones import valid
from core.intake.fold import fold
from core.regulations.words import Level
from core.service.reading.curtain import Curtain, excerpt
from core.service.reading.gathering import Opener
from core.service.reading.names import Names
from core.service.reading.views import CaseLine, QueueLine
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.storage import case_search, cases, queues, reports, staff_lists
from core.storage.case_search import Search
from core.storage.cases import CaseRow
from core.storage.database import Connection
from core.storage.queues import QueueRow
from core.storage.reports import ReportRow

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNDATED = 2**62
"""Where the queue goes on behind the last line that has a due time."""

After = tuple[int, str]


@dataclass(frozen=True)
class Wanted:
    """What staff look for: words, a code, a phone number or mail address (exact), and filters."""

    text: str = ""
    stage: str = ""
    open_only: bool = False


def microseconds(moment: datetime) -> int:
    """A sort value of a cursor."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def queue_rows(
    connection: Connection, *, seats: Collection[tuple[str, str]], after: After | None, most: int
) -> tuple[list[QueueRow], After | None]:
    """One page of work, the nearest due time first."""
    if not seats:
        return [], None
    rows = queues.page(connection, seats=seats, after=after, most=most + 1)
    last = rows[most - 1] if len(rows) > most else None
    cursor = (microseconds(last.due_at) if last.due_at else UNDATED, last.case_id) if last else None
    return rows[:most], cursor


def search_rows(
    connection: Connection, wanted: Search, *, after: After | None, most: int, allowed: Callable[[Case], bool]
) -> tuple[list[CaseRow], After | None]:
    """
    One page of a search, the newest first.

    The database looks among the agencies that are asked for; `allowed` has the last word. A page may be short, or
    empty, and still be continued.
    """
    before = (_EPOCH + timedelta(microseconds=after[0]), after[1]) if after else None
    found = case_search.look(connection, wanted, before=before, most=most)
    rows = [row for row in found.rows if allowed(Case.model_validate(row.state))]
    return rows, (microseconds(found.last[0]), found.last[1]) if found.last else None


def by_key(connection: Connection, text: str, *, safe: Safe, by_address: bool) -> list[CaseRow] | None:
    """The cases behind a report code or, `by_address`, a phone number or mail address; None for any other text."""
    code = parse_code(text)
    if code is not None:
        return _load(connection, _case_of_code(connection, code))
    blind = _blind(text, safe) if by_address else None
    if blind is None:
        return None
    contacts = staff_lists.contacts_at(connection, [blind])
    told = [row.case_id for contact in contacts for row in reports.of_contact(connection, contact)]
    return _load(connection, dict.fromkeys(reversed(told)))


def _case_of_code(connection: Connection, code: str) -> list[str]:
    try:
        return [reports.by_code(connection, code).case_id]
    except NotFound:
        return []


def _blind(text: str, safe: Safe) -> str | None:
    phone = valid(text)
    if phone is not None:
        return safe.blind.phone(phone)
    return safe.blind.email(text.strip()) if "@" in text and " " not in text.strip() else None


def _load(connection: Connection, ids: Iterable[str]) -> list[CaseRow]:
    return [cases.load(connection, case_id) for case_id in ids]


def searching(wanted: Wanted, *, reach: Collection[str] | None) -> Search:
    """The same, as storage asks for it, among the cases of these agencies (None: all)."""
    agencies = None if reach is None else tuple(sorted(reach))
    return Search(text=fold(wanted.text), stage=wanted.stage, open_only=wanted.open_only, agencies=agencies)


@dataclass(frozen=True)
class ListReader:
    """Puts rows into lines. `words`: the content of each case, opened; `reader`: the user id of who reads."""

    regulation: Regulation
    now: datetime
    words: Mapping[str, str]
    reader: str = ""

    def case_line(self, row: CaseRow) -> CaseLine:
        """A case in a search."""
        names = self._names(row.regulation)
        return CaseLine(
            id=row.id,
            code=format_code(row.code),
            stage=names.stage("case", row.stage),
            category=names.category(row.category) if row.category else None,
            urgency=names.urgency(row.urgency),
            received_at=row.received_at,
            due_at=row.next_due_at,
            overdue=row.next_due_at is not None and self.now > row.next_due_at,
            open=row.open,
            excerpt=self.words.get(row.id, ""),
        )

    def queue_line(self, row: QueueRow, case: Case) -> QueueLine:
        """A piece of work in a queue."""
        names = self._names(case.regulation)
        steps = (names.stage(level, row.stage).label for level in get_args(Level))
        return QueueLine(
            id=row.case_id,
            code=format_code(row.code),
            stage=names.stage("case", case.stage),
            category=names.category(row.category) if row.category else None,
            urgency=names.urgency(row.urgency),
            received_at=row.received_at,
            due_at=row.due_at,
            overdue=row.due_at is not None and self.now > row.due_at,
            open=True,
            excerpt=self.words.get(row.case_id, ""),
            role=names.role(row.role),
            agency=names.agency(row.agency_id) if row.agency_id else None,
            step=next((label for label in steps if label != row.stage), row.stage),
            channel=names.channel(case.channel),
            mine=bool(self.reader) and self.reader in given_to(case),
            version=case.version,
        )

    def _names(self, regulation: str) -> Names:
        return Names(self.regulation.packs.get(regulation), self.regulation.agencies)


def given_to(case: Case) -> set[str | None]:
    """User ids of the officials to whom parts of a case were given."""
    return {part.staff_id for part in case.dispatches} | {part.staff_id for part in case.coordinations}


def content_rows(connection: Connection, states: Iterable[Case]) -> dict[str, ReportRow]:
    """The first report of each of these cases, by case id."""
    ids = {case.reports[0].report_id: case.id for case in states}
    return {ids[row.id]: row for row in reports.find(connection, list(ids))}


def excerpts(rows: Mapping[str, ReportRow], opener: Opener) -> dict[str, str]:
    """First words, masked, by case id; runs in a thread."""
    told = ((case_id, opener.report(row)) for case_id, row in rows.items())
    return {case_id: excerpt(one.content, Curtain().about([one.reporter])) for case_id, one in told if one}


def states_of(connection: Connection, ids: Collection[str]) -> dict[str, Case]:
    """Cases by id."""
    found = staff_lists.case_states(connection, ids)
    return {case_id: Case.model_validate(state) for case_id, state in found.items()}
