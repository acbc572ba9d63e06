"""Recordings that are replaced while calls are up."""

from __future__ import annotations

import hashlib
import wave
from pathlib import Path

import pytest

from channels.call_center.media.g711 import decode
from channels.call_center.media.tests.phone import strength
from channels.call_center.prompts.catalogue import Slot
from channels.call_center.prompts.live import Folders, LivePrompts
from channels.call_center.prompts.made import tone
from channels.call_center.prompts.recording import NotASound
from channels.call_center.prompts.shelf import Shelf

SLOTS = {
    "tone": Slot("tone", made="tone", section="made"),
    "welcome": Slot("welcome", text="Kính chào quý khách."),
    "fire": Slot("fire", text="Xin gọi 114.", emergency=True, section="emergency"),
}


def write(path: Path, sound: bytes) -> Path:
    path.parent.mkdir(exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(sound)
    return path


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """The machine speaks everything at 900 Hz."""
    for name in ("welcome", "fire"):
        write(tmp_path / "machine" / f"{name}.wav", tone(900, seconds=1))
    return Folders(tmp_path / "own", tmp_path / "machine")


def hertz(prompts: LivePrompts, slot: str) -> int:
    """Which of the tones of this test a slot is."""
    heard = decode(prompts.sound(slot, "PCMA"), "PCMA")
    return max((440, 620, 900, 1000), key=lambda one: strength(heard, one))


def test_a_new_recording_is_heard_without_a_restart_and_its_loss_too(folders: Folders, tmp_path: Path) -> None:
    prompts, shelf = LivePrompts(SLOTS, folders), Shelf(SLOTS, folders)
    assert (hertz(prompts, "fire"), prompts.prompts.placeholders) == (900, {"welcome", "fire"})
    assert prompts.refresh() == ()

    kept = shelf.keep(SLOTS["fire"], write(tmp_path / "uploaded.wav", tone(440, seconds=2)))
    assert prompts.refresh() == ("fire",)
    assert prompts.refresh() == ()
    assert (hertz(prompts, "fire"), hertz(prompts, "welcome")) == (440, 900)
    assert prompts.prompts.placeholders == {"welcome"}
    assert kept.seconds == 2
    assert kept.sha256 == hashlib.sha256((folders.own / "fire.wav").read_bytes()).hexdigest()

    shelf.keep(SLOTS["fire"], write(tmp_path / "uploaded.wav", tone(620, seconds=1)))
    assert (prompts.refresh(), hertz(prompts, "fire")) == (("fire",), 620)
    assert shelf.drop(SLOTS["fire"])
    assert (prompts.refresh(), hertz(prompts, "fire")) == (("fire",), 900)
    assert prompts.prompts.placeholders == {"welcome", "fire"}
    assert not shelf.drop(SLOTS["fire"])


def test_a_file_put_there_by_hand_is_heard_and_a_broken_one_is_passed_over(folders: Folders) -> None:
    prompts = LivePrompts(SLOTS, folders)
    write(folders.own / "welcome.wav", tone(440, seconds=1))
    (folders.own / "nobody_says_this.wav").write_bytes(b"")
    assert (prompts.refresh(), hertz(prompts, "welcome")) == (("welcome",), 440)
    (folders.own / "welcome.wav").write_bytes(b"RIFF and nothing more")
    assert (prompts.refresh(), hertz(prompts, "welcome")) == (("welcome",), 900)
    assert prompts.prompts.broken == ("welcome.wav",)
    write(folders.own / "tone.wav", tone(620, seconds=1))
    assert (prompts.refresh(), hertz(prompts, "tone")) == (("tone",), 620)


def test_what_nobody_says_any_more_is_two_tones(folders: Folders) -> None:
    (folders.placeholders / "welcome.wav").unlink()
    write(folders.own / "welcome.wav", tone(440, seconds=1))
    prompts, shelf = LivePrompts(SLOTS, folders), Shelf(SLOTS, folders)
    assert shelf.drop(SLOTS["welcome"])
    prompts.refresh()
    assert prompts.prompts.missing == {"welcome"}
    assert prompts.sound("welcome", "PCMU") == prompts.sound("missing", "PCMU")
    assert shelf.wav(SLOTS["welcome"]) is None


def test_what_is_no_sound_leaves_everything_as_it_was(folders: Folders, tmp_path: Path) -> None:
    shelf = Shelf(SLOTS, folders)
    shelf.keep(SLOTS["fire"], write(tmp_path / "uploaded.wav", tone(440, seconds=1)))
    before = (folders.own / "fire.wav").read_bytes()
    (tmp_path / "uploaded.wav").write_bytes(b"%PDF-1.4")
    with pytest.raises(NotASound):
        shelf.keep(SLOTS["fire"], tmp_path / "uploaded.wav")
    assert [(file.name, file.read_bytes()) for file in folders.own.iterdir()] == [("fire.wav", before)]


def test_the_shelf_tells_who_says_what(folders: Folders, tmp_path: Path) -> None:
    """An older recording of another kind goes when a new one comes."""
    shelf = Shelf(SLOTS, folders)
    folders.own.mkdir()
    (folders.own / "fire.mp3").write_bytes(b"an older one")
    kept = shelf.keep(SLOTS["fire"], write(tmp_path / "uploaded.wav", tone(440, seconds=1)))
    held = {one.slot.name: (one.recorded, one.spoken, one.sha256) for one in shelf.held()}
    assert held == {
        "tone": (False, True, ""),
        "welcome": (False, True, ""),
        "fire": (True, True, kept.sha256),
    }
    assert [file.name for file in folders.own.iterdir()] == ["fire.wav"]
    assert (shelf.wav(SLOTS["fire"]) or b"").startswith(b"RIFF")
    assert shelf.find("nobody") is None
