"""What the telephony process tells an agent's page, through the web process."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from channels.call_center.agents.messages import Message, Name, Side
from core.contract.schema import Instant

Level = Literal["", "good", "fair", "poor"]
"""Of an agent's sound; empty: not known."""


class Answer(Message):
    """Our SDP."""

    tell: Literal["answer"] = "answer"
    agent: Name
    sdp: str


class Refused(Message):
    """A command could not be carried out. `why` is a word for the page's own sentence."""

    tell: Literal["refused"] = "refused"
    agent: Name
    command: str
    why: str


class CallCard(Message):
    """
    A call as the page shows it. `remote` is the number as the trunk told it, empty where withheld; `about` the record
    that the call will leave. `dialling`: we call them, and nobody has answered yet. `asked_by`: a colleague asks about
    this caller; on the line is the colleague.
    """

    call: Name
    about: str = ""
    remote: str
    queue: str
    since: Instant
    callback: bool = False
    held: bool = False
    dialling: bool = False
    asked_by: str = ""


class Colleague(Message):
    """Somebody else who answers calls, as a page offers them."""

    agent: Name
    name: str
    free: bool


class Asking(Message):
    """Whom an agent asks about their call, and who hears whom; not `answered`: it rings there. `outside`: a place."""

    colleague: str
    answered: bool
    side: Side
    outside: bool = False


class Status(Message):
    """
    Where an agent stands, whole; sent when it has changed. `sound`: their browser is connected.

    `wrapping`: the call that is over and is written up. `colleagues`, `outside` (places): to whom a call may be given,
    while there is one.
    """

    tell: Literal["status"] = "status"
    agent: Name
    state: str
    since: Instant
    until: Instant | None = None
    wanted: str = ""
    why: str = ""
    sound: bool = False
    quality: Level = ""
    ringing: CallCard | None = None
    call: CallCard | None = None
    wrapping: CallCard | None = None
    asking: Asking | None = None
    colleagues: tuple[Colleague, ...] = ()
    outside: tuple[str, ...] = ()
    waiting: dict[str, int] = Field(default_factory=dict)


class OnBoard(Message):
    """An agent as a supervisor sees them."""

    agent: Name
    state: str
    since: Instant
    why: str = ""
    call: CallCard | None = None
    quality: Level = ""
    watched_by: tuple[str, ...] = ()


class Board(Message):
    """The whole floor: everybody who is signed in, everybody who waits, the next to be served first."""

    tell: Literal["board"] = "board"
    agent: Name
    agents: tuple[OnBoard, ...] = ()
    waiting: tuple[CallCard, ...] = ()


News = Answer | Refused | Status | Board
NEWS: TypeAdapter[News] = TypeAdapter(Annotated[News, Field(discriminator="tell")])
