"""A telephone whose owner does what a test says, and a leg on which that is heard: for the session alone."""

from __future__ import annotations

import asyncio
import wave
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from channels.call_center.flow.happenings import Looked
from channels.call_center.flow.load import read_flow
from channels.call_center.ports import (
    Call,
    CallEvent,
    CallFailed,
    Ended,
    Media,
    MediaEvent,
    MediaStats,
    Played,
    Recorded,
    RtpPlan,
    Way,
)
from channels.call_center.spool import Spool
from channels.call_center.tools import Standing, Tools

CODE, PIN = "123456789018", "204060"
NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def wav(path: Path, seconds: float = 1.0) -> bytes:
    """A playable file of silence: stereo, 16 bit, 8 kHz."""
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(int(seconds * 8000) * 4))
    return path.read_bytes()


@dataclass
class PlayedMedia:
    """
    `keys`: what the caller presses at each question; `speaks`: seconds at each tone, None: they hang up there.

    `leaves_at`: the prompt in which they hang up.
    """

    keys: list[str] = field(default_factory=list)
    speaks: list[float | None] = field(default_factory=list)
    leaves_at: str = ""
    heard: list[str] = field(default_factory=list)
    recording: Path | None = None
    recorded_from: str = ""
    hang_up: Callable[[], None] = lambda: None
    closed: int = 0
    learned: dict[str, bytes] = field(default_factory=dict)
    local: tuple[str, int] = ("127.0.0.1", 20000)

    async def play(self, slots: Sequence[str], *, barge_in: bool = False) -> Played:
        self.heard += slots
        if self.leaves_at in slots:
            await self._gone()
        await asyncio.sleep(0)
        return Played()

    async def collect(self, most: int, *, first_s: float, next_s: float, end: str = "#") -> str:
        return self.keys.pop(0) if self.keys else ""

    async def take_message(self, path: Path, *, longest_s: float, silence_s: float, end: str = "#") -> Recorded:
        seconds = self.speaks.pop(0) if self.speaks else 0.0
        content = wav(path, (seconds or 0.0) + silence_s)
        if seconds is None:
            await self._gone()
        assert seconds is not None
        return Recorded(path, seconds + silence_s, sha256(content).hexdigest(), spoken_seconds=seconds)

    async def _gone(self) -> None:
        self.hang_up()
        await asyncio.Event().wait()

    def record(self, path: Path) -> None:
        self.recording, self.recorded_from = path, self.heard[-1]

    async def close(self) -> Recorded | None:
        self.closed += 1
        path, self.recording = self.recording, None
        return None if path is None else Recorded(path, 9.0, sha256(wav(path, 9)).hexdigest())

    def talk(self, plan: RtpPlan) -> None: ...

    def listen(self, hear: Callable[[MediaEvent], None]) -> None: ...

    def press(self, key: str, milliseconds: int = 0) -> None: ...

    def learn(self, slot: str, sound: bytes) -> None:
        self.learned[slot] = sound

    def music(self, slot: str | None) -> None: ...

    def bridge(self, other: Media | None) -> None: ...

    async def stop_recording(self) -> Recorded | None:
        return None

    async def send_keys(self, keys: str) -> None: ...

    def stats(self) -> MediaStats:
        return MediaStats()


@dataclass
class PlayedCall:
    """`gone`: they hang up before we answer."""

    media: PlayedMedia
    remote: str = "0900000001"
    gone: bool = False
    id: str = "sip-1"
    way: Way = Way.IN
    trunk: str = "main"
    called: str = "1022"
    ended: asyncio.Queue[CallEvent] = field(default_factory=asyncio.Queue)

    def __post_init__(self) -> None:
        self.media.hang_up = lambda: self.ended.put_nowait(Ended("them"))

    async def ring(self) -> None: ...

    async def answer(self) -> None:
        if self.gone:
            await self.media._gone()

    async def reject(self, code: int, *, retry_after_s: int | None = None) -> None: ...

    async def hangup(self) -> None:
        self.ended.put_nowait(Ended("us"))

    async def events(self) -> AsyncIterator[CallEvent]:
        while True:
            event = await self.ended.get()
            yield event
            if isinstance(event, Ended):
                return


@dataclass
class PlayedDesk:
    """A case service that knows one report."""

    now: Standing = field(default_factory=Standing)
    answer: Looked = field(default_factory=lambda: Looked(None))
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def standing(self) -> Standing:
        return self.now

    async def look_up(self, code: str, pin: str, *, caller: str) -> Looked:
        self.asked.append((code, pin, caller))
        return self.answer

    async def stage_of(self, code: str) -> Looked:
        self.asked.append((code, "", ""))
        return self.answer


async def not_taken(_call: Call, _to: str) -> None:
    """Another number that is busy."""
    raise CallFailed(486)


def tools(folder: Path, desk: PlayedDesk | None = None) -> Tools:
    """What calls are led with; Vietnamese numbers only."""
    return Tools(
        flow=read_flow().flow,
        spool=Spool(folder),
        desk=desk or PlayedDesk(),
        draw=lambda: (CODE, PIN),
        number=lambda said: f"+84{said[1:]}" if said.startswith("09") and len(said) == 10 else None,
        new_id=lambda: "0" * 31 + "1",
        now=lambda: NOON,
        connect=not_taken,
    )
