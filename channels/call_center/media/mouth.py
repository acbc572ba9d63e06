"""What one leg says of its own: prompts, music, keys. Frame by frame; pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from channels.call_center.media.g711 import FRAME, convert
from channels.call_center.ports import Law


class Mouth:
    """Prompts come before music; where there is neither the leg says what its partners say."""

    def __init__(self) -> None:
        self._prompt, self._at = b"", 0
        self._done: Callable[[], None] | None = None
        self._music, self._music_at = b"", 0

    def play(self, sounds: Sequence[bytes], done: Callable[[], None]) -> None:
        """Say these one after another; `done` is called at the tick after the last frame. Ends what was being said."""
        self.stop()
        self.music(b"")
        self._prompt, self._at, self._done = b"".join(sounds), 0, done

    def stop(self) -> None:
        """Say no more of the prompt; whoever waits for its end is told."""
        done, self._done = self._done, None
        self._prompt = b""
        if done is not None:
            done()

    def music(self, sound: bytes) -> None:
        """Repeat a sound from its beginning; empty: no more."""
        self._music, self._music_at = sound, 0

    def translate(self, origin: Law, law: Law) -> None:
        """Say what is left in another law."""
        self._prompt, self._music = convert(self._prompt, origin, law), convert(self._music, origin, law)

    def frame(self) -> bytes | None:
        """The frame of this tick; None: nothing of our own to say."""
        if self._done is not None:
            start = self._at
            if start < len(self._prompt):
                self._at = start + FRAME
                return self._prompt[start : self._at]
            self.stop()
        if not self._music:
            return None
        start = self._music_at
        self._music_at = (start + FRAME) % len(self._music)
        return self._music[start : start + FRAME]
