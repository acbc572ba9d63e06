"""Lists and what all of them share: codes with their words, people, cases in a list."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

from core.contract.schema import Attachment, Model

T = TypeVar("T")


class Page(Model, Generic[T]):
    """One page of a list. `after` continues it: sort value and id of its last line; None at the end."""

    items: tuple[T, ...]
    after: tuple[int, str] | None = None


class Labelled(Model):
    """A code and how it reads."""

    id: str
    label: str


class CaseLine(Model):
    """A case in a list. `excerpt`: the first words of its content, masked."""

    id: str
    code: str
    stage: Labelled
    category: Labelled | None
    urgency: Labelled
    received_at: datetime
    due_at: datetime | None
    overdue: bool
    open: bool
    excerpt: str


class QueueLine(CaseLine):
    """
    A piece of work: the case, whose turn it is and at which step. `due_at` is the limit of that step.

    `channel`: how its first report came. `mine`: it was given to whoever reads this, by name. `version`: the case's.
    """

    role: Labelled
    agency: Labelled | None
    step: str
    channel: Labelled | None = None
    mine: bool = False
    version: int = 0


class Person(Model):
    """Who did something: an official by name, "Người phản ánh" or "Hệ thống"; `acting_for`: whom they stood in for."""

    id: str
    name: str
    role: str = ""
    agency: str = ""
    acting_for: str = ""


class Text(Model):
    """One free text, opened: what it is ("Lý do") and what it says."""

    label: str
    text: str


class File(Model):
    """A file of the case: its stored key, where it came from, and its description where one is known."""

    key: str
    label: str
    description: Attachment | None = None


class PlaceView(Model):
    """Where it happened; the point in degrees."""

    text: str = ""
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    commune_code: str | None = None
