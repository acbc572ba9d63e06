"""Recordings as they lie in the folder of a call: which there are, how long, how large. Blocking."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

from channels.call_center.facts import Recording
from channels.call_center.media.sealing import SUFFIX, plain_size

_SHORTEST_WAV = 44
_BYTES_A_SECOND = 32_000
"""Of our own recordings: stereo, 16 bit, 8 kHz."""


def sounds_of(place: Path) -> list[Path]:
    """The recordings of a call; of one that lies there twice the plain one, which is the later."""
    plain = {path.name: path for path in place.glob("*.wav")}
    sealed = (path for path in place.glob(f"*.wav{SUFFIX}") if path.stem not in plain)
    return sorted([*plain.values(), *sealed])


def describe(path: Path) -> Recording:
    """A recording by what lies on disk: one that a crash or a hang-up left."""
    return Recording(part=path.name.partition(".")[0], file=path.name, seconds=wav_seconds(path))


def wav_seconds(path: Path) -> float:
    """Length by the header's bytes a second and what is really there; 0 for what is no sound."""
    if path.suffix == SUFFIX:
        return round(max(0, size_of(path) - _SHORTEST_WAV) / _BYTES_A_SECOND, 2)
    with path.open("rb") as stream:
        head = stream.read(_SHORTEST_WAV)
    if len(head) < _SHORTEST_WAV or head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return 0.0
    (a_second,) = struct.unpack_from("<I", head, 28)
    return round((path.stat().st_size - _SHORTEST_WAV) / a_second, 2) if a_second else 0.0


def measured(place: Path, one: Recording) -> Recording:
    """With its size, and its digest where nobody has it yet and we can read it."""
    path = place / one.file
    found = one.model_copy(update={"size": size_of(path)})
    return found if found.sha256 or path.suffix == SUFFIX else found.model_copy(update={"sha256": _digest(path)})


def size_of(path: Path) -> int:
    """Of the sound, also of one that is sealed."""
    size = path.stat().st_size
    return plain_size(size) if path.suffix == SUFFIX else size


def is_sound(one: Recording) -> bool:
    """Whether there is anything in it to be fetched."""
    return one.size > _SHORTEST_WAV or one.seconds > 0


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
