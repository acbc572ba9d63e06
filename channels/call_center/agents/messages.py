"""
What an agent's page asks of the telephony process, through the web process; its answers: `news`.

The web process knows who is signed in and writes `agent` itself; nothing of a page says who it is.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from channels.call_center.numbers import NUMBER

Name = Annotated[str, Field(min_length=1, max_length=64)]
Side = Literal["colleague", "caller", "all"]


class Message(BaseModel):
    """Frozen, and without what nobody expects."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OfAgent(Message):
    """What one agent's page wants; the web process writes whose."""

    agent: Name


class SignIn(OfAgent):
    """
    The page is there; a second time after a reload or a lost connection.

    `queues`: those whose callers they answer, all there are where none is named. `name` is what colleagues read.
    """

    do: Literal["sign_in"] = "sign_in"
    name: str = Field(default="", max_length=200)
    queues: frozenset[Name] = frozenset()
    skills: frozenset[Name] = frozenset()


class Leave(OfAgent):
    """The page's connection is gone. `signed_out`: for good; otherwise it is waited for."""

    do: Literal["leave"] = "leave"
    signed_out: bool = False


class Offer(OfAgent):
    """The page's SDP; answered by `Answer` or `Refused`."""

    do: Literal["offer"] = "offer"
    sdp: str = Field(max_length=20_000)


class Choose(OfAgent):
    """Free for calls, or not."""

    do: Literal["choose"] = "choose"
    state: Literal["available", "away"]
    why: str = Field(default="", max_length=40)


class Take(OfAgent):
    """Answer the call that rings."""

    do: Literal["take"] = "take"
    call: Name


class Decline(OfAgent):
    """Leave it to others."""

    do: Literal["decline"] = "decline"
    call: Name


class Dial(OfAgent):
    """
    Call somebody. Never taken from a page: the web process writes the number, which it has of a case or of a call.

    `about`: "case:" or "call:" and an id.
    """

    do: Literal["dial"] = "dial"
    number: str = Field(pattern=NUMBER, repr=False)
    about: str = Field(default="", pattern=r"^((case|call):[0-9a-f]{32})?$")


class HangUp(OfAgent):
    """End the agent's call."""

    do: Literal["hang_up"] = "hang_up"


class Hold(OfAgent):
    """Music for the caller, or sound again."""

    do: Literal["hold"] = "hold"
    on: bool


class Keys(OfAgent):
    """Press keys towards the caller."""

    do: Literal["keys"] = "keys"
    keys: str = Field(pattern=r"^[0-9*#]{1,32}$")


class PassOn(OfAgent):
    """Give the call to a queue, or to one agent of it."""

    do: Literal["pass_on"] = "pass_on"
    queue: Name
    to: str = Field(default="", max_length=64)


class Consult(OfAgent):
    """Ask a colleague about the agent's call; the caller hears music meanwhile."""

    do: Literal["consult"] = "consult"
    colleague: Name


class ConsultOutside(OfAgent):
    """Ask a place outside about the agent's call, one of those that the status names; the caller hears music."""

    do: Literal["consult_outside"] = "consult_outside"
    place: str = Field(min_length=1, max_length=200)


class Turn(OfAgent):
    """While a colleague is asked: talk to them, to the caller, or all together."""

    do: Literal["turn"] = "turn"
    side: Side


class HandOver(OfAgent):
    """The colleague, or place outside, that was asked has the call from now on."""

    do: Literal["hand_over"] = "hand_over"


class Back(OfAgent):
    """The colleague is asked no more; back to the caller."""

    do: Literal["back"] = "back"


class Quality(OfAgent):
    """How good the sound is that the page gets, over the last ten seconds; `lost`, `concealed` as parts of one."""

    do: Literal["quality"] = "quality"
    lost: float = Field(ge=0, le=1)
    rtt_ms: int = Field(ge=0, le=60_000)
    delay_ms: int = Field(ge=0, le=60_000)
    concealed: float = Field(ge=0, le=1)


class WrappedUp(OfAgent):
    """The notes are done."""

    do: Literal["wrapped_up"] = "wrapped_up"


class Supervise(OfAgent):
    """Listen to a call, whisper to its agent, take it over, or leave it."""

    do: Literal["supervise"] = "supervise"
    call: Name
    part: Literal["listen", "whisper", "take_over", "leave"]


class Watch(OfAgent):
    """Be told of the whole floor whenever it changes, or no more; for supervisors."""

    do: Literal["watch"] = "watch"
    on: bool


Command = (
    SignIn
    | Leave
    | Offer
    | Choose
    | Take
    | Decline
    | Dial
    | HangUp
    | Hold
    | Keys
    | PassOn
    | Consult
    | ConsultOutside
    | Turn
    | HandOver
    | Back
    | Quality
    | WrappedUp
    | Supervise
    | Watch
)
COMMANDS: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="do")])
"""What pages say."""
