"""
When a clock starts, as a regulation pack writes it: names of times that happen to a case, and how they combine.

    received_at                                              # that time
    distributed_at + 1wh                                     # a limit counted from it
    {earliest_of: [accepted_at, distributed_at + 1wh]}       # A-QB-4; also: min(accepted_at, distributed_at + 1wh)
    {latest_of: [...]}                                       # also: max(...)
    {first_known: [request_delivered_at, request_sent_at]}   # A-LS-2: the first in the list that has happened
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.clock.calendar import BusinessCalendar
from core.clock.due_time import Due
from core.clock.engine import due
from core.clock.errors import FactMissing, NotationInvalid
from core.clock.terms import Term, parse_term
from core.clock.units import Allowance
from core.clock.zone import local

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CALL = re.compile(r"(min|max)\((.*)\)")


class Choice(StrEnum):
    """How several possible starts become one."""

    EARLIEST = "earliest_of"
    LATEST = "latest_of"
    FIRST_KNOWN = "first_known"


@dataclass(frozen=True)
class Fact:
    """A time that happens to the case, by name: `accepted_at`."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class After:
    """The due time of a limit counted from another start: `distributed_at + 1wh`."""

    base: Fact
    allow: Term

    def __str__(self) -> str:
        return f"{self.base} + {self.allow}"


@dataclass(frozen=True)
class OneOf:
    """One of several starts; those not known yet are left out."""

    choice: Choice
    options: tuple[Start, ...]

    def __str__(self) -> str:
        return f"{self.choice}({', '.join(map(str, self.options))})"


Start = Fact | After | OneOf


@dataclass(frozen=True)
class Started:
    """
    The instant a clock starts.

    Args:
        source: which part of the expression gave it ("distributed_at + 1wh").
        due: how it was computed, when a limit was counted; None for a plain time.
    """

    at: datetime
    source: str
    due: Due | None = None


def parse_start(data: object) -> Start:
    """Read a start expression as shown above. Raises: NotationInvalid."""
    if isinstance(data, Mapping):
        return _parse_choice(data)
    if not isinstance(data, str):
        raise NotationInvalid(f"{data!r} is not a start; write a name like received_at")
    call = _CALL.fullmatch(data.strip())
    if call:
        choice = Choice.EARLIEST if call[1] == "min" else Choice.LATEST
        return OneOf(choice, tuple(parse_start(part) for part in call[2].split(",")))
    name, plus, allow = (part.strip() for part in data.partition("+"))
    if _NAME.fullmatch(name) is None:
        raise NotationInvalid(f"{data!r}: {name!r} is not the name of a time")
    return After(Fact(name), parse_term(allow)) if plus else Fact(name)


def _parse_choice(data: Mapping[str, Any]) -> OneOf:
    if len(data) != 1 or not set(data) <= set(Choice):
        raise NotationInvalid(f"start {dict(data)}: exactly one of {[str(choice) for choice in Choice]}")
    ((key, options),) = data.items()
    if not isinstance(options, list) or not options:
        raise NotationInvalid(f"start {key}: a list of starts, not {options!r}")
    return OneOf(Choice(key), tuple(parse_start(option) for option in options))


def start_to_data(start: Start) -> str | dict[str, Any]:
    """JSON-ready; `parse_start` reads it back."""
    if isinstance(start, OneOf):
        return {start.choice.value: [start_to_data(option) for option in start.options]}
    return str(start)


def facts_of(start: Start) -> frozenset[str]:
    """The names of all times an expression may need: for the linter."""
    if isinstance(start, OneOf):
        return frozenset[str]().union(*map(facts_of, start.options))
    return frozenset({start.name if isinstance(start, Fact) else start.base.name})


def resolve_start(start: Start, facts: Mapping[str, datetime | None], calendar: BusinessCalendar) -> Started:
    """
    The instant at which the clock starts, from what has happened so far.

    Args:
        facts: name → aware instant; missing or None = has not happened.
    Raises: FactMissing: nothing the expression needs has happened.
    Source: A-QB-4, A-LS-2.
    """
    known = tuple(_known(start, facts, calendar))
    if not known:
        raise FactMissing(*sorted(facts_of(start)))
    return known[0]


def _known(start: Start, facts: Mapping[str, datetime | None], calendar: BusinessCalendar) -> Iterator[Started]:
    """The start if it is known, else nothing."""
    if isinstance(start, OneOf):
        found = [item for option in start.options for item in _known(option, facts, calendar)]
        yield from _choose(start.choice, found)
        return
    happened = facts.get(start.name if isinstance(start, Fact) else start.base.name)
    if happened is None:
        return
    if isinstance(start, Fact):
        yield Started(local(happened), start.name)
    else:
        limit = due(happened, Allowance(start.allow), calendar)
        yield Started(limit.at, str(start), due=limit)


def _choose(choice: Choice, found: list[Started]) -> list[Started]:
    if choice is Choice.FIRST_KNOWN or not found:
        return found[:1]
    pick = min if choice is Choice.EARLIEST else max
    return [pick(found, key=lambda item: item.at)]
