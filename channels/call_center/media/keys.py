"""
Keys of a telephone as events in the sound's stream (RFC 4733).

Every packet of one press carries the same RTP timestamp: the key is told at the first packet that arrives, whichever
it is, so that a lost marker or lost ends change nothing.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from channels.call_center.media.g711 import FRAME, RATE
from channels.call_center.ports import KeyPressed
from channels.call_center.prompts.made import silence, tone

KEYS = "0123456789*#ABCD"
PRESS_FRAMES = 8
PAUSE_FRAMES = 5
_PAD = "123A456B789C*0#D"
_LOW, _HIGH = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
_DOUBLE_TICKS = 25
_EVENT = struct.Struct("!BBH")
_END = 0x80
_VOLUME = 10
_REMEMBERED = 8
_SAME_PRESS = 400
"""Samples: two presses are further apart; some telephones renew the timestamp within one."""


@dataclass(frozen=True, slots=True)
class _Press:
    stamp: int
    event: int
    duration: int
    ended: bool


class KeyReader:
    """Reads the events of one stream; a press is told once."""

    def __init__(self) -> None:
        self._known: deque[tuple[int, int]] = deque(maxlen=_REMEMBERED)
        self._last: _Press | None = None

    def read(self, payload: bytes, *, stamp: int, ssrc: int) -> KeyPressed | None:
        """The key, if this packet is the first seen of its press and names one."""
        if len(payload) < _EVENT.size:
            return None
        event, flags, duration = _EVENT.unpack_from(payload)
        if event >= len(KEYS):
            return None
        last, self._last = self._last, _Press(stamp, event, duration, bool(flags & _END))
        if (ssrc, stamp) in self._known:
            return None
        self._known.append((ssrc, stamp))
        if last is not None and _goes_on(last, self._last):
            return None
        return KeyPressed(KEYS[event], duration * 1000 // RATE)


def _goes_on(last: _Press, now: _Press) -> bool:
    """Whether a packet with a new timestamp still belongs to the press before it."""
    close = 0 < (now.stamp - last.stamp) & 0xFFFFFFFF <= _SAME_PRESS
    return close and now.event == last.event and not last.ended and now.duration > last.duration


class Doubles:
    """
    Notices what a telephone tells twice: in the sound and by signalling (SIP INFO), as some exchanges do.

    A key is told again if it was told last by the other way, less than half a second ago.
    """

    def __init__(self) -> None:
        self._last: tuple[str, str] = ("", "")
        self._at = 0

    def again(self, key: str, way: str, tick: int) -> bool:
        """Whether this is the same press once more; `tick` counts 20 ms."""
        last_key, last_way = self._last
        if key == last_key and way != last_way and tick - self._at < _DOUBLE_TICKS:
            return True
        self._last, self._at = (key, way), tick
        return False


def tones(keys: str) -> bytes:
    """The keys as tones (ITU-T Q.23), linear, for a line that carries no events. Raises: ValueError, as `press`."""
    places = [divmod(_PAD.index(key), 4) for key in keys.upper()]
    return b"".join(
        tone(_LOW[row], _HIGH[column], seconds=PRESS_FRAMES * FRAME / RATE) + silence(PAUSE_FRAMES * FRAME / RATE)
        for row, column in places
    )


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """What one tick sends while a key is pressed: payloads of one press, begun `age` samples ago. None: a pause."""

    payloads: tuple[bytes, ...] = ()
    age: int = 0
    first: bool = False


def press(keys: str) -> Iterator[KeyFrame]:
    """
    The ticks that press keys one after another: eight of 20 ms each, the end told three times, then a pause.

    Raises: ValueError: no telephone has such a key.
    """
    events = [KEYS.index(key) for key in keys.upper()]
    return (frame for event in events for frame in _press(event))


def _press(event: int) -> Iterator[KeyFrame]:
    for number in range(PRESS_FRAMES):
        duration = (number + 1) * FRAME
        ends = number == PRESS_FRAMES - 1
        payload = _EVENT.pack(event, _VOLUME | (_END if ends else 0), duration)
        yield KeyFrame((payload,) * (3 if ends else 1), number * FRAME, first=number == 0)
    yield from (KeyFrame() for _ in range(PAUSE_FRAMES))
