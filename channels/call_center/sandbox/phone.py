"""A telephone that Twilio has on the line: what is heard in it, what is said into it, which keys are pressed."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, field

from channels.call_center.sandbox.world import ULAW_SILENCE

FRAME = 160
FRAME_S = 0.02


@dataclass
class Phone:
    """
    One call of one telephone.

    `said` are sentences that Twilio spoke itself; `heard` is sound (µ-law) from a stream, as it left Twilio's buffer.
    `status` is in Twilio's words; `over` is set at the end.
    """

    number: str
    other: str
    direction: str = "inbound"
    sid: str = field(default_factory=lambda: "CA" + secrets.token_hex(16))
    status: str = "ringing"
    said: list[str] = field(default_factory=list)
    heard: bytearray = field(default_factory=bytearray)
    verbs: list[str] = field(default_factory=list)
    streams: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    cut: asyncio.Event = field(default_factory=asyncio.Event)
    keys: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    _speech: deque[bytes] = field(default_factory=deque)

    def press(self, keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            self.keys.put_nowait(key)

    def speak(self, ulaw: bytes) -> None:
        """Say something; it leaves in frames of 20 ms, in its own time."""
        for at in range(0, len(ulaw), FRAME):
            self._speech.append(ulaw[at : at + FRAME].ljust(FRAME, ULAW_SILENCE))

    def hang_up(self) -> None:
        """Put the receiver down."""
        self.gone.set()

    def lose_stream(self) -> None:
        """The connection of its stream breaks; the telephone stays on the line."""
        self.cut.set()

    def frame(self) -> bytes:
        """What the microphone has in this moment."""
        return self._speech.popleft() if self._speech else ULAW_SILENCE * FRAME

    @property
    def speaks(self) -> bool:
        """Whether something is left to say."""
        return bool(self._speech)
