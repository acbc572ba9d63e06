"""Playable copies: made once, kept under the subject's key, gone with the original."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import av
import pytest

from core.contract.errors import NotFound
from core.privacy import transcode
from core.privacy.blind import BlindIndex
from core.privacy.errors import MediaRefused
from core.privacy.keys import SubjectKeys
from core.privacy.media import FileMediaStore
from core.privacy.playing import PlayingCopies
from tests.core.privacy.films import film, voice
from tests.core.privacy.stores import NOON, MemoryKeyStore, subject_keys


@pytest.fixture
def keys() -> SubjectKeys:
    return subject_keys(MemoryKeyStore())


@pytest.fixture
def store(tmp_path: Path, keys: SubjectKeys) -> FileMediaStore:
    return FileMediaStore(tmp_path, keys=keys, blind=BlindIndex(bytes(32)))


def lying(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


async def kept(store: FileMediaStore, data: bytes) -> str:
    return (await store.put_file(data, subject_id="an", name="ghi-am")).stored_key


@pytest.mark.parametrize(
    ("data", "sent", "played", "codecs"),
    [
        (voice(), "audio/amr", "audio/mp4", ["aac"]),
        (voice("ogg", "libopus", rate=48000), "audio/ogg", "audio/mp4", ["aac"]),
        (film(), "video/3gpp", "video/mp4", ["h264"]),
    ],
    ids=["amr", "opus", "3gp"],
)
async def test_what_browsers_do_not_play_gets_a_copy_that_they_play(
    store: FileMediaStore, tmp_path: Path, data: bytes, sent: str, played: str, codecs: list[str]
) -> None:
    """Of the same length; the original stays, and the second playing makes nothing."""
    key = await kept(store, data)
    copies = PlayingCopies(store)
    first, second = await asyncio.gather(copies.open(key), copies.open(key))

    assert (first.media_type, second.data == first.data) == (played, True)
    with av.open(io.BytesIO(first.data)) as opened:
        assert [stream.codec_context.name for stream in opened.streams] == codecs
        assert 900_000 <= (opened.duration or 0) <= 1_200_000
    assert (await store.open(key)).media_type == sent
    assert len(lying(tmp_path)) == 2
    assert all(first.data[:100] not in path.read_bytes() for path in lying(tmp_path))


@pytest.mark.rule("VN-4")
async def test_a_copy_goes_with_its_original(store: FileMediaStore, keys: SubjectKeys, tmp_path: Path) -> None:
    """Deleted with it, and unreadable with it once the key is gone."""
    one, other = await kept(store, voice()), await kept(store, voice(seconds=2))
    copies = PlayingCopies(store)
    await copies.open(one)
    await copies.open(other)
    await store.delete(one)
    assert len(lying(tmp_path)) == 2

    keys.destroy("an", NOON)
    for key in (one, other, store.copy_key(other)):
        with pytest.raises(NotFound):
            await copies.open(key)
    await store.delete_subject("an")
    assert lying(tmp_path) == []


@pytest.mark.parametrize(
    "data",
    [b"#!AMR\n" + bytes(5) * 3, b"OggS" + bytes(200), voice("ogg", "libopus", rate=48000)[:60]],
    ids=["silence", "no pages", "cut off"],
)
async def test_a_broken_file_is_refused_in_words(store: FileMediaStore, tmp_path: Path, data: bytes) -> None:
    """Nothing is kept of the attempt, and it is not repeated."""
    key = await kept(store, data)
    copies = PlayingCopies(store)
    for _time in range(2):
        with pytest.raises(MediaRefused) as caught:
            await copies.open(key)
        assert caught.value.reason == "unplayable"
        assert "tải tệp gốc" in caught.value.vi
    assert len(lying(tmp_path)) == 1


async def test_what_takes_too_long_is_ended(store: FileMediaStore) -> None:
    """Its process as well."""
    key = await kept(store, voice(seconds=60))
    with pytest.raises(MediaRefused):
        await PlayingCopies(store, patience=0.01).open(key)


def test_a_recording_of_an_hour_gets_no_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little room it takes."""
    monkeypatch.setattr(transcode, "LONGEST_SECONDS", 2)
    with pytest.raises(transcode.Unplayable):
        transcode.transcode(voice(seconds=4))


def test_a_film_of_too_many_pixels_gets_no_copy() -> None:
    """It is measured before it is decoded."""
    with pytest.raises(transcode.Unplayable):
        transcode.transcode(film("mpeg4", width=2048, height=1152))


def test_a_copy_grows_no_larger_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up while it is written."""
    monkeypatch.setattr(transcode, "MOST_BYTES", 1000)
    with pytest.raises(transcode.Unplayable):
        transcode.transcode(voice(seconds=30))
