"""Prompts that people replace while calls are up: what was recorded anew is heard from the next sentence on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import structlog

from channels.call_center.media.g711 import frames
from channels.call_center.ports import Law
from channels.call_center.prompts.catalogue import Catalogue
from channels.call_center.prompts.sounds import LAWS, Prompts, Read, load_prompts, read_slot

log = structlog.get_logger()
Seen = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Folders:
    """Where recordings of people are, and those of the machine. Neither need exist."""

    own: Path
    placeholders: Path


class LivePrompts:
    """
    Implements `media.repertoire.Sounds`. Reads every prompt when it is made; may be made in a thread.

    `refresh` looks at the folder of people's recordings and reads only what has changed there: a file, a new one, one
    that is gone.
    """

    def __init__(self, catalogue: Catalogue, folders: Folders) -> None:
        self._catalogue, self._folders = catalogue, folders
        self._seen = _seen(folders.own)
        self.prompts = load_prompts(catalogue, own=[folders.own], placeholders=[folders.placeholders])

    def sound(self, slot: str, law: Law) -> bytes:
        """A slot's sound as it is now. Never raises."""
        return self.prompts.sound(slot, law)

    def refresh(self) -> tuple[str, ...]:
        """The slots that say something else from now on, in order. Blocks for some milliseconds: for a thread."""
        seen = _seen(self._folders.own)
        files = {file for file in seen.keys() | self._seen.keys() if seen.get(file) != self._seen.get(file)}
        self._seen = seen
        slots = sorted({Path(file).stem for file in files} & self._catalogue.keys())
        for name in slots:
            read = read_slot(self._catalogue[name], own=[self._folders.own], placeholders=[self._folders.placeholders])
            self.prompts = _with(self.prompts, name, read)
        if slots:
            log.info("prompts_renewed", slots=slots)
        return tuple(slots)


def _with(prompts: Prompts, name: str, read: Read) -> Prompts:
    """The same prompts with one slot as it was read now."""
    sounds = {}
    for law in LAWS:
        others = {slot: sound for slot, sound in prompts.sounds[law].items() if slot != name}
        sounds[law] = others | ({name: frames(read.sound, law)} if read.sound is not None else {})
    return replace(
        prompts,
        sounds=sounds,
        placeholders=prompts.placeholders - {name} | ({name} if read.by_machine else set()),
        missing=prompts.missing - {name} | ({name} if read.sound is None else set()),
        broken=(*(file for file in prompts.broken if Path(file).stem != name), *read.broken),
    )


def _seen(folder: Path) -> Seen:
    """Every file with the time of its last change and its size."""
    try:
        files = [(file.name, file.stat()) for file in folder.iterdir() if file.is_file()]
    except FileNotFoundError:
        return {}
    return {name: (stat.st_mtime_ns, stat.st_size) for name, stat in files}
