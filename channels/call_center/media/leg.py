"""One leg of a call, as the rest of the call centre uses it: implements `Media` over a stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from channels.call_center.media import g711
from channels.call_center.media.keys import Doubles, tones
from channels.call_center.media.recorder import Ending, Recorder, Tape
from channels.call_center.media.repertoire import Repertoire, Sounds
from channels.call_center.media.stream import Stream
from channels.call_center.media.tapes import Tapes
from channels.call_center.media.waits import Collecting, Listening
from channels.call_center.media.waking import Waking
from channels.call_center.media.wire import Wire
from channels.call_center.ports import (
    CallGone,
    KeyPressed,
    Media,
    MediaEvent,
    MediaStats,
    Played,
    Recorded,
    RtpPlan,
    SoundBack,
    SoundLost,
)

LOST_S = 5.0
TONE = "tone"
MOST_KEYS = 32


class Stage(Protocol):
    """Where legs are given their ticks (`Engine`)."""

    def enter(self, leg: Leg) -> None:
        """Tick this leg each 20 ms from now on."""

    def leave(self, leg: Leg) -> None:
        """No more; does nothing for a leg that never entered."""


class Leg:
    """Implements `Media`. Nothing but `tick` moves time: a prompt, a pause, a silence are counted in ticks."""

    def __init__(self, wire: Wire, sounds: Sounds, recorder: Recorder, *, stage: Stage) -> None:
        self._sounds, self._stage = Repertoire(sounds), stage
        self.stream = Stream(wire, lambda key: self._key(key, "sound"))
        self._waking, self._tapes = Waking(), Tapes(recorder)
        self._whole: Tape | None = None
        self._partner: Leg | None = None
        self._told: Callable[[MediaEvent], None] = _to_nobody
        self._pressed: deque[str] = deque(maxlen=MOST_KEYS)
        self._doubles, self._ticks = Doubles(), 0
        self._entered = self._lost = False

    @property
    def local(self) -> tuple[str, int]:
        """The address and port to write into our SDP."""
        return self.stream.local

    def talk(self, plan: RtpPlan) -> None:
        """Send so from now on; called again after a re-INVITE. Nothing after `close`."""
        if self._waking.closed:
            return
        self.stream.talk(plan)
        if not self._entered:
            self._entered = True
            self._stage.enter(self)

    def listen(self, hear: Callable[[MediaEvent], None]) -> None:
        """Tell keys and lost sound to `hear`."""
        self._told = hear

    def press(self, key: str, milliseconds: int = 0) -> None:
        """A key that came by signalling: treated like one heard in the sound."""
        self._key(KeyPressed(key, milliseconds), "signalling")

    async def play(self, slots: Sequence[str], *, barge_in: bool = False) -> Played:
        """Play prompts one after another. Raises: CallGone: the leg was closed."""
        self._waking.check()
        if not (barge_in and self._pressed):
            await self._say([self._sounds.sound(slot, self.stream.law) for slot in slots], barge_in=barge_in)
        return Played(self._pressed[0] if barge_in and self._pressed else "")

    async def collect(self, most: int, *, first_s: float, next_s: float, end: str = "#") -> str:
        """Keys until `most` of them, `end`, or a pause. Raises: CallGone: the leg was closed."""
        collecting = Collecting(most, first_s=first_s, next_s=next_s, end=end)
        await self._waking.until(lambda: collecting.tick(self._pressed))
        return collecting.keys

    def learn(self, slot: str, sound: bytes) -> None:
        """A sound that only this leg plays under that name: mono, 8 kHz, 16 bit."""
        self._sounds.learn(slot, sound)

    def music(self, slot: str | None) -> None:
        """Play a slot again and again until `music(None)` or `play`."""
        self.stream.mouth.music(b"" if slot is None else self._sounds.sound(slot, self.stream.law))

    def hear(self, others: Sequence[Media]) -> None:
        """
        Whom this leg's telephone hears from the next tick on: one as it is, several mixed, nobody.

        Raises: TypeError: not a leg of this engine.
        """
        if not all(isinstance(other, Leg) for other in others):
            raise TypeError("only legs of one engine hear each other")
        self.stream.sources = tuple(other.stream for other in others if isinstance(other, Leg))

    def bridge(self, other: Media | None) -> None:
        """Let both hear each other from the next tick on; None parts them. Raises: TypeError, as `hear`."""
        partner = other if isinstance(other, Leg) else None
        self.hear(() if other is None else (other,))
        for leg in (self._partner, partner._partner if partner else None):
            if leg is not None and leg is not self:
                leg._partner = None
                leg.hear(())
        self._partner = partner
        if partner is not None:
            partner._partner = self
            partner.hear((self,))

    def record(self, path: Path) -> None:
        """Write all that is heard and played from now on to `path`, in place of what was recorded so far."""
        if self._waking.closed:
            return
        if self._whole is not None:
            self._tapes.end(self._whole, "stopped")
        self._whole = self._tapes.open(path, self.stream.law)

    async def stop_recording(self) -> Recorded | None:
        """End what `record` began; None if nothing was being recorded."""
        return await self._stop_whole("stopped")

    async def take_message(self, path: Path, *, longest_s: float, silence_s: float, end: str = "#") -> Recorded:
        """
        A tone, then what the caller says, until a key of `end`, silence or the longest time.

        A leg that is closed meanwhile returns what was said so far (`gone`). Raises: CallGone: closed before the tone.
        """
        await self.play([TONE])
        self._pressed.clear()
        listening = Listening(longest_s=longest_s, silence_s=silence_s, end=end)
        tape = self._tapes.open(path, self.stream.law)
        try:
            await self._waking.until(lambda: listening.tick(self._loudness(), self._pressed))
        except CallGone:
            return await self._tapes.finish(tape, "gone")
        except BaseException:
            self._tapes.end(tape, "stopped")
            raise
        return await self._tapes.finish(tape, listening.ended or "stopped")

    async def send_keys(self, keys: str) -> None:
        """Press keys towards the other side: events (RFC 4733) or tones. Raises: ValueError: no such key; CallGone."""
        if not self.stream.tells_keys:
            await self._say([g711.encode(tones(keys), self.stream.law)])
            return
        left = iter(range(self.stream.press(keys)))
        await self._waking.until(lambda: next(left, None) is None)

    def stats(self) -> MediaStats:
        """The leg's counters."""
        return self.stream.stats()

    async def close(self) -> Recorded | None:
        """Free port and clock; ends the recording and returns it. May be called twice."""
        if not self._waking.closed:
            self._waking.close()
            self._stage.leave(self)
            self.bridge(None)
            self.stream.close()
        whole = await self._stop_whole("gone")
        await self._tapes.settle()
        return whole

    def tick(self) -> None:
        """20 ms: hear, say, record, and wake who waited for this."""
        stream = self.stream
        self._ticks += 1
        stream.tick()
        self._tapes.add(stream.heard, stream.said, stream.law)
        self._waking.tick()
        self._watch(stream.quiet_s)

    async def _say(self, sounds: Sequence[bytes], *, barge_in: bool = False) -> None:
        ended: list[bool] = []
        mouth = self.stream.mouth
        mouth.play(sounds, lambda: ended.append(True))
        try:
            await self._waking.until(lambda: bool(ended or (barge_in and self._pressed)))
        finally:
            if not ended:
                mouth.stop()

    def _watch(self, quiet_s: float) -> None:
        if (quiet_s >= LOST_S) != self._lost:
            self._lost = not self._lost
            self._told(SoundLost(quiet_s) if self._lost else SoundBack())

    def _key(self, key: KeyPressed, way: str) -> None:
        if self._doubles.again(key.key, way, self._ticks):
            return
        self._pressed.append(key.key)
        self._told(key)

    def _loudness(self) -> int:
        heard = self.stream.heard
        return 0 if heard is None else g711.loudness(g711.decode(heard, self.stream.law))

    async def _stop_whole(self, ended: Ending) -> Recorded | None:
        tape, self._whole = self._whole, None
        return None if tape is None else await self._tapes.finish(tape, ended)


def _to_nobody(_event: MediaEvent) -> None:
    """Events of a leg that nobody listens to yet."""
