"""What two telephony processes say to each other of one caller: lines of JSON over a Unix socket, both ways."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from channels.call_center.agents.caller import Wanted
from channels.call_center.media.udp import Ports, UdpWire
from channels.call_center.ports import RtpPlan

HERE = "127.0.0.1"
"""Sound goes between processes of one machine, over ports of the system's choice."""
PULSE_S = 0.1
SILENT_S = 0.5
"""After so long without a pulse nobody counts on whoever has the floor."""
LONGEST = 64 * 1024
PULSE = b"\n"
"""Instead of a caller: tell us that you live."""


class _Word(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Bring(_Word):
    """The first word of a connection: somebody who waits for a person. `port` is where their sound is taken."""

    call: str
    trunk: str
    remote: str
    called: str
    wanted: Wanted
    about: str
    port: int


class Said(_Word):
    """
    Whoever has the floor: where our sound is taken; who answered, or was given the call; how it ended; or that the
    caller must go.
    """

    port: int = 0
    answered: str = ""
    given: str = ""
    outcome: Literal["", "talked", "callback", "machine"] = ""
    agent: str = ""
    began: AwareDatetime | None = None
    hang_up: bool = False


def line_of(word: BaseModel) -> bytes:
    """As it is written."""
    return word.model_dump_json(exclude_defaults=True).encode() + b"\n"


def wire() -> UdpWire:
    """A wire for the sound between two processes. Raises: MediaUnavailable."""
    return Ports(HERE, range(0)).open()


def plan(port: int) -> RtpPlan:
    """How to send to the other process; keys go as they do between telephones (RFC 4733)."""
    return RtpPlan(HERE, port)
