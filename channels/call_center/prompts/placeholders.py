"""
Placeholders: every sentence spoken by a machine, until people have recorded it.

    python -m channels.call_center.prompts.placeholders FOLDER COMMAND...

COMMAND is a program of its own that reads lines of JSON (file, text, language) and writes WAV files of any rate;
set-up gives `scripts/speak.py`. Only sentences that are new or changed are spoken again.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

from channels.call_center.prompts.catalogue import Catalogue, Slot, read_catalogue
from channels.call_center.prompts.recording import RATE, WIDTH, read_sound

LIST = "spoken.json"


class NotSpoken(Exception):
    """The program that speaks failed; the message is its own."""


def make_placeholders(folder: Path, speaker: Sequence[str], catalogue: Catalogue) -> int:
    """Bring a folder up to date with a catalogue; how many sentences were spoken. Raises: NotSpoken, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    spoken = _read_list(folder)
    wanted = {slot.name: _digest(slot) for slot in catalogue.values() if slot.text}
    fresh = [
        catalogue[name]
        for name, digest in wanted.items()
        if spoken.get(name) != digest or not _file(folder, name).exists()
    ]
    if fresh:
        _speak(folder, speaker, fresh)
    for name in spoken.keys() - wanted.keys():
        _file(folder, name).unlink(missing_ok=True)
    (folder / LIST).write_text(json.dumps(wanted, indent=1) + "\n")
    return len(fresh)


def _speak(folder: Path, speaker: Sequence[str], slots: Sequence[Slot]) -> None:
    with tempfile.TemporaryDirectory() as made:
        lines = [spoken_line(_file(Path(made), slot.name), slot.text, language=slot.language) for slot in slots]
        run_speaker(speaker, "\n".join(lines))
        for slot in slots:
            _write(_file(folder, slot.name), read_sound(_file(Path(made), slot.name)))


def spoken_line(file: Path, text: str, *, language: str) -> str:
    """What a program that speaks reads: one sentence, and where its sound shall lie."""
    return json.dumps({"file": str(file), "text": text, "language": language})


def run_speaker(speaker: Sequence[str], lines: str, *, longest_s: float | None = None) -> None:
    """Have sentences spoken. Raises: NotSpoken."""
    try:
        done = subprocess.run(  # noqa: S603 - the program that an operator named
            list(speaker), input=lines, capture_output=True, text=True, check=False, timeout=longest_s
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotSpoken(str(error)) from error
    if done.returncode:
        raise NotSpoken(done.stderr.strip() or f"{speaker[0]} ended with {done.returncode}")


def _write(path: Path, sound: bytes) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(WIDTH)
        file.setframerate(RATE)
        file.writeframes(sound)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.wav"


def _digest(slot: Slot) -> str:
    return hashlib.sha256(f"{slot.language}\n{slot.text}".encode()).hexdigest()


def _read_list(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / LIST).read_text()))
    except (OSError, ValueError):
        return {}


def main(arguments: Sequence[str]) -> int:
    """Exit code."""
    folder, *speaker = arguments
    try:
        make_placeholders(Path(folder), speaker, read_catalogue())
    except NotSpoken as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command's own output
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
