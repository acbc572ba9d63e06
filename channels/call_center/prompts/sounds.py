"""
The prompts in memory, ready for the tick: raw A-law and mu-law, whole frames of 20 ms.

A slot is looked for in folders, the first that has it wins: a province's own recordings, then the placeholders that
set-up made. What no folder has is two short tones, so that a call goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from channels.call_center.media.g711 import frames
from channels.call_center.ports import Law
from channels.call_center.prompts.catalogue import Catalogue, Slot
from channels.call_center.prompts.made import MADE
from channels.call_center.prompts.recording import NotASound, read_sound

log = structlog.get_logger()

MISSING = "missing"
LAWS: tuple[Law, Law] = ("PCMA", "PCMU")
EXTENSIONS = ("wav", "mp3", "ogg", "m4a", "flac")


@dataclass(frozen=True, slots=True)
class Prompts:
    """
    Every slot in both laws.

    `placeholders`: slots that a machine speaks; `missing`: slots with a text that nobody speaks at all; `broken`:
    files that were there and could not be read.
    """

    sounds: Mapping[Law, Mapping[str, bytes]]
    placeholders: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    broken: tuple[str, ...] = ()

    def sound(self, slot: str, law: Law) -> bytes:
        """A slot's sound; two short tones for one that is missing or unknown. Never raises."""
        sounds = self.sounds[law]
        found = sounds.get(slot)
        if found is None:
            log.error("prompt_missing", slot=slot)
            return sounds[MISSING]
        return found


def load_prompts(catalogue: Catalogue, *, own: Sequence[Path] = (), placeholders: Sequence[Path] = ()) -> Prompts:
    """Read every slot of a catalogue; takes some tenths of a second. Folders need not exist."""
    found = {slot.name: read_slot(slot, own=own, placeholders=placeholders) for slot in catalogue.values()}
    linear = {name: make() for name, make in MADE.items()}
    linear |= {name: one.sound for name, one in found.items() if one.sound is not None}
    sounds = {law: {name: frames(sound, law) for name, sound in linear.items()} for law in LAWS}
    return Prompts(
        sounds,
        frozenset(name for name, one in found.items() if one.by_machine),
        frozenset(name for name, one in found.items() if one.sound is None),
        tuple(file for one in found.values() for file in one.broken),
    )


@dataclass(frozen=True, slots=True)
class Read:
    """One slot as it was read: linear sound, or None where nobody says it; `broken` files were passed over."""

    sound: bytes | None
    by_machine: bool = False
    broken: tuple[str, ...] = ()


def read_slot(slot: Slot, *, own: Sequence[Path] = (), placeholders: Sequence[Path] = ()) -> Read:
    """A person's recording, else the machine's, else what we make ourselves."""
    broken: list[str] = []
    recorded = _find(slot.name, own, broken)
    machine = None if recorded is not None else _find(slot.name, placeholders, broken)
    if recorded is None and machine is None:
        return Read(MADE[slot.made]() if slot.made else None, broken=tuple(broken))
    return Read(recorded if machine is None else machine, by_machine=machine is not None, broken=tuple(broken))


def files_of(name: str, folders: Sequence[Path]) -> Iterator[Path]:
    """Every file that there is for a slot, the one that counts first."""
    paths = (folder / f"{name}.{extension}" for folder in folders for extension in EXTENSIONS)
    return (path for path in paths if path.is_file())


def unfit_for_emergencies(prompts: Prompts, catalogue: Catalogue) -> tuple[str, ...]:
    """Emergency slots that no person has recorded, in order: a production hotline must not open with one (VN-8)."""
    unfit = prompts.placeholders | prompts.missing
    return tuple(slot.name for slot in catalogue.values() if slot.emergency and slot.name in unfit)


def _find(name: str, folders: Sequence[Path], broken: list[str]) -> bytes | None:
    for path in files_of(name, folders):
        try:
            return read_sound(path)
        except (NotASound, OSError) as error:
            log.error("prompt_broken", file=path.name, error=type(error).__name__)
            broken.append(path.name)
    return None
