"""
A decision in the making: events one by one, and the case as each of them leaves it.

Every event is folded at once, so that whatever is decided next sees its effect, and so that what is decided is by
construction what the fold will say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

from core.cases.decide.context import Context
from core.cases.decide.guard import Permit
from core.cases.events import ActorRef, Event, Fact
from core.cases.evolve import evolve
from core.cases.model import Case, Coordination, Dispatch

E = TypeVar("E", bound=Event)


@dataclass
class Story:
    """
    The events of one case so far.

    Args:
        ctx: what the decision is made from. `role`: in which role the actor acts.
        case: the case after the events so far; None before the receipt.
        rules: what the events rest on, unless they say otherwise.
    """

    ctx: Context
    role: str
    case_or_none: Case | None
    rules: tuple[str, ...] = ()
    events: list[Event] = field(default_factory=list)

    @property
    def case(self) -> Case:
        """The case as it stands after the events so far."""
        if self.case_or_none is None:
            raise ValueError("nothing has been received yet")
        return self.case_or_none

    def tell(self, kind: type[E], **fields: Any) -> E:
        """Add an event of this kind, now and by this actor."""
        actor = self.ctx.actor
        away = actor.acting_for.get(self.role)
        by = ActorRef(id=actor.id, role=self.role, agency_id=actor.agency_id, acting_for=away)
        event = kind(**{"at": self.ctx.now, "by": by, "rules": self.rules, **fields})
        self.case_or_none = evolve(self.case_or_none, event)
        self.events.append(event)
        return event


@dataclass(frozen=True)
class Scene:
    """A command that was allowed: who, about what, under which row of the table; and the story it becomes."""

    story: Story
    permit: Permit

    @property
    def ctx(self) -> Context:
        """What the decision is made from."""
        return self.story.ctx

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return self.story.case

    @property
    def dispatch(self) -> Dispatch | None:
        """The dispatch it is about, as it stood when the command was allowed."""
        return self.permit.subject.dispatch

    @property
    def coordination(self) -> Coordination | None:
        """The request for help it is about."""
        return self.permit.subject.coordination

    def tell(self, kind: type[E], **fields: Any) -> E:
        """Add a fact about the scene's own dispatch or request for help."""
        if "dispatch_id" in kind.model_fields and self.dispatch:
            fields = {"dispatch_id": self.dispatch.id, **fields}
        if "coordination_id" in kind.model_fields and self.coordination:
            fields = {"coordination_id": self.coordination.id, **fields}
        return self.story.tell(kind, **fields)

    def record(self, kind: type[Fact], command: Any, **fields: Any) -> Fact:
        """Add the fact that says what the command carried, field by field; `fields` say what differs."""
        own = set(kind.model_fields) - {"kind", "at", "by", "rules", "dispatch_id", "coordination_id"}
        carried = {name: getattr(command, name) for name in own if hasattr(command, name)}
        return self.tell(kind, **(carried | fields))
