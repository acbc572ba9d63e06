"""
A flow: named steps, each one thing that is said, asked, recorded, looked up or decided.

A step names the next ones. `say` lists prompts (slots of the catalogue, `$name` for what is known only in the call:
`$code`, `$pin`, `$stage`, `$due`; where the machine calls somebody `$otp` and `$told`, the words of its message).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from channels.call_center.flow.queues import NAME, Line

Skill = Annotated[str, Field(pattern=NAME)]
Slots = tuple[str, ...]
NOTICE = "recording_notice"
"""The prompt after which a call may be recorded (VN-5)."""
VALUES = frozenset({"$code", "$pin", "$stage", "$due", "$otp", "$told"})


class _Step(BaseModel):
    """What all have in common: prompts that come first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    say: Slots = ()


class Say(_Step):
    """Only speaks. `barge_in`: a key cuts it short, and counts for what is asked next."""

    do: Literal["say"]
    then: str
    barge_in: bool = False


class Ask(_Step):
    """One key. After `tries` without one of `keys`, `otherwise`."""

    do: Literal["ask"]
    keys: Mapping[str, str]
    otherwise: str
    tries: int = Field(default=3, ge=1, le=5)
    wrong: Slots = ("wrong_key",)
    wait_s: float = Field(default=6, gt=0, le=30)


class Collect(_Step):
    """Several keys, at least `least`, ended by # or a pause; kept as `into`."""

    do: Literal["collect"]
    into: Literal["code", "pin", "call_back_to"]
    least: int = Field(ge=1, le=32)
    most: int = Field(ge=1, le=32)
    then: str
    otherwise: str
    tries: int = Field(default=3, ge=1, le=5)
    wrong: Slots = ("wrong_number",)
    first_s: float = Field(default=8, gt=0, le=30)
    next_s: float = Field(default=5, gt=0, le=30)


class Record(_Step):
    """What the caller says after the tone, until a key, silence or the longest time. Nothing said: asked again."""

    do: Literal["record"]
    part: Literal["what", "where", "message"]
    then: str
    otherwise: str
    tries: int = Field(default=3, ge=1, le=5)
    longest_s: float = Field(default=90, gt=0, le=600)
    silence_s: float = Field(default=3, gt=0, le=20)


class Code(_Step):
    """Promises the code of a report and reads it out; the report is the caller's from then on."""

    do: Literal["code"]
    then: str


class LookUp(_Step):
    """Asks the case service about `code` and `pin`; `away`: nobody answered in time."""

    do: Literal["look_up"]
    found: str
    wrong: str
    away: str


class Transfer(_Step):
    """Connects with another number, where the trunk may; `otherwise` where not, or nobody takes it."""

    do: Literal["transfer"]
    to: str = Field(pattern=r"^\+?[0-9]{2,15}$")
    then: str
    otherwise: str


class Queue(_Step):
    """
    Waits for a person; `callback`: the caller would rather be called back; `otherwise`: nobody takes calls.

    `skills` are asked for beside the caller's language (Vietnamese needs none) and the field that they chose.
    """

    do: Literal["queue"]
    queue: str = Field(pattern=NAME)
    priority: int = Field(default=0, ge=-100, le=100)
    skills: frozenset[Skill] = frozenset()
    then: str
    callback: str
    otherwise: str


class Branch(_Step):
    """Decides by what is known, without a word."""

    do: Literal["branch"]
    on: Literal["open", "storm", "caller_known", "ratable", "proved", "spoken", "five_levels"]
    yes: str
    no: str


class Mark(_Step):
    """Notes what the caller wants, without a word. `field`: what it is about, a skill of those who answer."""

    do: Literal["mark"]
    then: str
    purpose: Literal["report", "callback", "status", "emergency"] | None = None
    emergency: str = Field(default="", pattern=r"^[0-9]{0,4}$")
    language: Literal["", "vi", "en"] = ""
    field: str = Field(default="", pattern=r"^([a-z][a-z0-9_]{0,31})?$")
    rating: str = Field(default="", pattern=r"^[0-9]?$")
    opts_out: bool = False


class End(_Step):
    """The last words, then we hang up. `done`: the caller got what they called for; nobody has to call back."""

    do: Literal["end"]
    done: bool = False


Step = Annotated[
    Say | Ask | Collect | Record | Code | LookUp | Transfer | Queue | Branch | Mark | End, Field(discriminator="do")
]
SILENT = (Branch, Mark)


class Offer(BaseModel):
    """
    An entry that a centre may put on another key, move or take off (`flow/plan.py`); its name is the step it leads to.

    Args:
        say: read out before the key; none: it is said elsewhere.
        key: its own words name this key, so it can be no other.
        always: for callers in danger; it is in every menu (VN-8).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    say: Slots = ()
    key: str = Field(default="", pattern=r"^[0-9]?$")
    always: bool = False


class Flow(BaseModel):
    """
    Steps by name.

    Args:
        menus: questions that a centre may rearrange out of `offers`; calls come to the first.
        most_steps: audible steps of one call, after which it goes to `give_up`, whatever the caller presses.
        longest_s: of a whole call, after which we hang up.
        queues: where callers wait for people; the first is for whoever is owed a call and waited in none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    start: str
    give_up: str
    most_steps: int = Field(default=40, ge=5, le=200)
    longest_s: float = Field(default=900, ge=60, le=3600)
    queues: Mapping[str, Line] = Field(default_factory=dict)
    menus: Slots = ()
    offers: Mapping[str, Offer] = Field(default_factory=dict)
    steps: Mapping[str, Step]


def targets(step: Step) -> tuple[str, ...]:
    """Every step that may follow."""
    if isinstance(step, Ask):
        return (*step.keys.values(), step.otherwise)
    names = ("then", "otherwise", "callback", "yes", "no", "found", "wrong", "away")
    return tuple(dict.fromkeys(to for name in names if isinstance(to := getattr(step, name, None), str)))


def menus_of(flow: Flow) -> Mapping[str, Ask]:
    """Menus that can be rearranged: those of whose entries every one is offered."""
    steps = ((name, flow.steps.get(name)) for name in flow.menus)
    return {
        name: step for name, step in steps if isinstance(step, Ask) and flow.offers.keys() >= set(step.keys.values())
    }


def slots_of(step: Step) -> tuple[str, ...]:
    """Every prompt that it may play."""
    wrong = getattr(step, "wrong", ())
    return (*step.say, *(wrong if isinstance(wrong, tuple) else ()))
