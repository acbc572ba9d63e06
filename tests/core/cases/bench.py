"""
A case under test: a real pack, a real calendar, real agencies, and a time that moves only when told.

After every accepted command three things are checked that must never fail: the stored row is the fold of its events,
events survive their stored bytes, and the case stands in a stage the pack knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from core.cases.agencies import AgencyTree
from core.cases.commands import REGISTRY, Command, FireClock, ReceiveReport
from core.cases.decide import Actor, Context, Decision, Refusal, decide
from core.cases.events import Event, canonical, parse_event
from core.cases.evolve import fold
from core.cases.model import Case
from core.cases.moves import Move, allowed_moves
from core.cases.sealed import SealedText
from core.cases.tasks import Task, open_tasks
from core.clock import VIETNAM, BusinessCalendar, load_calendar
from core.contract.schema import FieldState
from core.regulations.loader import load_pack
from core.regulations.model import Pack
from tests.support.agencies import load_agencies

GIVEN = FieldState.GIVEN
COMPLETE = dict.fromkeys(
    ("content", "place", "reachable", "name", "phone", "email", "time", "address", "identity_number"), GIVEN
)

TREE_DAYS = {"tien_giang": date(2025, 2, 15)}
"""Regulations of the time of districts are tried with the agencies of that time."""


@cache
def pack_of(name: str) -> Pack:
    """A shipped pack by name."""
    return load_pack(name)


@cache
def calendar() -> BusinessCalendar:
    return load_calendar("vietnam")


@cache
def agencies_of(name: str) -> AgencyTree:
    """The agencies of a shipped pack; a tree does not change."""
    return load_agencies(name, TREE_DAYS.get(name, date(2026, 11, 20)))


def at(text: str) -> datetime:
    """Vietnamese time: "2026-11-20 16:45" or with seconds."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def seal(text: str) -> SealedText:
    return SealedText(id=f"t{len(text)}", commitment="c0" * 32, length=len(text))


def staff(role: str, agency_id: str | None = None, *, person: str = "") -> Actor:
    """Somebody in one role; a second person in the same role by another name."""
    return Actor(person or f"u-{role}-{agency_id or 'ioc'}", frozenset({role}), agency_id)


SYSTEM = Actor.system()


@dataclass
class Bench:
    """One case and everything around it."""

    name: str = "thua_thien_hue"
    now: datetime = field(default_factory=lambda: at("2026-11-20 09:00"))
    case: Case | None = None
    events: list[Event] = field(default_factory=list)
    others: dict[str, Case] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pack = pack_of(self.name)
        self.agencies = agencies_of(self.name)

    @property
    def it(self) -> Case:
        assert self.case is not None
        return self.case

    @property
    def stage(self) -> str:
        return self.it.stage

    @property
    def next_fire(self) -> datetime | None:
        """When the first of its clocks fires next."""
        return min((at for clock in self.it.clocks.values() if (at := clock.fires_at) is not None), default=None)

    def ctx(self, actor: Actor) -> Context:
        return Context(self.pack, actor, self.agencies, calendar(), self.now, self.others)

    def wait(self, **time: float) -> Bench:
        self.now += timedelta(**time)
        return self

    def until(self, text: str) -> Bench:
        self.now = at(text)
        return self

    def receive(self, case_id: str = "c1", **fields: Any) -> Bench:
        """A complete report from the contact "an", unless told otherwise."""
        usual = {
            "case_id": case_id,
            "report_id": f"r-{case_id}",
            "code": "202611200017",
            "contact_id": "an",
            "channel": "zalo",
            "received_at": self.now,
            "content": "Ổ gà lớn trước cổng trường",
            "place": "Trước số 12",
            "completeness": COMPLETE,
            "media": ("anh-1",),
        }
        command = ReceiveReport.model_validate(usual | fields, context={"sealer": seal})
        self.must(decide(self.ctx(SYSTEM), None, command))
        return self

    def command(self, name: str, **fields: Any) -> Command:
        return REGISTRY[name].model_validate(fields, context={"sealer": seal})

    def ask(self, actor: Actor, name: str, **fields: Any) -> Decision | Refusal:
        """What would follow; nothing is stored."""
        return decide(self.ctx(actor), self.case, self.command(name, **fields))

    def do(self, actor: Actor, name: str, **fields: Any) -> Decision:
        """Carry out a command that must be allowed."""
        return self.must(self.ask(actor, name, **fields))

    def then(self, actor: Actor, name: str, **fields: Any) -> Bench:
        """The same case after a command that must be allowed."""
        self.do(actor, name, **fields)
        return self

    def choices(self, actor: Actor, command: str, name: str) -> list[str]:
        """What the form of an allowed command has to choose from in one field."""
        move = next(move for move in self.moves(actor) if move.command == command)
        return [choice.value for one in move.form if one.name == name for choice in one.choices]

    def refused(self, actor: Actor, name: str, **fields: Any) -> Refusal:
        """Issue a command that must be refused."""
        answer = self.ask(actor, name, **fields)
        assert isinstance(answer, Refusal), f"{name} was allowed: {[e.kind for e in answer.events]}"
        assert answer.text_vi
        return answer

    def fire(self, clock_id: str) -> Decision | Refusal:
        answer = decide(self.ctx(SYSTEM), self.case, FireClock(clock_id=clock_id))
        return self.must(answer) if isinstance(answer, Decision) else answer

    def must(self, answer: Decision | Refusal) -> Decision:
        assert isinstance(answer, Decision), f"{answer.code}: {answer.text_vi}"
        self.events += answer.events
        self.case = fold(answer.events, self.case)
        self.check()
        return answer

    def check(self) -> None:
        """The stored row equals the fold of its stored events, and stands where the pack knows."""
        replayed = fold(parse_event(canonical(event)) for event in self.events)
        assert replayed == self.case
        assert Case.model_validate_json(self.it.model_dump_json()) == self.case
        assert self.it.version == len(self.events)
        assert self.it.stage in self.pack.stages.case
        assert all(item.stage in self.pack.stages.dispatch for item in self.it.dispatches)

    def moves(self, actor: Actor) -> list[Move]:
        return allowed_moves(self.ctx(actor), self.it)

    def names(self, actor: Actor) -> set[str]:
        return {move.command for move in self.moves(actor)}

    def tasks(self) -> list[Task]:
        return open_tasks(self.pack, self.it)

    def due(self, clock_id: str) -> str:
        """A due time as people write it."""
        return f"{self.it.clocks[clock_id].due_at.astimezone(VIETNAM):%Y-%m-%d %H:%M:%S}"


def kinds(events: Iterable[Event]) -> list[str]:
    return [event.kind for event in events]
