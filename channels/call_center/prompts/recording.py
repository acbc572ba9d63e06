"""A recording of any kind, made fit for the telephone: mono, 8 kHz, 16 bit, as loud as the others."""

from __future__ import annotations

import audioop
import wave
from pathlib import Path

RATE, WIDTH = 8000, 2
_PEAK = 16000
"""Half of full scale: loud on a telephone, and nothing is cut when voices are mixed."""
_LONGEST_S = 300


class NotASound(ValueError):
    """The file cannot be read as sound."""


def read_sound(path: Path) -> bytes:
    """Linear sound of a file. Raises: NotASound, OSError."""
    sound = _plain(path)
    if sound is None:
        sound = _decoded(path)
    peak = audioop.max(sound, WIDTH)
    return audioop.mul(sound, WIDTH, _PEAK / peak) if peak else sound


def _plain(path: Path) -> bytes | None:
    """A WAV that is fit as it is: the usual case, and it needs no decoder."""
    try:
        with wave.open(str(path)) as file:
            fit = (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (RATE, WIDTH, 1)
            return file.readframes(RATE * _LONGEST_S) if fit else None
    except (wave.Error, EOFError):
        return None


def _decoded(path: Path) -> bytes:
    """Anything else, with a proper filter before it is thinned out to 8 kHz."""
    import av

    sound = bytearray()
    try:
        with av.open(str(path)) as container:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in (*container.decode(audio=0), None):
                for part in resampler.resample(frame):
                    sound += bytes(part.planes[0])[: part.samples * WIDTH]
                if len(sound) > RATE * WIDTH * _LONGEST_S:
                    raise NotASound(f"{path.name}: longer than {_LONGEST_S} s")
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise NotASound(f"{path.name}: {type(error).__name__}") from error
    return bytes(sound)
