"""The packets of one leg: in each tick one frame is heard and one is said. Pure but for the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from channels.call_center.media.ear import Ear
from channels.call_center.media.g711 import FRAME, SILENCE, convert, decode, encode, mix
from channels.call_center.media.keys import KeyFrame, press
from channels.call_center.media.mouth import Mouth
from channels.call_center.media.rtp import Sender
from channels.call_center.media.wire import Wire
from channels.call_center.ports import KeyPressed, Law, MediaStats, RtpPlan

_SENDING = frozenset({"sendrecv", "sendonly"})
_HEARING = frozenset({"sendrecv", "recvonly"})


class Voice(Protocol):
    """Somebody who can be heard: the frame of the present tick, None for silence."""

    @property
    def law(self) -> Law:
        """Of the frame."""

    @property
    def heard(self) -> bytes | None:
        """160 bytes."""


class Stream:
    """
    One leg's way to its telephone and back.

    `heard` is what came from there, `said` what went there in the present tick; None is silence. Of its own the leg
    says prompts, music and keys (`mouth`, `press`), else what the voices in `sources` say: one as it is, more mixed.
    """

    def __init__(self, wire: Wire, told: Callable[[KeyPressed], None]) -> None:
        self._wire, self._told = wire, told
        self._sender = Sender(ssrc=wire.ssrc)
        self._ear: Ear | None = None
        self._plan: RtpPlan | None = None
        self._keys: Iterator[KeyFrame] = iter(())
        self.mouth = Mouth()
        self.law: Law = "PCMA"
        self.heard: bytes | None = None
        self.said: bytes | None = None
        self.sources: tuple[Voice, ...] = ()

    @property
    def local(self) -> tuple[str, int]:
        """The address and port of our SDP."""
        return self._wire.local

    def talk(self, plan: RtpPlan) -> None:
        """Go by this plan from now on; what is being said goes on in its law."""
        self.mouth.translate(self.law, plan.law)
        self._plan, self.law = plan, plan.law
        self._wire.talk(plan)
        if self._ear is None:
            self._ear = Ear(plan, self._told)
            self._wire.listen(self._ear.take)
        else:
            self._ear.expect(plan)

    @property
    def tells_keys(self) -> bool:
        """Whether the other side reads keys as events (RFC 4733)."""
        return self._plan is not None and self._plan.dtmf_type is not None

    def press(self, keys: str) -> int:
        """Press keys from the next tick on, instead of those still to press; how many ticks it takes."""
        frames = tuple(press(keys))
        self._keys = iter(frames)
        return len(frames)

    @property
    def quiet_s(self) -> float:
        """How long nothing has come that should, in seconds; 0 while we do not listen."""
        if self._ear is None or self._plan is None or self._plan.direction not in _HEARING:
            return 0.0
        return self._ear.quiet_s

    def tick(self) -> None:
        """20 ms: take what came, say what is to be said."""
        if self._ear is None or self._plan is None:
            return
        self._wire.poll()
        self.heard = self._ear.frame()
        self.said = None
        if self._plan.direction in _SENDING:  # what is being said waits while the other side holds the call
            own = self.mouth.frame()
            self.said = own if own is not None else self._others()
            self._send(self._plan, next(self._keys, None))
        self._sender.advance(FRAME)

    def stats(self) -> MediaStats:
        """The counters."""
        if self._ear is None:
            return MediaStats()
        reception = self._ear.reception
        return MediaStats(
            sent=self._sender.sent,
            received=reception.received,
            lost=reception.lost,
            late=self._ear.late,
            jitter_ms=reception.jitter_ms,
            delay_ms=float(self._ear.delay_ms),
        )

    def close(self) -> None:
        """Give the port back; who listens to us hears silence."""
        self._wire.close()
        self.heard, self.sources = None, ()

    def _others(self) -> bytes | None:
        if len(self.sources) == 1:
            voice = self.sources[0]
            return None if voice.heard is None else convert(voice.heard, voice.law, self.law)
        heard = [decode(voice.heard, voice.law) for voice in self.sources if voice.heard is not None]
        return encode(mix(heard), self.law) if heard else None

    def _send(self, plan: RtpPlan, key: KeyFrame | None) -> None:
        if key is None or not key.payloads or plan.dtmf_type is None:
            self._wire.send(self._sender.pack(self.said or SILENCE[self.law], plan.payload_type))
            return
        stamp = self._sender.stamp - key.age
        for payload in key.payloads:
            packet = self._sender.pack(payload, plan.dtmf_type, stamp=stamp & 0xFFFFFFFF, marked=key.first)
            self._wire.send(packet)
