"""What every event has, and the small values events share."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from core.contract.schema import Instant, Model


class ActorRef(Model):
    """
    Who did it: a user id, `reporter:<contact>` or `system`, in which role, from which agency.

    `acting_for`: the user who is away and whose role it is (thay); the one answerable is `id`.
    """

    id: str
    role: str
    agency_id: str | None = None
    acting_for: str | None = Field(default=None, exclude_if=lambda away: away is None)


class Event(Model):
    """One thing that happened. `rules` are the rules it rests on."""

    kind: str
    at: Instant
    by: ActorRef
    rules: tuple[str, ...] = ()


class Fact(Event):
    """A command was carried out."""

    command: ClassVar[str]


class DispatchFact(Fact):
    """…on one agency's part of the case; `dispatch_id` is None where the pack lets it concern the case itself."""

    dispatch_id: str | None = None


class CoordinationFact(Fact):
    """…on one request for help."""

    coordination_id: str


class ReportRef(Model):
    """A report that hangs on a case; `case_id` is where it was received, also when it was linked elsewhere."""

    report_id: str
    code: str
    contact_id: str
    conversation_id: str = ""
    channel: str
    received_at: Instant
    case_id: str


class Opened(Model):
    """A dispatch that came about: which agency, and where it stands first."""

    id: str
    agency_id: str
    stage: str
