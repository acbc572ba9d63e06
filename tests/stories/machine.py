"""
One case, pure: random people try lawful and unlawful things while time jumps, and nothing that must hold ever breaks.

The bench checks after every command that the stored row is the fold of the stored events and stands in stages that the
pack knows. Here, beside that: stages are only entered along rows of the table, due times only move by events, notices
come once and none is lost, the chain of the stored bytes verifies, and the public view holds no secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from core.cases.agencies import Agency, AgencyTree
from core.cases.commands import NAMES, REGISTRY
from core.cases.decide import Actor, Decision, Refusal
from core.cases.decide.facts import facts_of, holds
from core.cases.events import CaseMoved, ClockEvent, Event, Fact, canonical
from core.cases.forms import Input
from core.cases.model import CaseClock, Coordination, Dispatch
from core.cases.moves import Move
from core.cases.view import public_view
from core.notify.plan import plan
from core.privacy.chain import ChainedEvent, Head, extend, start, verify_chain
from core.regulations.graph import node_id
from core.regulations.loader import load_pack
from core.regulations.model import Pack
from core.regulations.sections import Notification
from gateway.simulation.chart import Chart
from gateway.simulation.filling import Field, Writer
from gateway.simulation.month import usual_start
from tests.core.cases.bench import SYSTEM, Bench, staff
from tests.support.agencies import load_agencies

OF_AGENCIES = ("agency", "unit", "partner", "above")
SECRETS = ("kq-contact-an", "kq-contact-binh", "kq-conversation", "kq-report", "kq-staff", "kq-letter", "kq-account")
"""What stands in fields of a case that no outsider may read: who wrote, who worked, and where it all is."""

CHANCE = st.integers(0, 2**32)
RASH = 0.04
ASKED = 8
"""How many people are looked at, at least, before one of their buttons is pressed."""

LOUD = frozenset({"divert", "decline", "cancel", "mark_spam", "withhold", "flag_secret", "escalate"})
"""Commands that end a story: tried now and then, like those done before, so that most stories get somewhere."""


@cache
def shipped(name: str) -> Pack:
    return load_pack(name)


@cache
def agencies_in_force(name: str) -> AgencyTree:
    return load_agencies(name, usual_start(shipped(name)).date())


@cache
def chart_of(name: str) -> Chart:
    return Chart(shipped(name))


@dataclass
class Shipped(Bench):
    """The bench with a shipped pack, and its agencies at a time when it was in force."""

    def __post_init__(self) -> None:
        self.pack = shipped(self.name)
        self.agencies = agencies_in_force(self.name)


def some_agencies(tree: AgencyTree) -> tuple[Agency, ...]:
    """Of each kind one, with those above them."""
    first = {agency.kind: agency for agency in reversed(tree.of_kinds(()))}.values()
    parents = (tree.get(agency.parent) for agency in first if agency.parent)
    return tuple(dict.fromkeys([*first, *(one for one in parents if one and tree.is_active(one.id))]))


def everybody(pack: Pack, tree: AgencyTree) -> tuple[Actor, ...]:
    """Each role once, at the centre twice, and at each of some agencies."""
    people = [Actor.reporter(SECRETS[0]), Actor.reporter(SECRETS[1]), SYSTEM]
    for role in pack.roles.values():
        if role.level in OF_AGENCIES:
            people += [staff(role.id, one.id, person=f"kq-staff-{role.id}-{one.id}") for one in some_agencies(tree)]
        elif role.level not in ("reporter", "system"):
            people += [staff(role.id, person=f"kq-staff-{role.id}-{number}") for number in (1, 2)]
    return tuple(people)


class StoryMachine(RuleBasedStateMachine):
    """The rules; `regulation` is set by a subclass for each pack."""

    regulation = ""

    def __init__(self) -> None:
        super().__init__()
        pack = shipped(self.regulation)
        self.bench = Shipped(self.regulation, now=usual_start(pack))
        self.people = everybody(pack, self.bench.agencies)
        self.chart = chart_of(self.regulation)
        self.notices: list[str] = []
        self.truths: dict[str, bool] = {}
        self.hashes: list[bytes] = []
        self.done: set[str] = set()
        self.steps = 0

    @initialize(hour=st.integers(0, 23), secret=st.booleans(), place=st.integers(0, 99))
    def receive(self, hour: int, secret: bool, place: int) -> None:
        communes = [one.commune_code for one in self.bench.agencies.of_kinds(()) if one.commune_code]
        self.bench.wait(hours=hour)
        self.bench.receive(
            contact_id=SECRETS[0],
            conversation_id=SECRETS[2],
            report_id=SECRETS[3],
            account=SECRETS[6],
            commune_code=communes[place % len(communes)] if communes else None,
            confidential=secret,
        )
        other = Shipped(self.regulation, now=self.bench.now).receive("c2", contact_id=SECRETS[1])
        self.bench.others = {"c2": other.it}
        self._took(self.bench.events, None, {})

    @rule(chance=CHANCE)
    def go_on(self, chance: int) -> None:
        """Somebody takes a step towards an answer; where nobody can, whatever there is to do."""
        random = self._random(chance)
        for actor in random.sample(self.people, len(self.people)):
            onward = [m for m in self.bench.moves(actor) if self.chart.gain(self._node(m), m.command) > 0]
            if onward:
                self._try(actor, random.choice(onward), random)
                return
        self.press_a_button(chance)

    @rule(chance=CHANCE)
    def press_a_button(self, chance: int) -> None:
        """Whatever somebody sees; what ends the story only now and then."""
        random = self._random(chance)
        shown = self._shown(random)
        new = [one for one in shown if one[1].command not in self.done and one[1].command not in LOUD]
        if shown:
            self._try(*random.choice(shown if random.random() < RASH else new or shown), random)

    @rule(chance=CHANCE)
    def try_anything(self, chance: int) -> None:
        """Any person, any command of the table, filled in as well as one can without seeing a form."""
        random = self._random(chance)
        actor, name = random.choice(self.people), random.choice(sorted(NAMES))
        parts = (self._part(self.bench.it.dispatches, random), self._part(self.bench.it.coordinations, random))
        self._try(actor, Move(name, "", *parts, (), ()), random, blind=True)

    def _random(self, chance: int) -> Random:
        """The same chance at another step is another one: hypothesis likes to repeat itself."""
        self.steps += 1
        return Random(chance * 1000 + self.steps)

    def _shown(self, random: Random) -> list[tuple[Actor, Move]]:
        """The buttons of a few people, asked in any order until somebody has one."""
        people, found = random.sample(self.people, len(self.people)), list[tuple[Actor, Move]]()
        for asked, actor in enumerate(people, start=1):
            found += [(actor, move) for move in self.bench.moves(actor)]
            if found and asked >= ASKED:
                break
        return found

    def _node(self, move: Move) -> str:
        case = self.bench.it
        if move.dispatch_id:
            return node_id("dispatch", case.dispatch(move.dispatch_id).stage)
        if move.coordination_id:
            return node_id("coordination", next(c.stage for c in case.coordinations if c.id == move.coordination_id))
        return node_id("case", case.stage)

    @rule(minutes=st.sampled_from((1, 9, 31, 61, 125, 600)), fire=st.booleans())
    def wait(self, minutes: int, fire: bool) -> None:
        self.bench.wait(minutes=minutes)
        if fire:
            self._fire()

    @rule(days=st.sampled_from((1, 2, 3, 8, 40)))
    def jump(self, days: int) -> None:
        """Weeks pass, and everything that is due fires."""
        self.bench.wait(days=days)
        self._fire()

    @invariant()
    def the_public_view_holds_no_secret(self) -> None:
        if self.bench.case is not None:
            shown = public_view(self.bench.it, self.bench.pack, self.bench.agencies).model_dump_json()
            assert [word for word in SECRETS if word in shown] == []
            assert ("anh-1" in shown) <= any("anh-1" in made.media for made in self.bench.it.publications)

    def teardown(self) -> None:
        if self.bench.case is None:
            return
        stored = [canonical(event) for event in self.bench.events]
        chained = [ChainedEvent(i, b, h) for i, (b, h) in enumerate(zip(stored, self.hashes, strict=True), start=1)]
        assert verify_chain(chained, case_id="c1", head=Head("c1", len(stored), self.hashes[-1])) is None
        assert sorted(self._planned(self.bench.events, 1)) == sorted(self.notices)

    def _fire(self) -> None:
        """As the worker does: the earliest first, until nothing is due."""
        for _ in range(200):
            due = [c for c in self.bench.it.clocks.values() if c.fires_at and c.fires_at <= self.bench.now]
            if not due:
                return
            first = min(due, key=lambda clock: (clock.fires_at, clock.id))
            known = set(self.bench.it.clocks)
            answer = self._decided(partial(self.bench.fire, first.id))
            assert isinstance(answer, Decision), f"{first.id} is due and does not fire: {answer.code}"
            assert known <= set(self.bench.it.clocks)
        raise AssertionError("what fires stays due")

    def _try(self, actor: Actor, move: Move, random: Random, *, blind: bool = False) -> None:
        fields = list(self._fields(move, blind=blind))
        payload = Writer(random, others=("c2",), most=random.choice((1, 1, 3))).fill(
            move.command, fields, now=self.bench.now
        )
        about = {"dispatch_id": move.dispatch_id, "coordination_id": move.coordination_id}
        known = REGISTRY[move.command].model_fields
        payload |= {name: value for name, value in about.items() if value and name in known}
        try:
            self.bench.command(move.command, **payload)
        except ValueError:  # a form nobody could fill in: no colleague to choose, no agency of the kind
            return
        shown = move.command in self.bench.names(actor)
        answer = self._decided(lambda: self._ask(actor, move.command, payload))
        if isinstance(answer, Refusal):
            assert answer.code
            assert answer.http in (403, 409, 422)
            assert answer.text_vi.strip()
        else:
            assert shown, f"{move.command} was allowed and not shown"

    def _ask(self, actor: Actor, name: str, payload: dict[str, object]) -> Decision | Refusal:
        answer = self.bench.ask(actor, name, **payload)
        assert answer == self.bench.ask(actor, name, **payload), "deciding twice gives two answers"
        return answer if isinstance(answer, Refusal) else self.bench.must(answer)

    def _decided(self, work: Callable[[], Decision | Refusal]) -> Decision | Refusal:
        before, known = self.bench.it, len(self.bench.events)
        answer = work()
        if isinstance(answer, Refusal):
            assert self.bench.case == before
            return answer
        command = next((event.command for event in answer.events if isinstance(event, Fact)), "")
        self.done.add(command)
        self._took(self.bench.events[known:], before.stage, before.clocks, command=command)
        return answer

    def _took(
        self, events: list[Event], stage: str | None, clocks: Mapping[str, CaseClock], *, command: str = ""
    ) -> None:
        """Every invariant of a step that was carried out."""
        self._check_stages(events, stage, command)
        self._check_due_times(events, clocks)
        self._chain(events)
        first = len(self.bench.events) - len(events) + 1
        facts = facts_of(self.bench.pack, self.bench.agencies, self.bench.it)
        self.truths |= {
            f"{version}/{notice.id}": holds(notice.when, facts)
            for version in range(first, first + len(events))
            for notice in self.bench.pack.notifications.values()
        }
        new = self._planned(events, first)
        assert not set(new) & set(self.notices), "a notice comes twice"
        assert len(new) == len(set(new))
        self.notices += new

    def _check_stages(self, events: list[Event], stage: str | None, command: str) -> None:
        pack = self.bench.pack
        rows = [row for row in pack.moves.values() if not command or row.command == command]
        lawful = {s for row in rows for s in (row.to, row.case_to)} | {join.case_to for join in pack.joins.values()}
        for event in events:
            if isinstance(event, CaseMoved):
                assert stage is None or event.came_from == stage
                assert event.to in lawful or "previous" in lawful, f"{command} led to {event.to}"
                stage = event.to

    def _check_due_times(self, events: list[Event], before: Mapping[str, CaseClock]) -> None:
        spoken = {event.clock_id for event in events if isinstance(event, ClockEvent)}
        after = self.bench.it.clocks
        changed = {name for name, one in after.items() if name not in before or before[name].due_at != one.due_at}
        assert changed <= spoken, "a due time moved in silence"

    def _chain(self, events: list[Event]) -> None:
        head = self.hashes[-1] if self.hashes else start("c1")
        self.hashes += extend(head, [canonical(event) for event in events])

    def _planned(self, events: list[Event], first: int) -> list[str]:
        numbered = {id(event): number for number, event in enumerate(events, start=first)}

        def held(notice: Notification, event: Event) -> bool:
            return self.truths[f"{numbered[id(event)]}/{notice.id}"]

        return [notice.key for notice in plan(self.bench.pack, events, first_version=first, holds=held)]

    def _part(self, parts: Sequence[Dispatch | Coordination], random: Random) -> str | None:
        return random.choice(parts).id if parts else None

    def _fields(self, move: Move, *, blind: bool) -> Iterator[Field]:
        """The form as shown; blind, what the command itself has, with whatever there is to choose from."""
        for one in move.form:
            choices = tuple(choice.value for choice in one.choices) or self._free(one.kind)
            yield Field(one.name, one.kind, one.required, choices, one.either)
        if blind:
            for name, info in REGISTRY[move.command].model_fields.items():
                asked = next((item for item in info.metadata if isinstance(item, Input)), None)
                if asked is not None:
                    yield Field(name, asked.kind, info.is_required(), self._free(asked.kind))

    def _free(self, kind: str) -> tuple[str, ...]:
        """What somebody might name where no list is shown."""
        pack, agencies = self.bench.pack, tuple(one.id for one in some_agencies(self.bench.agencies))
        free = {
            "person": ("kq-staff-somebody",),
            "agency": agencies,
            "agencies": agencies,
            "unit": agencies,
            "category": tuple(pack.intake.categories),
            "urgency": tuple(pack.intake.urgencies),
            "decline_reason": tuple(pack.decline_reasons),
            "cancel_reason": tuple(pack.cancel_reasons),
            "diversion": tuple(pack.intake.diversions),
            "emergency_target": tuple(pack.intake.emergency_targets),
            "level": tuple(pack.rating.levels),
            "outcome": ("reached", "not_reached", "not_the_reporter"),
            "flag": ("reputation", "secret", "valuable", "false_report"),
            "report": (SECRETS[3],),
            "clock": tuple(self.bench.it.clocks),
        }
        return free.get(kind, ())


def machine_of(name: str) -> type[StoryMachine]:
    """The machine for one pack."""
    return type(f"Story_{name}", (StoryMachine,), {"regulation": name})
