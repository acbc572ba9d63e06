"""
Working one case after the other through the API, each step when an official would get to it.

Which command comes next is read from what the API offers this person and from the chart of the regulation: mostly what
leads on to an answer, now and then what does not (a refusal, a return, a question to the reporter).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from core.regulations.graph import node_id
from gateway.simulation.chart import FAR, Chart
from gateway.simulation.filling import Field, Writer
from gateway.simulation.office import CENTRE, Office, Official

ONWARD, NEEDED, DETOUR = 40.0, 20.0, 0.5
"""Weights of a step: towards an answer; the only thing that can be done now; anything else."""

USUAL_WAIT = timedelta(hours=3)
LONGEST = 60
"""Commands on one case after which nobody touches it any more: a circle of returns must not go on for ever."""

NEVER = frozenset({"divert", "link_report", "unlink_report"})
"""A diverted report leaves nothing to count; linking needs somebody who has read both."""


@dataclass
class Story:
    """
    One case under way: its id, who touched it last, and which side steps were taken.

    `seen`: what the API last showed of it, after a command or of the whole case: `open` and `tasks` are in both.
    """

    case_id: str
    last: Official
    seen: Mapping[str, Any]
    commands: int = 0
    taken: set[tuple[str, str]] = field(default_factory=set)


@dataclass(frozen=True)
class Turn:
    """Who acts next, and when they will get to it."""

    who: Official
    at: datetime


@dataclass(frozen=True)
class Player:
    """Plays every official."""

    office: Office
    chart: Chart
    random: Random

    async def begin(self, case_id: str, who: Official) -> Story:
        """A case that was just opened, as this official finds it."""
        return Story(case_id, who, await self._view(case_id, who))

    def turn(self, story: Story, *, now: datetime) -> Turn | None:
        """Whose turn it is and when they act; None: the case has come to its end."""
        seen = story.seen
        tasks = [task for task in seen["tasks"] if not task["resting"]] or seen["tasks"]
        if story.commands >= LONGEST or not (tasks or seen["open"]):
            return None
        task = self.random.choice(tasks) if tasks else {"agency": None, "due_at": None}
        agency = task["agency"]["id"] if task["agency"] else CENTRE
        who = self.random.choice(self.office.staff.get(agency, self.office.staff[CENTRE]))
        return Turn(who, self._when(task["due_at"], now))

    def _when(self, due_at: str | None, now: datetime) -> datetime:
        """Most are in time, some are late; without a limit it takes some hours."""
        if due_at is None:
            return now + USUAL_WAIT * self.random.expovariate(1)
        left = max(datetime.fromisoformat(due_at) - now, timedelta(minutes=5))
        return now + left * self.random.lognormvariate(-0.8, 0.5)

    async def act(self, story: Story, turn: Turn, *, now: datetime) -> None:
        """One command by this official, or by a colleague at the centre where this one can do nothing."""
        for who in dict.fromkeys((turn.who, *self.office.staff[CENTRE])):
            story.last, story.seen = who, await self._view(story.case_id, who)
            choice = self._choose(story, story.seen)
            if choice is not None:
                await self._issue(story, story.seen, choice, now=now)
                return
        story.commands += 1

    def _choose(self, story: Story, view: Mapping[str, Any]) -> Mapping[str, Any] | None:
        leading = [move for move in view["moves"] if self._leads_on(view, move)]
        weights = [self._weight(story, view, move, leading) for move in view["moves"]]
        if not any(weights):
            return None
        found: Mapping[str, Any] = self.random.choices(view["moves"], weights)[0]
        return found

    def _weight(
        self, story: Story, view: Mapping[str, Any], move: Mapping[str, Any], leading: Sequence[Mapping[str, Any]]
    ) -> float:
        """`leading`: what of all that is offered leads on."""
        if move["command"] in NEVER:
            return 0
        if move in leading:
            return ONWARD
        if _key(move) in story.taken:
            return 0
        return NEEDED if not leading and self._gain(view, move) > -FAR // 2 else DETOUR

    def _leads_on(self, view: Mapping[str, Any], move: Mapping[str, Any]) -> bool:
        gain = self._gain(view, move)
        return gain > 0 or (gain == 0 and self._is_awaited(view, move["command"]))

    def _is_awaited(self, view: Mapping[str, Any], command: str) -> bool:
        """Whether a limit that runs ends with this command, though no stage does (an emergency is handed over)."""
        running = (one["name"] for one in view["clocks"] if (one["purpose"], one["state"]) == ("deadline", "running"))
        return any(self.chart.ends(clock, command) for clock in running)

    def _gain(self, view: Mapping[str, Any], move: Mapping[str, Any]) -> int:
        return self.chart.gain(stage_of(view, move), move["command"])

    async def _issue(self, story: Story, view: Mapping[str, Any], move: Mapping[str, Any], *, now: datetime) -> None:
        """What the API refuses is no step; neither that nor a side step is taken a second time on this part."""
        command = move["command"]
        story.commands += 1
        if not self._leads_on(view, move):
            story.taken.add(_key(move))
        fields = [Field.of(one) for one in move["fields"]]
        payload = Writer(self.random).fill(command, fields, now=now)
        about = {name: move[name] for name in ("dispatch_id", "coordination_id") if move[name]}
        path = f"/cases/{story.case_id}/commands/{command}"
        answer = await self.office.call(story.last, "POST", path, payload | about)
        if answer.status >= 500:
            raise RuntimeError(f"{command} failed: {answer.body}")
        if answer.status == 200:
            story.seen = answer.body
        else:
            story.taken.add(_key(move))

    async def _view(self, case_id: str, who: Official) -> Mapping[str, Any]:
        """The case as this official sees it; the centre sees every one."""
        answer = await self.office.call(who, "GET", f"/cases/{case_id}")
        if answer.status == 404 and who.agency:
            answer = await self.office.call(self.office.staff[CENTRE][0], "GET", f"/cases/{case_id}")
        if answer.status != 200:
            raise RuntimeError(f"the case cannot be read: {answer.status} {answer.body}")
        found: Mapping[str, Any] = answer.body
        return found


def _key(move: Mapping[str, Any]) -> tuple[str, str]:
    """A command and the part of the case it is about."""
    return move["command"], str(move["dispatch_id"] or move["coordination_id"])


def stage_of(view: Mapping[str, Any], move: Mapping[str, Any]) -> str:
    """The stage that a command starts from, as the chart names it."""
    if move["dispatch_id"]:
        return node_id("dispatch", _of_part(view["dispatches"], move["dispatch_id"]))
    if move["coordination_id"]:
        return node_id("coordination", _of_part(view["coordinations"], move["coordination_id"]))
    return node_id("case", view["stage"]["id"])


def _of_part(parts: Iterable[Mapping[str, Any]], wanted: str) -> str:
    return next(str(part["stage"]["id"]) for part in parts if part["id"] == wanted)
