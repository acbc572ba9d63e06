"""What the web side itself says to the telephony process, beside what it passes on from pages: who is owed a call."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from channels.call_center.agents.messages import Command, Message, Name
from channels.call_center.numbers import NUMBER
from core.contract.schema import Instant


class OwedCall(Message):
    """
    Somebody who is owed a call, by the id of the call that they made.

    `number` is read when an agent takes the callback, `shown` before. `kind`: of the floor (`acd.happenings.Callback`).
    """

    call: str = Field(pattern=r"^[0-9a-f]{32}$")
    number: str = Field(pattern=NUMBER, repr=False)
    shown: str = ""
    queue: str = ""
    skills: frozenset[Name] = frozenset()
    since: Instant
    kind: Literal["kept", "missed", "emergency"] = "missed"
    attempts: int = Field(default=0, ge=0)
    not_before: Instant | None = None


class Owed(Message):
    """Everybody who is owed a call, the most urgent first. Of the web side itself: no page says so."""

    do: Literal["owed"] = "owed"
    calls: tuple[OwedCall, ...] = Field(default=(), max_length=100)


class ShowFloor(Message):
    """How the floor is now; answered by a `Board` for `ask`, which is no agent. Of the web side itself."""

    do: Literal["show_floor"] = "show_floor"
    ask: Name


WebWord = Command | Owed | ShowFloor
WEB_WORDS: TypeAdapter[WebWord] = TypeAdapter(Annotated[WebWord, Field(discriminator="do")])
"""What web processes send."""
