"""The journal: on disk before it answers, readable after a crash, honest about a torn tail."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.contract.errors import ConfigError
from core.storage.journal import Journal, read_frames


async def test_frames_come_back_in_order(tmp_path: Path) -> None:
    """Also those appended at once, which share a sync."""
    journal = Journal(tmp_path)
    await asyncio.gather(*(journal.append(f"frame {number}".encode()) for number in range(50)))

    frames = [frame for segment in await journal.pending() for frame in read_frames(segment)]

    assert frames == [f"frame {number}".encode() for number in range(50)]


async def test_a_torn_tail_is_dropped_and_what_stands_before_it_kept(tmp_path: Path) -> None:
    """A frame that was never acknowledged may be half written."""
    journal = Journal(tmp_path)
    await journal.append(b"whole")
    await journal.append(b"torn in the middle")
    (segment,) = await journal.pending()
    os.truncate(segment, segment.stat().st_size - 5)

    assert list(read_frames(segment)) == [b"whole"]


async def test_a_damaged_frame_is_not_believed_and_not_forgotten(tmp_path: Path) -> None:
    """One flipped bit fails the checksum; it may have been acknowledged, so that its bytes are kept for a person."""
    journal = Journal(tmp_path)
    await journal.append(b"whole")
    (segment,) = await journal.pending()
    data = bytearray(segment.read_bytes())
    data[-1] ^= 1
    segment.write_bytes(data)

    assert list(read_frames(segment)) == []
    assert [path.read_bytes() for path in (tmp_path / "damaged").iterdir()] == [bytes(data)]


@pytest.mark.parametrize("offset", [0, 3, 4, 7, 8, 20], ids=lambda at: f"byte {at} of the frame")
async def test_damage_in_the_middle_costs_one_frame(tmp_path: Path, offset: int) -> None:
    """Whatever byte it hits, also the length: what stands behind it is read, what is hit is set aside, once."""
    journal = Journal(tmp_path)
    frames = [b"frame number %d, as long as others" % number for number in range(3)]
    for frame in frames:
        await journal.append(frame)
    (segment,) = await journal.pending()
    size = segment.stat().st_size // 3
    data = bytearray(segment.read_bytes())
    data[size + offset] ^= 0x41
    segment.write_bytes(data)

    for _ in range(2):  # shipping may be repeated
        assert list(read_frames(segment)) == [frames[0], frames[2]]
    journal.drop(segment)

    (kept,) = (tmp_path / "damaged").iterdir()
    assert kept.read_bytes() == bytes(data[size : 2 * size])
    assert (journal.damaged, journal.empty) == (1, True)


async def test_zeros_are_no_frames(tmp_path: Path) -> None:
    """What a file system leaves of blocks that were never written: nothing to ship, and nothing that stops shipping."""
    journal = Journal(tmp_path)
    await journal.append(b"whole")
    (segment,) = await journal.pending()
    with segment.open("ab") as stream:
        stream.write(bytes(100))

    assert list(read_frames(segment)) == [b"whole"]


async def test_a_disk_that_stays_full_is_not_filled_with_half_frames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each refused try takes back what it wrote; what was acknowledged before stays."""
    journal = Journal(tmp_path)
    await journal.append(b"first")
    monkeypatch.setattr(os, "fdatasync", _refuse)
    for _ in range(3):
        with pytest.raises(OSError, match="disk"):
            await journal.append(b"lost")
    monkeypatch.undo()

    assert [list(read_frames(segment)) for segment in await journal.pending()] == [[b"first"]]


async def test_after_a_failed_sync_nothing_is_acknowledged_and_a_new_segment_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A segment whose sync failed is not written to again: the kernel may have dropped its dirty pages."""
    journal = Journal(tmp_path)
    await journal.append(b"first")
    monkeypatch.setattr(os, "fdatasync", _refuse)
    with pytest.raises(OSError, match="disk"):
        await journal.append(b"lost")
    monkeypatch.undo()

    await journal.append(b"second")

    assert len(await journal.pending()) == 2


async def test_appending_goes_on_beside_shipping(tmp_path: Path) -> None:
    """`pending` closes the current segment: a later frame is in another one, and is not dropped with it."""
    journal = Journal(tmp_path)
    await journal.append(b"old")
    (old,) = await journal.pending()
    await journal.append(b"new")

    journal.drop(old)

    assert [list(read_frames(segment)) for segment in await journal.pending()] == [[b"new"]]
    assert not journal.empty


async def test_a_segment_is_never_taken_away_under_its_writer(tmp_path: Path) -> None:
    """Web and worker share the folder: what one still writes, the other leaves alone until it is given free."""
    web, worker = Journal(tmp_path), Journal(tmp_path)
    await web.append(b"one")
    assert await worker.pending() == []

    await web.append(b"two")
    await web.close()
    (segment,) = await worker.pending()

    assert list(read_frames(segment)) == [b"one", b"two"]
    assert await web.pending() == []
    worker.release()
    assert await web.pending() == [segment]


async def test_shipping_is_not_held_up_by_what_keeps_arriving(tmp_path: Path) -> None:
    """In a storm somebody always waits for the next sync; the segments before it are shipped all the same."""
    journal = Journal(tmp_path)
    senders: list[asyncio.Task[None]] = []
    stopping = asyncio.Event()

    async def arrive() -> None:
        while not stopping.is_set():
            senders.append(asyncio.create_task(journal.append(b"frame")))
            await asyncio.sleep(0)

    storm = asyncio.create_task(arrive())
    try:
        await journal.append(b"first")
        segments = await asyncio.wait_for(journal.pending(), 20)
    finally:
        stopping.set()
        await storm
        await asyncio.gather(*senders)

    assert b"first" in [frame for segment in segments for frame in read_frames(segment)]


async def test_it_writes_while_every_common_thread_waits(tmp_path: Path) -> None:
    """With the database away, the threads that open and seal all wait for it; that is when the journal is needed."""
    journal, answered = Journal(tmp_path), threading.Event()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    waiting = asyncio.create_task(asyncio.to_thread(answered.wait, 60))
    try:
        await asyncio.wait_for(journal.append(b"frame"), 20)
    finally:
        answered.set()
        await waiting

    assert not journal.empty


def test_without_a_writable_folder_there_is_no_start(tmp_path: Path) -> None:
    """A clear sentence instead of a journal that fails when it is needed."""
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(ConfigError, match="not writable"):
        Journal(tmp_path / "file" / "journal")


def _refuse(_file: int) -> None:
    raise OSError("disk")
