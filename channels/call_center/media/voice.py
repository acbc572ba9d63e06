"""Whether somebody speaks: loudness against the noise of the line. Pure; a frame is 20 ms."""

from __future__ import annotations

from channels.call_center.media.g711 import FRAME_MS

SOFTEST = 250
"""Below this loudness nothing is speech (about -42 dB of full scale)."""
ABOVE_NOISE = 3.0
ATTACK_FRAMES = 3
HANGOVER_FRAMES = 15
_RISE, _RISE_IN_SPEECH = 1.02, 1.003
"""The noise floor falls at once and doubles in 0.7 s; below speech in 5 s, so that a fan is no speech for ever."""


class VoiceMeter:
    """Follows one voice. `spoken_frames`: how many frames of speech; `silent_frames`: how many since the last."""

    def __init__(self) -> None:
        self._floor = float(SOFTEST) / ABOVE_NOISE
        self._loud = 0
        self._hang = 0
        self.spoken_frames = 0
        self.silent_frames = 0

    def add(self, loudness: int) -> None:
        """One frame's loudness (`g711.loudness`), 0 for silence."""
        speech = loudness >= SOFTEST and loudness > self._floor * ABOVE_NOISE
        self._follow_noise(loudness, speech)
        self._loud = self._loud + 1 if speech else 0
        if self._loud >= ATTACK_FRAMES:
            self._hang = HANGOVER_FRAMES
        if self._hang:
            self._hang -= 1
            self.spoken_frames += 1
            self.silent_frames = 0
        else:
            self.silent_frames += 1

    @property
    def spoken_s(self) -> float:
        """Seconds of speech."""
        return self.spoken_frames * FRAME_MS / 1000

    @property
    def silent_s(self) -> float:
        """Seconds since somebody spoke, or since the beginning."""
        return self.silent_frames * FRAME_MS / 1000

    def _follow_noise(self, loudness: int, speech: bool) -> None:
        if loudness < self._floor:
            self._floor = max(loudness, 1.0)
        else:
            self._floor = min(self._floor * (_RISE_IN_SPEECH if speech else _RISE), max(loudness, 1.0))
