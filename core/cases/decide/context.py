"""
What a decision is made from, and what comes out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.cases.agencies import AgencyTree
from core.cases.events import Event
from core.cases.model import Case
from core.clock import BusinessCalendar
from core.regulations.model import Pack

SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """
    Who issues a command.

    Args:
        id: user id; a reporter's is the contact id of one of the case's reports; the product's own is "system".
        roles: all roles the person holds (one may hold several: QB-QD.III.2.1).
        agency_id: where an officer, leader or partner belongs; None for the centre.
        acting_for: role → the user who is away and in whose stead this person holds it.
    """

    id: str
    roles: frozenset[str]
    agency_id: str | None = None
    acting_for: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def system(cls) -> Actor:
        """The product itself: clocks and automatic routing."""
        return cls(SYSTEM, frozenset({SYSTEM}))

    @classmethod
    def reporter(cls, contact_id: str) -> Actor:
        """A citizen acting on what they reported."""
        return cls(contact_id, frozenset({"reporter"}))


@dataclass(frozen=True)
class Context:
    """
    Everything a decision may look at besides the case and the command.

    Args:
        pack: the regulation the case is pinned to.
        now: aware.
        others: cases the command names besides its own (linking, a repeat), by id, read in the same transaction.
    """

    pack: Pack
    actor: Actor
    agencies: AgencyTree
    calendar: BusinessCalendar
    now: datetime
    others: Mapping[str, Case] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """
    What happens.

    Args:
        events: of this case, in order.
        elsewhere: of other cases, by case id: to be stored in the same transaction, ordered by id.
    """

    events: tuple[Event, ...]
    elsewhere: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """
    What the regulation, or the state of the case, does not allow.

    Args:
        code: stable, for machines. `http`: 403 whose · 409 when · 422 with what.
        text_vi: what happened and what to do, in one or two sentences.
        rules: the rules it rests on. `details`: what a client may want to show (missing fields, roles, stages).
    """

    code: str
    http: int
    text_vi: str
    rules: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """Carries a refusal out of the depth of a decision; `decide` catches it and returns the value."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
