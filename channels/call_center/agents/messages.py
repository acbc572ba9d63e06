"""
What an agent's page and the telephony process say to each other, through the web process.

The web process knows who is signed in and writes `agent` itself; nothing of a page says who it is.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from core.contract.schema import Instant

Name = Annotated[str, Field(min_length=1, max_length=64)]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SignIn(_Message):
    """The page is there; a second time after a reload or a lost connection."""

    do: Literal["sign_in"] = "sign_in"
    agent: Name
    queues: frozenset[Name]
    skills: frozenset[Name] = frozenset()


class Leave(_Message):
    """The page's connection is gone. `signed_out`: for good; otherwise it is waited for."""

    do: Literal["leave"] = "leave"
    agent: Name
    signed_out: bool = False


class Offer(_Message):
    """The page's SDP; answered by `Answer` or `Refused`."""

    do: Literal["offer"] = "offer"
    agent: Name
    sdp: str = Field(max_length=20_000)


class Choose(_Message):
    """Free for calls, or not."""

    do: Literal["choose"] = "choose"
    agent: Name
    state: Literal["available", "away"]
    why: str = Field(default="", max_length=40)


class Take(_Message):
    """Answer the call that rings."""

    do: Literal["take"] = "take"
    agent: Name
    call: Name


class Decline(_Message):
    """Leave it to others."""

    do: Literal["decline"] = "decline"
    agent: Name
    call: Name


class Dial(_Message):
    """
    Call somebody. Never taken from a page: the web process writes the number, which it has of a case or of a call.

    `about`: "case:" or "call:" and an id.
    """

    do: Literal["dial"] = "dial"
    agent: Name
    number: str = Field(pattern=r"^\+?[0-9]{3,15}$", repr=False)
    about: str = Field(default="", pattern=r"^((case|call):[0-9a-f]{32})?$")


class HangUp(_Message):
    """End the agent's call."""

    do: Literal["hang_up"] = "hang_up"
    agent: Name


class Hold(_Message):
    """Music for the caller, or sound again."""

    do: Literal["hold"] = "hold"
    agent: Name
    on: bool


class Keys(_Message):
    """Press keys towards the caller."""

    do: Literal["keys"] = "keys"
    agent: Name
    keys: str = Field(pattern=r"^[0-9*#]{1,32}$")


class PassOn(_Message):
    """Give the call to a queue, or to one agent of it."""

    do: Literal["pass_on"] = "pass_on"
    agent: Name
    queue: Name
    to: str = Field(default="", max_length=64)


class WrappedUp(_Message):
    """The notes are done."""

    do: Literal["wrapped_up"] = "wrapped_up"
    agent: Name


class Supervise(_Message):
    """Listen to a call, whisper to its agent, take it over, or leave it."""

    do: Literal["supervise"] = "supervise"
    agent: Name
    call: Name
    part: Literal["listen", "whisper", "take_over", "leave"]


class Watch(_Message):
    """Be told of the whole floor whenever it changes, or no more; for supervisors."""

    do: Literal["watch"] = "watch"
    agent: Name
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
    | WrappedUp
    | Supervise
    | Watch
)
COMMANDS: TypeAdapter[Command] = TypeAdapter(Annotated[Command, Field(discriminator="do")])


class Answer(_Message):
    """Our SDP."""

    tell: Literal["answer"] = "answer"
    agent: Name
    sdp: str


class Refused(_Message):
    """A command could not be carried out. `why` is a word for the page's own sentence."""

    tell: Literal["refused"] = "refused"
    agent: Name
    command: str
    why: str


class CallCard(_Message):
    """
    A call as the page shows it. `remote` is the number as the trunk told it, empty where withheld; `about` the record
    that the call will leave. `dialling`: we call them, and nobody has answered yet.
    """

    call: Name
    about: str = ""
    remote: str
    queue: str
    since: Instant
    callback: bool = False
    held: bool = False
    dialling: bool = False


class Status(_Message):
    """Where an agent stands, whole; sent when it has changed. `sound`: their browser is connected."""

    tell: Literal["status"] = "status"
    agent: Name
    state: str
    since: Instant
    until: Instant | None = None
    wanted: str = ""
    why: str = ""
    sound: bool = False
    ringing: CallCard | None = None
    call: CallCard | None = None
    waiting: dict[str, int] = Field(default_factory=dict)


class OnBoard(_Message):
    """An agent as a supervisor sees them."""

    agent: Name
    state: str
    since: Instant
    why: str = ""
    call: CallCard | None = None
    watched_by: tuple[str, ...] = ()


class Board(_Message):
    """The whole floor: everybody who is signed in, everybody who waits, the next to be served first."""

    tell: Literal["board"] = "board"
    agent: Name
    agents: tuple[OnBoard, ...] = ()
    waiting: tuple[CallCard, ...] = ()


News = Answer | Refused | Status | Board
NEWS: TypeAdapter[News] = TypeAdapter(Annotated[News, Field(discriminator="tell")])
