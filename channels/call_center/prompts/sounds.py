"""
The prompts in memory, ready for the tick: raw A-law and mu-law, whole frames of 20 ms.

A slot is looked for in folders, the first that has it wins: a province's own recordings, then the placeholders that
set-up made. What no folder has is two short tones, so that a call goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from channels.call_center.media.g711 import frames
from channels.call_center.ports import Law
from channels.call_center.prompts.catalogue import Catalogue
from channels.call_center.prompts.made import MADE
from channels.call_center.prompts.recording import NotASound, read_sound

log = structlog.get_logger()

MISSING = "missing"
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
    linear = {name: make() for name, make in MADE.items()}
    spoken: set[str] = set()
    missing: set[str] = set()
    broken: list[str] = []
    for slot in catalogue.values():
        recorded = _find(slot.name, own, broken)
        machine = None if recorded is not None else _find(slot.name, placeholders, broken)
        sound = recorded if recorded is not None else machine
        if sound is not None:
            linear[slot.name] = sound
        elif slot.made:
            linear[slot.name] = MADE[slot.made]()
        else:
            missing.add(slot.name)
        if machine is not None:
            spoken.add(slot.name)
    laws: tuple[Law, Law] = ("PCMA", "PCMU")
    sounds = {law: {name: frames(sound, law) for name, sound in linear.items()} for law in laws}
    return Prompts(sounds, frozenset(spoken), frozenset(missing), tuple(broken))


def unfit_for_emergencies(prompts: Prompts, catalogue: Catalogue) -> tuple[str, ...]:
    """Emergency slots that no person has recorded, in order: a production hotline must not open with one (VN-8)."""
    unfit = prompts.placeholders | prompts.missing
    return tuple(slot.name for slot in catalogue.values() if slot.emergency and slot.name in unfit)


def _find(name: str, folders: Sequence[Path], broken: list[str]) -> bytes | None:
    for path in (folder / f"{name}.{extension}" for folder in folders for extension in EXTENSIONS):
        if path.is_file():
            try:
                return read_sound(path)
            except (NotASound, OSError) as error:
                log.error("prompt_broken", file=path.name, error=type(error).__name__)
                broken.append(path.name)
    return None
