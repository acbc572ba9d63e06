"""
What one leg says of its own: prompts, music, keys. Frame by frame; pure.

A sentence is never copied: a hundred callers who hear the same menu share its sound.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from channels.call_center.media.g711 import FRAME, convert
from channels.call_center.ports import Law


class Mouth:
    """Prompts come before music; where there is neither the leg says what its partners say."""

    def __init__(self) -> None:
        self._prompts: tuple[bytes, ...] = ()
        self._at = 0
        self._done: Callable[[], None] | None = None
        self._music, self._music_at = b"", 0

    def play(self, sounds: Sequence[bytes], done: Callable[[], None]) -> None:
        """
        Say these one after another, each of whole frames; `done` is called at the tick after the last.

        Ends what was being said.
        """
        self.stop()
        self.music(b"")
        self._prompts, self._at, self._done = tuple(filter(None, sounds)), 0, done

    def stop(self) -> None:
        """Say no more of the prompt; whoever waits for its end is told."""
        done, self._done = self._done, None
        self._prompts = ()
        if done is not None:
            done()

    def music(self, sound: bytes) -> None:
        """Repeat a sound from its beginning; empty: no more."""
        self._music, self._music_at = sound, 0

    def translate(self, origin: Law, law: Law) -> None:
        """Say what is left in another law."""
        self._prompts = tuple(convert(prompt, origin, law) for prompt in self._prompts)
        self._music = convert(self._music, origin, law)

    def frame(self) -> bytes | None:
        """The frame of this tick; None: nothing of our own to say."""
        if self._done is not None:
            if self._prompts:
                return self._of_prompt()
            self.stop()
        if not self._music:
            return None
        start = self._music_at
        self._music_at = (start + FRAME) % len(self._music)
        return self._music[start : start + FRAME]

    def _of_prompt(self) -> bytes:
        prompt, start = self._prompts[0], self._at
        self._at = start + FRAME
        if self._at >= len(prompt):
            self._prompts, self._at = self._prompts[1:], 0
        return prompt[start : start + FRAME]
