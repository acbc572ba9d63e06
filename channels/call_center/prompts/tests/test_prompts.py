"""Slots from list to sound: a province's recordings, a machine's, tones where there is neither."""

from __future__ import annotations

import json
import sys
import wave
from array import array
from pathlib import Path

import pytest

from channels.call_center.flow.lint import lint
from channels.call_center.flow.load import read_flow
from channels.call_center.media.g711 import FRAME, decode, loudness
from channels.call_center.media.tests.phone import strength, tone
from channels.call_center.prompts.catalogue import CatalogueInvalid, Slot, read_catalogue
from channels.call_center.prompts.made import MADE
from channels.call_center.prompts.placeholders import LIST, NotSpoken, main, make_placeholders
from channels.call_center.prompts.recording import NotASound, read_sound
from channels.call_center.prompts.sounds import MISSING, load_prompts, unfit_for_emergencies

SLOTS = {
    "welcome": Slot("welcome", text="Kính chào quý khách."),
    "tone": Slot("tone", made="tone"),
    "fire": Slot("fire", text="Xin gọi ngay 114.", emergency=True),
}

SPEAKER = """
import json, sys, wave
for line in sys.stdin:
    wanted = json.loads(line)
    if wanted["text"] == "không nói được":
        sys.exit("no such voice")
    with wave.open(wanted["file"], "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(b"".join((4000 if n % 36 < 18 else -4000).to_bytes(2, "little", signed=True)
                                  for n in range(16000)))
"""
COMMAND = [sys.executable, "-c", SPEAKER]


def write(path: Path, linear: bytes, *, rate: int = 8000, channels: int = 1) -> Path:
    """A WAV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(linear)
    return path


# The list


def test_the_standard_list_is_whole() -> None:
    """Everything computed can be, everything else has a sentence; whatever the standard flow says is in it."""
    catalogue = read_catalogue()

    assert {slot.made for slot in catalogue.values() if slot.made} <= MADE.keys()
    assert all(bool(slot.text) != bool(slot.made) for slot in catalogue.values())
    assert lint(read_flow(), catalogue.keys()) == []
    assert all(slot.name.startswith("english_") == (slot.language == "en") for slot in catalogue.values())


def test_a_province_adds_and_changes_sentences(tmp_path: Path) -> None:
    """The later word counts."""
    own = tmp_path / "own.yaml"
    own.write_text("sentences:\n  welcome: Xin chào,\n    quý khách.\n  market_day: Chợ phiên hôm nay.\n", "utf-8")
    catalogue = read_catalogue([own])

    assert catalogue["welcome"].text == "Xin chào, quý khách."
    assert catalogue["market_day"].text == "Chợ phiên hôm nay."
    assert catalogue["digit_0"].text == "không"


@pytest.mark.parametrize(
    "text",
    ["sentences: [a]", "songs:\n  a: b", "sentences:\n  a: 7", "sentences:\n  a: ' '", "words:\n  ../a: b", "- a"],
)
def test_a_list_that_says_nothing_is_refused(tmp_path: Path, text: str) -> None:
    """With the file's name."""
    path = tmp_path / "wrong.yaml"
    path.write_text(text)

    with pytest.raises(CatalogueInvalid, match=r"wrong\.yaml"):
        read_catalogue([path])


# Sounds


def test_the_first_that_spoke_is_heard(tmp_path: Path) -> None:
    """A person before a machine, a machine before tones; both laws, whole frames."""
    own, machine = tmp_path / "own", tmp_path / "machine"
    write(own / "welcome.wav", tone(440, seconds=0.99))
    write(machine / "welcome.wav", tone(900, seconds=1))
    write(machine / "fire.wav", tone(900, seconds=1))
    prompts = load_prompts(SLOTS, own=[own], placeholders=[machine])

    for law in ("PCMA", "PCMU"):
        welcome = prompts.sound("welcome", law)
        assert len(welcome) % FRAME == 0
        assert strength(decode(welcome, law), 440) > 10 * strength(decode(welcome, law), 900)
        assert strength(decode(prompts.sound("tone", law), law), 1000) > 8000
    assert (prompts.placeholders, prompts.missing) == ({"fire"}, frozenset())
    assert unfit_for_emergencies(prompts, SLOTS) == ("fire",)


def test_what_nobody_spoke_is_two_tones(tmp_path: Path) -> None:
    """Also a slot that is in no list: a call never stops for it."""
    prompts = load_prompts(SLOTS, own=[tmp_path / "not there"])

    assert prompts.missing == {"welcome", "fire"}
    assert prompts.sound("welcome", "PCMA") == prompts.sound(MISSING, "PCMA")
    assert loudness(decode(prompts.sound("no such slot", "PCMU"), "PCMU")) > 500
    assert unfit_for_emergencies(prompts, SLOTS) == ("fire",)


def test_a_broken_recording_is_told_and_not_played(tmp_path: Path) -> None:
    """The machine's stands in for it."""
    own, machine = tmp_path / "own", tmp_path / "machine"
    own.mkdir()
    (own / "welcome.wav").write_bytes(b"RIFF and nothing more")
    write(machine / "welcome.wav", tone(900, seconds=1))
    prompts = load_prompts(SLOTS, own=[own], placeholders=[machine])

    assert prompts.broken == ("welcome.wav",)
    assert "welcome" in prompts.placeholders


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (16000, 1), (22050, 1), (44100, 2), (48000, 2)])
def test_recordings_of_any_rate_become_telephone_sound(tmp_path: Path, rate: int, channels: int) -> None:
    """As long as before, the tone where it was, as loud as all others."""
    count = rate
    wave_form = array("h")
    quiet = memoryview(tone(440 * 8000 / rate, seconds=count / 8000, height=900)).cast("h")
    for sample in quiet:
        wave_form.extend([sample] * channels)
    sound = read_sound(write(tmp_path / "a.wav", wave_form.tobytes(), rate=rate, channels=channels))

    assert len(sound) / 16000 == pytest.approx(1, abs=0.02)
    assert strength(sound, 440) == pytest.approx(16000, rel=0.1)


def test_what_a_telephone_cannot_carry_is_filtered_away(tmp_path: Path) -> None:
    """5 kHz would come back as 3 kHz."""
    low = memoryview(tone(440 / 2, seconds=2)).cast("h")
    high = memoryview(tone(5000 / 2, seconds=2)).cast("h")
    both = array("h", (a // 2 + b // 2 for a, b in zip(low, high, strict=True)))
    sound = read_sound(write(tmp_path / "a.wav", both.tobytes(), rate=16000))

    assert strength(sound, 3000) < strength(sound, 440) / 50


@pytest.mark.parametrize("content", [b"", b"RIFF", b"%PDF-1.4", bytes(1000)])
def test_what_is_no_sound_is_refused(tmp_path: Path, content: bytes) -> None:
    """By name."""
    path = tmp_path / "a.wav"
    path.write_bytes(content)

    with pytest.raises(NotASound, match=r"a\.wav"):
        read_sound(path)


def test_hold_music_begins_and_ends_softly() -> None:
    """Repeated without a click; never louder than a voice."""
    music = memoryview(MADE["music"]()).cast("h")

    assert len(music) == 9.6 * 8000
    assert max(abs(music[0]), abs(music[-1])) < 60
    assert max(music) < 8000


# Placeholders


def test_only_new_and_changed_sentences_are_spoken_again(tmp_path: Path) -> None:
    """What left the list leaves the folder; sounds that are computed need no voice."""
    folder = tmp_path / "voices"
    assert make_placeholders(folder, COMMAND, SLOTS) == 2
    assert make_placeholders(folder, COMMAND, SLOTS) == 0
    changed = {**SLOTS, "welcome": Slot("welcome", text="Xin chào.")}
    del changed["fire"]
    assert make_placeholders(folder, COMMAND, changed) == 1
    assert sorted(path.name for path in folder.iterdir()) == [LIST, "welcome.wav"]

    (folder / "welcome.wav").unlink()
    assert make_placeholders(folder, COMMAND, changed) == 1
    assert len(read_sound(folder / "welcome.wav")) == pytest.approx(16000, abs=400)
    (folder / LIST).write_text("{")
    assert make_placeholders(folder, COMMAND, changed) == 1


@pytest.mark.parametrize("command", [COMMAND, ["/no/such/program"]])
def test_a_voice_that_fails_says_so(tmp_path: Path, command: list[str]) -> None:
    """And the list stays as it was: next time it is tried again."""
    with pytest.raises(NotSpoken, match=r"(?i)no such"):
        make_placeholders(tmp_path, command, {"a": Slot("a", text="không nói được")})
    assert not (tmp_path / LIST).exists()


def test_the_command_speaks_the_standard_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One file a sentence; a message and exit code 1 where no voice is."""
    assert main([str(tmp_path / "a"), *COMMAND]) == 0
    spoken = json.loads((tmp_path / "a" / LIST).read_text())
    assert spoken.keys() == {slot.name for slot in read_catalogue().values() if slot.text}
    assert load_prompts(read_catalogue(), placeholders=[tmp_path / "a"]).missing == frozenset()

    assert main([str(tmp_path / "b"), "/no/such/program"]) == 1
    assert "/no/such/program" in capsys.readouterr().err
