"""
The small words every section of a pack is made of: ids, rule citations, triggers, conditions.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

Level = Literal["case", "dispatch", "coordination"]
"""What an entry is about: the whole case, one agency's part of it, or help another agency was asked for."""

KINDS = ("open", "aside", "done", "closed")
StageKind = Literal["open", "aside", "done", "closed"]
"""
open: somebody's work · aside: waits outside the main path · done: has its answer · closed: ended without one.

Entering a closed stage stops every clock of what was closed.
"""

_TRIGGER = re.compile(
    r"(?P<command>[a-z_]+)|(?P<level>case|dispatch|coordination)/(?P<stage>\w+)|breach:(?P<clock>\w+)"
)


def _listed(value: object) -> object:
    """One word may be written without brackets."""
    return (value,) if isinstance(value, str | bool) else value


def _trigger(text: str) -> str:
    if not _TRIGGER.fullmatch(text):
        raise ValueError(f"{text!r} is no trigger; write a command, level/stage or breach:clock")
    return text


Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
StageRef = Annotated[str, Field(pattern=r"^(@(open|aside|done|closed)|[a-z][a-z0-9_]*)$")]
"""A stage by name, or "@open" for every stage of that kind."""

RuleId = Annotated[str, Field(pattern=r"^[A-Z]+(-[A-Za-z0-9.—–]+)+$")]
Cites = Annotated[tuple[RuleId, ...], BeforeValidator(_listed), Field(min_length=1)]
Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Trigger = Annotated[str, AfterValidator(_trigger)]
Triggers = Annotated[tuple[Trigger, ...], BeforeValidator(_listed)]


class PackModel(BaseModel):
    """Base of every piece of a pack: immutable, strict, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Entry(PackModel):
    """A named piece: `id` is its key in the section, `cites` the rules it comes from."""

    id: str
    cites: Cites
    beyond_text: bool = Field(default=False, description="A product option the regulation's text does not know")


class Condition(PackModel):
    """
    What must hold, fact by fact; a fact left out does not matter. Several values mean "one of".

    Facts of the case:       stage (where the case itself stands), answered (an answer has gone out), urgency,
                             emergency (its tier is one), handed_over (told by word of mouth), channel,
                             confidential, reputation, secret, marked (valuable or false), out_of_scope, complete,
                             classified, automatic (its category is marked so), via_board, interim (the latest result is
                             a dated commitment), verification, merged (other cases hang on it), cancel_reason,
                             late (a limit of the dispatch, or of the case, was missed)
    Facts of the agency:     agency_kind (of the dispatch's agency), unit_named
    Facts of the command:    reason_code, field_check, outcome, undo
    """

    stage: Words | None = None
    answered: bool | None = None
    urgency: Words | None = None
    emergency: bool | None = None
    handed_over: bool | None = None
    channel: Words | None = None
    confidential: bool | None = None
    reputation: Words | None = None
    secret: bool | None = None
    marked: bool | None = None
    out_of_scope: bool | None = None
    complete: bool | None = None
    classified: bool | None = None
    automatic: bool | None = None
    via_board: bool | None = None
    interim: bool | None = None
    verification: Words | None = None
    merged: bool | None = None
    cancel_reason: Words | None = None
    late: bool | None = None
    agency_kind: Words | None = None
    unit_named: bool | None = None
    reason_code: Words | None = None
    field_check: bool | None = None
    outcome: Words | None = None
    undo: bool | None = None

    @cached_property
    def stated(self) -> tuple[tuple[str, tuple[Any, ...]], ...]:
        """Each fact that matters with the values it may have."""
        given = ((name, getattr(self, name)) for name in type(self).model_fields)
        return tuple(
            (name, value if isinstance(value, tuple) else (value,)) for name, value in given if value is not None
        )


ALWAYS = Condition()


def parse_trigger(text: str) -> tuple[Literal["command", "stage", "breach"], str]:
    """
    Which of the three kinds of trigger this is, and its word.

    Returns: ("command", "dispatch"), ("stage", "case/published") or ("breach", "accept").
    """
    match = _TRIGGER.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is no trigger")
    if match["clock"]:
        return "breach", match["clock"]
    return ("stage", text) if match["stage"] else ("command", text)
