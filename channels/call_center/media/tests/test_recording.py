"""Recordings: whole after a crash, whole beside a disk that refuses, sealed when they end."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import wave
from pathlib import Path

import pytest

from channels.call_center.media import g711, sealing
from channels.call_center.media.recorder import MOST_WAITING, Recorder
from channels.call_center.media.tests.phone import strength, tone
from channels.call_center.ports import Recorded
from tests.support.waiting import until

SECOND = 50
LEFT = [g711.encode(tone(440, seconds=1), "PCMA")[at : at + 160] for at in range(0, 8000, 160)]
RIGHT = [g711.encode(tone(900, seconds=1), "PCMU")[at : at + 160] for at in range(0, 8000, 160)]


def sides(path: Path) -> tuple[bytes, bytes]:
    """Left and right, linear."""
    with wave.open(str(path)) as file:
        samples = memoryview(file.readframes(file.getnframes())).cast("h")
    return samples[0::2].tobytes(), samples[1::2].tobytes()


async def record(recorder: Recorder, path: Path, *, frames: int = SECOND) -> Recorded:
    """A call in which only the caller speaks."""
    tape = recorder.open(path, "PCMA")
    for number in range(frames):
        tape.add(LEFT[number % SECOND], None, "PCMA")
    return await tape.finish("stopped")


async def test_sides_are_apart_and_the_law_may_change(recorder: Recorder, tmp_path: Path) -> None:
    """Left what we heard, right what we played; after a re-INVITE in the other law the file goes on."""
    tape = recorder.open(tmp_path / "a" / "b.wav", "PCMA")
    for frame in LEFT:
        tape.add(frame, None, "PCMA")
    for frame in RIGHT[:25]:
        tape.add(None, frame, "PCMU")
    recorded = await tape.finish("silence")

    left, right = sides(recorded.path)
    assert len(left) == 2 * 1.5 * 8000
    assert strength(left[:16000], 440) > 7000
    assert strength(right[16000:], 900) > 7000
    assert strength(right[16000:], 2700) < 100
    assert strength(right[:16000], 440) < 20
    assert strength(left[16000:], 900) < 20
    assert (recorded.seconds, recorded.ended, recorded.complete) == (1.5, "silence", True)
    assert recorded.path.stat().st_mode & 0o777 == 0o600


async def test_nothing_said_is_a_file_too(recorder: Recorder, tmp_path: Path) -> None:
    """Empty and playable."""
    recorded = await record(recorder, tmp_path / "empty.wav", frames=0)

    assert sides(recorded.path) == (b"", b"")
    assert recorded.complete


CRASHING = """
import asyncio, sys
from pathlib import Path
from channels.call_center.media.recorder import Recorder

async def main():
    tape = Recorder().open(Path(sys.argv[1]), "PCMA")
    for number in range(50 * 4 + 20):
        tape.add(bytes([number % 100]) * 160, None, "PCMA")
    await asyncio.sleep(3600)

asyncio.run(main())
"""


async def test_a_crash_leaves_a_file_that_plays(tmp_path: Path) -> None:
    """Killed in the fifth second: four are there, and the header says so."""
    path = tmp_path / "crash.wav"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", CRASHING, str(path))
    try:
        await until(lambda: path.exists() and path.stat().st_size == 44 + 4 * 32000, "four seconds on disk")
    finally:
        process.kill()
        await process.wait()

    left, _right = sides(path)
    assert len(left) == 4 * 16000
    assert left[:320] == g711.decode(bytes([0]) * 160, "PCMA")
    assert left[-320:] == g711.decode(bytes([99]) * 160, "PCMA")


class FullDisk:
    """Stands before `os.pwrite` and refuses while `full`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        self._write = os.pwrite
        monkeypatch.setattr(os, "pwrite", self)

    def __call__(self, file: int, data: bytes, at: int) -> int:
        """Half of it is taken first, as a disk does that fills up."""
        if self.full:
            raise OSError(28, "No space left on device")
        return self._write(file, data[: max(1, len(data) // 2)], at)


async def test_a_full_disk_costs_sound_and_not_the_call(
    recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was refused is silence at its place; what comes after is there again; the record says so."""
    disk = FullDisk(monkeypatch)
    path = tmp_path / "full.wav"
    tape = recorder.open(path, "PCMA")
    for frame in LEFT:
        tape.add(frame, None, "PCMA")
    await until(lambda: path.exists() and path.stat().st_size == 44 + 32000, "the first second")
    disk.full = True
    for frame in LEFT:
        tape.add(frame, None, "PCMA")
    await until(lambda: recorder.refused == 1, "the refusal")
    disk.full = False
    for frame in LEFT:
        tape.add(frame, None, "PCMA")
    recorded = await tape.finish("stopped")

    left, _right = sides(path)
    assert len(left) == 3 * 16000
    assert strength(left[:16000], 440) > 7000
    assert set(left[16000:32000]) == {0}
    assert strength(left[32000:], 440) > 7000
    assert not recorded.complete
    assert recorded.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert recorder.refused == 1


async def test_a_folder_that_cannot_be_is_told_and_survived(recorder: Recorder, tmp_path: Path) -> None:
    """No file, no digest, no exception."""
    (tmp_path / "file").write_bytes(b"")
    recorded = await record(recorder, tmp_path / "file" / "a.wav", frames=120)

    assert (recorded.sha256, recorded.complete, recorded.seconds) == ("", False, 2.4)
    assert recorder.refused == 1


async def test_a_disk_that_hangs_does_not_fill_the_memory(
    recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute waits; what comes then is left out, and counted as missing."""
    go_on = asyncio.Event()
    loop = asyncio.get_running_loop()
    written = os.pwrite

    def hang(file: int, data: bytes, at: int) -> int:
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        return written(file, data, at)

    monkeypatch.setattr(os, "pwrite", hang)
    tape = recorder.open(tmp_path / "slow.wav", "PCMA")
    for number in range((MOST_WAITING + 5) * SECOND):
        tape.add(LEFT[number % SECOND], None, "PCMA")
    go_on.set()
    recorded = await tape.finish("stopped")

    assert not recorded.complete
    assert recorded.seconds == MOST_WAITING + 5
    left, _right = sides(recorded.path)
    assert strength(left[:16000], 440) > 7000
    assert set(left[-16000:]) == {0}


# Sealed

PRIVATE = bytes(range(32))
PUBLIC = sealing.public_key(PRIVATE)


async def test_a_finished_recording_is_sealed(tmp_path: Path) -> None:
    """The plain file is gone; the digest is of the sound."""
    recorder = Recorder(seal_to=lambda: PUBLIC)
    recorded = await record(recorder, tmp_path / "a.wav", frames=300)
    await recorder.stop()

    plain = b"".join(sealing.open_file(recorded.path, PRIVATE))
    assert recorded.path == tmp_path / "a.wav.sealed"
    assert not (tmp_path / "a.wav").exists()
    assert hashlib.sha256(plain).hexdigest() == recorded.sha256
    assert plain[:4] == b"RIFF"
    assert len(plain) == 44 + 6 * 32000


@pytest.mark.parametrize("reader", [None, PUBLIC])
async def test_what_is_kept_is_on_disk_when_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: bytes | None
) -> None:
    """Synced, in the form in which it stays."""
    synced: list[int] = []
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (synced.append(os.fstat(file).st_ino), sync(file)))
    recorder = Recorder(seal_to=lambda: reader)
    recorded = await record(recorder, tmp_path / "a.wav")
    await recorder.stop()

    assert synced == [recorded.path.stat().st_ino]


async def test_a_disk_without_room_for_the_sealed_file_leaves_the_plain_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole, and told: nothing of it is lost."""
    recorder = Recorder(seal_to=lambda: PUBLIC)

    def refuse(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    recorded = await record(recorder, tmp_path / "a.wav", frames=60)
    await recorder.stop()

    assert (recorded.path, recorded.complete, recorder.refused) == (tmp_path / "a.wav", True, 1)
    assert recorded.sha256 == hashlib.sha256((tmp_path / "a.wav").read_bytes()).hexdigest()
    assert not (tmp_path / "a.wav.sealed.part").exists()


@pytest.mark.parametrize("size", [0, 1, sealing.PIECE - 1, sealing.PIECE, sealing.PIECE + 1, 3 * sealing.PIECE])
def test_every_length_comes_back(tmp_path: Path, size: int) -> None:
    """Whole pieces, parts of one, none."""
    path = tmp_path / "a.wav"
    path.write_bytes(os.urandom(size))
    plain = path.read_bytes()
    sealed = sealing.seal_file(path, PUBLIC)

    assert b"".join(sealing.open_file(sealed, PRIVATE)) == plain
    assert sealing.plain_size(sealed.stat().st_size) == size


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda data: data[:-1] + bytes([data[-1] ^ 1]), id="a byte changed"),
        pytest.param(lambda data: data[: 38 + sealing.PIECE + 16], id="the last piece cut off"),
        pytest.param(lambda data: data[:38] + data[38 + sealing.PIECE + 16 :], id="the first piece left out"),
        pytest.param(lambda data: data[:38], id="nothing after the start"),
        pytest.param(lambda data: data[:10], id="half a start"),
        pytest.param(lambda data: b"RIFF" + data, id="no sealed file"),
        pytest.param(lambda data: data[:6] + bytes(32) + data[38:], id="a passing key that agrees on nothing"),
    ],
)
def test_what_was_changed_is_not_opened(tmp_path: Path, spoil: object) -> None:
    """Nor is it with another key, least of all with the one that sealed it."""
    path = tmp_path / "a.wav"
    path.write_bytes(bytes(sealing.PIECE + 100))
    sealed = sealing.seal_file(path, PUBLIC)
    with pytest.raises(sealing.NotOpened):
        list(sealing.open_file(sealed, PUBLIC))
    sealed.write_bytes(spoil(sealed.read_bytes()))  # type: ignore[operator]

    with pytest.raises(sealing.NotOpened):
        list(sealing.open_file(sealed, PRIVATE))
