"""
A regulation tried on what has already happened: where past cases would have gone, and by when they would have been due.

Nothing is written, and no text is opened: routing reads category and commune, limits read the receipt. Distributing by
the words of a place is left out for that reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from core.agencies import AgencyHistory, entries_of, merge
from core.cases.agencies import AgencyTree
from core.cases.commands import ReceiveReport
from core.cases.decide import Actor, Context, Decision, decide
from core.cases.events import CaseReceived, parse_event
from core.cases.evolve import fold
from core.cases.model import Case
from core.cases.routing import Matter, Proposal, route
from core.clock import BusinessCalendar, load_calendar, local
from core.contract.schema import Urgency
from core.intake.fold import fold as spelled
from core.regulations.agency_files import find_agencies, read_agencies
from core.regulations.loader import load_pack
from core.regulations.model import Pack
from core.service.regulation import Regulation
from core.storage import past
from core.storage.database import Database

_BATCH = 200


@dataclass(frozen=True)
class Outcome:
    """
    One case under both regulations.

    Args:
        was: agencies it was first sent to, or would be under its own regulation. `sent`: it was sent.
        would: agencies under the other one, `why` in words.
        limits: what runs from the receipt: label → (due before, due then); None: none.
    """

    code: str
    received_at: datetime
    was: tuple[str, ...]
    sent: bool
    would: tuple[str, ...]
    why: str
    limits: Mapping[str, tuple[datetime | None, datetime | None]]

    @property
    def goes_elsewhere(self) -> bool:
        """Would it have gone to other agencies?"""
        return set(self.was) != set(self.would)

    @property
    def is_due_otherwise(self) -> bool:
        """Would another time have run, or another limit?"""
        return any(before != after for before, after in self.limits.values())


@dataclass(frozen=True)
class Rehearsal:
    """What came out: every case of the time in question, in order of receipt, and the agencies' names."""

    pack: Pack
    outcomes: tuple[Outcome, ...]
    names: Mapping[str, str]


async def rehearse(
    database: Database, regulation: Regulation, name: str, *, since: datetime, until: datetime
) -> Rehearsal:
    """
    Try a pack on the cases received in [since, until).

    Raises: PackError: no such pack; AgencyRefused: its agencies do not hold together with ours.
    """
    pack = load_pack(name)
    calendar, history = _calendar(pack, regulation), _with_agencies_of(name, regulation.book.history)
    stage = _Stage(regulation, pack, calendar, history, {})
    found: list[Outcome] = []
    after: tuple[datetime, str] | None = None
    while batch := await database.read(partial(past.received, since=since, until=until, after=after, most=_BATCH)):
        found += [stage.outcome(one.case, one.received) for one in batch]
        after = (batch[-1].received_at, batch[-1].case_id)
    ids = {key for one in found for key in (*one.was, *one.would)}
    tree = history.tree(local(until).date())
    return Rehearsal(pack, tuple(found), {key: tree.name(key) for key in ids})


def _calendar(pack: Pack, regulation: Regulation) -> BusinessCalendar:
    """Ours with the notices that were read in, where the pack reckons with the same one."""
    ours = regulation.calendars.newest
    return ours if ours.id == pack.meta.calendar else load_calendar(pack.meta.calendar)


def _with_agencies_of(name: str, known: AgencyHistory) -> AgencyHistory:
    """Ours, and those that the pack brings and we have not heard of; in memory only."""
    rows = (item for item in read_agencies(find_agencies(name)) if item.id not in known)
    return known.extended(merge(known, (entry for item in rows for entry in entries_of(item))))


@dataclass(frozen=True)
class _Stage:
    regulation: Regulation
    pack: Pack
    calendar: BusinessCalendar
    history: AgencyHistory
    trees: dict[object, AgencyTree]

    def outcome(self, state: object, body: bytes) -> Outcome:
        case, received = Case.model_validate(state), parse_event(body)
        if not isinstance(received, CaseReceived):
            raise ValueError(f"case {case.id} does not begin with its receipt")
        own, tree = self.regulation.packs.get(case.regulation), self._tree(received.at)
        first = tuple(item.agency_id for item in case.dispatches if item.opened_at == case.dispatches[0].opened_at)
        would = self._routed(self.pack, tree, case, received)
        return Outcome(
            code=case.code,
            received_at=case.received_at,
            was=first or self._routed(own, tree, case, received).agencies,
            sent=bool(first),
            would=would.agencies,
            why=would.reason,
            limits=self._limits(own, received, tree),
        )

    def _tree(self, at: datetime) -> AgencyTree:
        day = local(at).date()
        if day not in self.trees:
            self.trees[day] = self.history.tree(day)
        return self.trees[day]

    def _routed(self, pack: Pack, tree: AgencyTree, case: Case, received: CaseReceived) -> Proposal:
        """As of its first distribution: what was returned or decided later does not count."""
        own = self.regulation.packs.get(case.regulation)
        communes = (received.commune_code,) if received.commune_code else ()
        return route(pack, tree, Matter(category=_category(case.category, own, pack), communes=communes))

    def _limits(
        self, own: Pack, received: CaseReceived, tree: AgencyTree
    ) -> dict[str, tuple[datetime | None, datetime | None]]:
        before = _due(own, received, tree, self.regulation.calendar(received.at))
        after = _due(self.pack, received, tree, self.calendar)
        return {label: (before.get(label), after.get(label)) for label in dict.fromkeys((*before, *after))}


def _category(name: str | None, own: Pack, other: Pack) -> str | None:
    """The same field of competence elsewhere: by its id, or by its label in any spelling."""
    if name is None or name in other.intake.categories:
        return name
    known = own.intake.categories.get(name)
    wanted = spelled(known.label) if known else ""
    return next((key for key, one in other.intake.categories.items() if spelled(one.label) == wanted), None)


def _due(pack: Pack, received: CaseReceived, tree: AgencyTree, calendar: BusinessCalendar) -> dict[str, datetime]:
    """The limits that run from the receipt, by label: the receipt decided once more, and thrown away."""
    ctx = Context(pack, Actor.system(), tree, calendar, received.at)
    decision = decide(ctx, None, _again(received))
    if not isinstance(decision, Decision):
        return {}
    case = fold(decision.events)
    return {pack.clocks[item.name].label: item.due_at for item in case.running() if item.purpose == "deadline"}


def _again(received: CaseReceived) -> ReceiveReport:
    """The command behind a receipt; sealed texts stay sealed."""
    same = set(ReceiveReport.model_fields) & set(CaseReceived.model_fields)
    carried = {name: getattr(received, name) for name in same - {"urgency"}}
    report = received.report
    urgency = Urgency.EMERGENCY if received.urgency == Urgency.EMERGENCY.value else Urgency.NORMAL
    return ReceiveReport(
        **carried,
        report_id=report.report_id,
        code=report.code,
        contact_id=report.contact_id,
        channel=report.channel,
        received_at=report.received_at,
        urgency=urgency,
    )
