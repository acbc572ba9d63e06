"""
How a case stands in the eyes of one of its reporters: steps, agencies, answers, and what they may do next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.cases.agencies import AgencyTree
from core.cases.decide.context import Actor, Context
from core.cases.decide.facts import taking_part
from core.cases.model import Case, Publication
from core.cases.moves import allowed_moves
from core.cases.sealed import SealedText
from core.clock import in_words
from core.regulations.model import Pack
from core.service.public.glance import Step, category_label, public_steps
from core.service.regulation import Regulation

OpenText = Callable[[SealedText], str]
"""The words behind a sealed text; empty where they were erased."""


@dataclass(frozen=True)
class Answer:
    """What the authority answered; `level` is how this reporter rated it, `interim` a promise with a date."""

    at: datetime
    text: str
    files: tuple[str, ...] = ()
    agency: str = ""
    interim: bool = False
    level: str = ""


@dataclass(frozen=True)
class NextStep:
    """What is to happen next, in the regulation's words, and by when; `late`: it has not, and should have."""

    label: str
    due_at: datetime
    late: bool = False

    def in_words(self) -> str:
        """A line of a letter."""
        ran_out = " (đã quá thời hạn)" if self.late else ""
        return f"{self.label}, chậm nhất {in_words(self.due_at)}{ran_out}."


@dataclass(frozen=True)
class Progress:
    """
    Where a case stands, for its reporter.

    Args:
        asked_for: labels of what the centre asked to be added. ended_because: why it was declined or cancelled.
        next_step: the limit that ends first; None where none runs.
        levels: (id, label) to rate the last answer with, best first; empty where there is nothing to rate.
        may: the commands of a reporter that the regulation allows now.
    """

    category: str = ""
    confidential: bool = False
    stage: str = ""
    ended: bool = False
    ended_because: str = ""
    agencies: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    asked_for: tuple[str, ...] = ()
    next_step: NextStep | None = None
    answers: tuple[Answer, ...] = ()
    levels: tuple[tuple[str, str], ...] = ()
    may: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reader:
    """Whose eyes: the report, its contact, the instant; `text` opens what is meant for them."""

    report_id: str
    contact_id: str
    regulation: Regulation
    text: OpenText
    now: datetime

    def progress(self, case: Case) -> Progress:
        """The view, field by field."""
        pack = self.regulation.packs.get(case.regulation)
        steps, may = tuple(public_steps(case, pack)), frozenset(self._may(case, pack))
        answers = tuple(self._answer(made, pack) for made in answers_of(case))
        return Progress(
            category=category_label(case, pack),
            confidential=case.flags.confidential,
            stage=steps[-1].label if steps else "",
            ended=pack.stage("case", case.stage).kind in ("done", "closed"),
            ended_because=self._ended_because(case, pack),
            agencies=tuple(_agencies(case, pack, self.regulation.agencies)),
            steps=steps,
            asked_for=_asked_for(case, pack) if "supply_supplement" in may else (),
            next_step=next_step(case, pack, self.now),
            answers=answers,
            levels=_levels(pack) if "rate" in may and answers and not answers[-1].level else (),
            may=may,
        )

    def _may(self, case: Case, pack: Pack) -> Iterator[str]:
        actor, tree = Actor.reporter(self.contact_id), self.regulation.agencies
        ctx = Context(pack, actor, tree, calendar=self.regulation.calendar(self.now), now=self.now)
        return (move.command for move in allowed_moves(ctx, case))

    def _answer(self, made: Publication, pack: Pack) -> Answer:
        mine = [given.level for given in made.ratings if given.report_id == self.report_id]
        level = pack.rating.levels.get(mine[-1]) if mine else None
        return Answer(
            at=made.at,
            text=self.text(made.text),
            files=made.media,
            agency=self.regulation.agencies.name(made.agency_id) if made.agency_id else "",
            interim=made.interim,
            level=level.label if level else "",
        )

    def _ended_because(self, case: Case, pack: Pack) -> str:
        """The ground as the regulation words it, and the centre's own words (LS-5.3: a refusal says why)."""
        ground = pack.decline_reasons.get(case.decline_code or "") or pack.cancel_reasons.get(case.cancel_code or "")
        own = self.text(case.decline_reason) if case.decline_reason else ""
        return " ".join(filter(None, [(ground.text or ground.label) if ground else "", own]))


def answers_of(case: Case) -> list[Publication]:
    """Everything that was answered to the reporters; a withheld result holds a reason for staff, and no answer."""
    return [made for made in case.publications if made.kind != "withheld"]


def texts_for_reporters(case: Case) -> Iterable[SealedText]:
    """The sealed texts that are meant for reporters, and no others."""
    return [*(made.text for made in answers_of(case)), *([case.decline_reason] if case.decline_reason else [])]


def next_step(case: Case, pack: Pack, now: datetime) -> NextStep | None:
    """The first to end of the limits that bind an authority or wait for the reporter (those have no role)."""
    running = [
        clock for clock in case.running() if clock.purpose == "deadline" or (clock.purpose == "wait" and not clock.role)
    ]
    first = min(running, key=lambda clock: clock.due_at, default=None)
    if first is None or first.name not in pack.clocks:
        return None
    return NextStep(pack.clocks[first.name].label, first.due_at, late=first.has_run_out(now))


def _agencies(case: Case, pack: Pack, tree: AgencyTree) -> Iterator[str]:
    """Who works on it or did; nobody who returned it or gave it on."""
    yield from dict.fromkeys(tree.name(part.agency_id) for part in taking_part(pack, case))


def _asked_for(case: Case, pack: Pack) -> tuple[str, ...]:
    labels: dict[str, str] = {entry.field: entry.label for entry in pack.intake.required.values()}
    return tuple(labels.get(name, name) for name in case.asked_for)


def _levels(pack: Pack) -> tuple[tuple[str, str], ...]:
    ordered = sorted(pack.rating.levels.values(), key=lambda level: -level.score)
    return tuple((level.id, level.label) for level in ordered)
