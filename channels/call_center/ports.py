"""
What a call is made of, whatever carries it: a trunk that signals, a call, and the sound of one leg.

A trunk knows no sound and media knows no signalling; `Call` holds both. Adapters: `sip` (trunk), `media` (engine).
Everything runs on the event loop of the telephony process; nothing here blocks or opens a database.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

Law = Literal["PCMA", "PCMU"]
Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]


class CallGone(Exception):
    """The other side has ended the call already (CANCEL, BYE); there is nothing left to answer."""


class CallFailed(Exception):
    """
    A call that we made was not taken.

    `code` is the SIP status (486 busy, 408 no answer, 404 no such number …), 0 where nothing answered at all.
    """

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code


class MediaUnavailable(Exception):
    """No port or no capacity is left for one more leg; the call has to be refused (503)."""


# Sound


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    """Master key and salt, 30 bytes, of what we send and of what we hear (RFC 4568)."""

    ours: bytes = field(repr=False)
    theirs: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class RtpPlan:
    """
    Where and how one leg sends, as agreed in SDP.

    `direction` is ours; `dtmf_type` is None without RFC 4733, `srtp` where the sound is not protected.
    """

    address: str
    port: int
    law: Law = "PCMA"
    payload_type: int = 8
    dtmf_type: int | None = 101
    direction: Direction = "sendrecv"
    srtp: SrtpKeys | None = None


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """One key of the caller's telephone: 0-9, *, #, A-D. Told once, however many packets carried it."""

    key: str
    milliseconds: int = 0


@dataclass(frozen=True, slots=True)
class SoundLost:
    """Nothing was heard from the other side for `seconds`; `SoundBack` ends it."""

    seconds: float


@dataclass(frozen=True, slots=True)
class SoundBack:
    """Sound is heard again after `SoundLost`."""


MediaEvent = KeyPressed | SoundLost | SoundBack


@dataclass(frozen=True, slots=True)
class Played:
    """How a prompt ended: `key` is the key that interrupted it, empty when it was heard to its end."""

    key: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """
    A finished recording: stereo WAV (left what we heard, right what we played), 8 kHz.

    `sha256` is of the file. `ended`: by whom or what. `complete` is False where the disk refused part of it.
    """

    path: Path
    seconds: float
    sha256: str
    spoken_seconds: float = 0.0
    ended: Literal["key", "silence", "longest", "stopped", "gone"] = "stopped"
    complete: bool = True


@dataclass(frozen=True, slots=True)
class MediaStats:
    """Counters of one leg since it was opened. `jitter_ms` and `delay_ms` are the present values."""

    sent: int = 0
    received: int = 0
    lost: int = 0
    late: int = 0
    jitter_ms: float = 0.0
    delay_ms: float = 0.0


class Media(Protocol):
    """The sound of one leg."""

    @property
    def local(self) -> tuple[str, int]:
        """The address and port to write into our SDP."""

    def talk(self, plan: RtpPlan) -> None:
        """Send so from now on; called again after a re-INVITE. The port, SSRC and sequence stay."""

    def listen(self, hear: Callable[[MediaEvent], None]) -> None:
        """Tell keys and lost sound to `hear`, on the event loop; the last one given counts."""

    def press(self, key: str, milliseconds: int = 0) -> None:
        """A key that came by signalling (SIP INFO): treated like one heard in the sound."""

    async def play(self, slots: Sequence[str], *, barge_in: bool = False) -> Played:
        """Play prompts one after another. With `barge_in` a key ends it and is kept for `collect`."""

    async def collect(self, most: int, *, first_s: float, next_s: float, end: str = "#") -> str:
        """Keys until `most` of them, `end`, or a pause; those pressed before count. Empty: nothing came in time."""

    def learn(self, slot: str, sound: bytes) -> None:
        """A sound that only this leg plays under that name: mono, 8 kHz, 16 bit."""

    def music(self, slot: str | None) -> None:
        """Play a slot again and again until `music(None)` or `play`."""

    def bridge(self, other: Media | None) -> None:
        """Let both hear each other from the next tick on; None parts them."""

    def hear(self, others: Sequence[Media]) -> None:
        """Whom this leg's telephone hears from the next tick on: one, several mixed, nobody. (`bridge`: both ways)"""

    def record(self, path: Path) -> None:
        """Write all that is heard and played from now on to `path` (WAV); ended by `stop_recording` or `close`."""

    async def stop_recording(self) -> Recorded | None:
        """End what `record` began; None if nothing was being recorded."""

    async def take_message(self, path: Path, *, longest_s: float, silence_s: float, end: str = "#") -> Recorded:
        """A tone, then what the caller says, until a key, silence or the longest time. `record` goes on beside it."""

    async def send_keys(self, keys: str) -> None:
        """Press keys towards the other side (RFC 4733)."""

    def stats(self) -> MediaStats:
        """The leg's counters."""

    async def close(self) -> Recorded | None:
        """Free port and clock; ends the recording and returns it. May be called twice."""


class MediaFactory(Protocol):
    """Opens legs; one for the process."""

    def open(self) -> Media:
        """A leg with a port of its own that sends nothing before `talk`. Raises: MediaUnavailable."""


# Signalling


class Way(StrEnum):
    """Who called whom."""

    IN = "in"
    OUT = "out"


class TrunkState(StrEnum):
    """Whether calls can go over a trunk. IDLE: not started; UP: registered or answering OPTIONS; DOWN: neither."""

    IDLE = "idle"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Ringing:
    """The other side's telephone rings."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The call is up: sound goes both ways."""


@dataclass(frozen=True, slots=True)
class Held:
    """The other side put us on hold."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The other side took the call up again."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over. `by`: them, us, or neither (the trunk failed). `code` is the SIP status, 0 after BYE."""

    by: Literal["them", "us", "trunk"]
    code: int = 0
    reason: str = ""


CallEvent = Ringing | Answered | Held | Resumed | KeyPressed | SoundLost | SoundBack | Ended


class Call(Protocol):
    """
    One call. `remote` and `called` are as the trunk told them (digits or a SIP user part, E.164 not yet made);
    `remote` is empty for a withheld number. `media` may be used from `answer` on.
    """

    id: str
    way: Way
    trunk: str
    remote: str
    called: str
    media: Media

    async def ring(self) -> None:
        """Say that it rings (180). Raises: CallGone."""

    async def answer(self) -> None:
        """Take the call; done when the other side has acknowledged. Twice is once. Raises: CallGone."""

    async def reject(self, code: int, *, retry_after_s: int | None = None) -> None:
        """Refuse a call that is not answered yet (486, 503 …)."""

    async def hangup(self) -> None:
        """End it, whatever its state; never raises."""

    def events(self) -> AsyncIterator[CallEvent]:
        """What happens from now on; `Ended` is the last. One reader."""


@runtime_checkable
class PutsThrough(Protocol):
    """A call whose network can connect the caller with somebody else by itself."""

    async def put_through(self, to: str, *, ring_s: int = 30) -> None:
        """Returns when they have talked and the caller is with us again. Raises: CallFailed: not taken. CallGone."""


@dataclass(frozen=True, slots=True)
class TrunkStatus:
    """A trunk at this moment. `rtt_ms` is of the last OPTIONS; `problem` is for staff, in Vietnamese."""

    name: str
    state: TrunkState
    calls: int = 0
    rtt_ms: float | None = None
    problem: str = ""
    counters: Mapping[str, int] = field(default_factory=dict)


class Trunk(Protocol):
    """A line to the telephone network: a carrier, a PBX, or peers that may call us."""

    name: str

    async def start(self) -> None:
        """Open sockets, register. A carrier that is away is no error: the state says so."""

    async def stop(self, *, drain_s: float = 0) -> None:
        """Refuse new calls, wait for those that are up, then end them and close."""

    def incoming(self) -> AsyncIterator[Call]:
        """Calls that want to be answered, each once. One reader."""

    async def dial(self, to: str, *, caller: str, ring_s: float = 45, headers: Mapping[str, str] | None = None) -> Call:
        """Call somebody; returns when they answered. `caller` is the number shown. Raises: CallFailed."""

    def status(self) -> TrunkStatus:
        """Its state and counters."""
