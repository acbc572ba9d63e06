"""The shelf of recordings, for whoever works with it: what each slot says now, a new recording, back to before."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from channels.call_center.prompts.catalogue import Catalogue, Slot
from channels.call_center.prompts.live import Folders
from channels.call_center.prompts.recording import RATE, WIDTH, read_sound
from channels.call_center.prompts.sounds import files_of, read_slot


@dataclass(frozen=True, slots=True)
class Held:
    """
    A slot and what it says now. `recorded`: by a person; `spoken`: at least by a machine. `sha256` is of the file.
    """

    slot: Slot
    recorded: bool
    spoken: bool
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A recording that was taken: mono, 8 kHz, 16 bit, as loud as the others."""

    sha256: str
    seconds: float


class Shelf:
    """Reads and writes the folder of people's recordings. Everything blocks: for a thread."""

    def __init__(self, catalogue: Catalogue, folders: Folders) -> None:
        self._catalogue, self._folders = catalogue, folders

    def held(self) -> Iterator[Held]:
        """Every slot, in the catalogue's order."""
        for slot in self._catalogue.values():
            recorded = next(files_of(slot.name, [self._folders.own]), None)
            spoken = recorded or next(files_of(slot.name, [self._folders.placeholders]), None)
            digest = hashlib.sha256(recorded.read_bytes()).hexdigest() if recorded else ""
            yield Held(slot, recorded is not None, spoken is not None or bool(slot.made), digest)

    def find(self, name: str) -> Slot | None:
        """A slot by its name."""
        return self._catalogue.get(name)

    def keep(self, slot: Slot, uploaded: Path) -> Kept:
        """
        A recording of any kind takes the place of the one before, whole or not at all.

        Raises: NotASound, OSError.
        """
        sound = read_sound(uploaded)
        written = _wav(sound)
        self._folders.own.mkdir(parents=True, exist_ok=True)
        place = self._folders.own / f"{slot.name}.wav"
        with tempfile.NamedTemporaryFile(dir=self._folders.own, prefix=".", suffix=".part", delete=False) as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(place)
        self._clear(slot, but=place)
        return Kept(hashlib.sha256(written).hexdigest(), len(sound) / (RATE * WIDTH))

    def drop(self, slot: Slot) -> bool:
        """Back to the machine's voice; False where no person had recorded it."""
        return self._clear(slot) > 0

    def wav(self, slot: Slot) -> bytes | None:
        """What the slot says now, as a WAV file; None where nobody says it."""
        read = read_slot(slot, own=[self._folders.own], placeholders=[self._folders.placeholders])
        return None if read.sound is None else _wav(read.sound)

    def _clear(self, slot: Slot, *, but: Path | None = None) -> int:
        files = [file for file in files_of(slot.name, [self._folders.own]) if file != but]
        for file in files:
            file.unlink()
        return len(files)


def _wav(sound: bytes) -> bytes:
    into = io.BytesIO()
    with wave.open(into, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(WIDTH)
        file.setframerate(RATE)
        file.writeframes(sound)
    return into.getvalue()
