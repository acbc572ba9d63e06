"""The media store on a real folder."""

from __future__ import annotations

import asyncio
import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from core.contract.errors import NotFound
from core.contract.schema import AttachmentKind, GeoPoint
from core.privacy.blind import BlindIndex
from core.privacy.errors import Erased, MediaRefused, Tampered
from core.privacy.keys import SubjectKeys
from core.privacy.media import FileMediaStore
from core.privacy.media_types import MediaLimits
from tests.core.privacy.files import CANARY, film, picture
from tests.core.privacy.stores import NOON, MemoryKeyStore, subject_keys

PDF = b"%PDF-1.7 " + CANARY.encode()
BLIND = BlindIndex(bytes(32))


@pytest.fixture
def keys() -> SubjectKeys:
    return subject_keys(MemoryKeyStore())


@pytest.fixture
def store(tmp_path: Path, keys: SubjectKeys) -> FileMediaStore:
    return FileMediaStore(tmp_path / "var" / "media", keys=keys, blind=BLIND)


def files(tmp_path: Path) -> list[Path]:
    return sorted(path for path in tmp_path.rglob("*") if path.is_file())


async def put(store: FileMediaStore, data: bytes = PDF, *, subject_id: str = "an", name: str = "don.pdf") -> str:
    return (await store.put_file(data, subject_id=subject_id, name=name)).stored_key


async def test_file_comes_back(store: FileMediaStore) -> None:
    key = await put(store)
    found = await store.open(key)

    assert await store.get(key) == PDF
    assert (found.media_type, found.name, found.subject_id) == ("application/pdf", "don.pdf", "an")


async def test_same_bytes_of_one_subject_are_one_file(store: FileMediaStore, tmp_path: Path) -> None:
    key = await put(store)
    before = files(tmp_path)[0].read_bytes()

    assert await put(store, name="again.pdf") == key
    assert [path.read_bytes() for path in files(tmp_path)] == [before]
    assert store.stored_key(hashlib.sha256(PDF).hexdigest(), subject_id="an") == key


async def test_two_people_with_one_file_cannot_be_matched(store: FileMediaStore, tmp_path: Path) -> None:
    first, second = await put(store), await put(store, subject_id="binh")

    assert not {first[:32], first[32:]} & {second[:32], second[32:]}
    assert len(files(tmp_path)) == 2
    assert hashlib.sha256(PDF).hexdigest()[:16] not in first


async def test_nothing_readable_lies_on_disk(store: FileMediaStore, tmp_path: Path) -> None:
    key = await put(store, name=f"{CANARY}.pdf")
    path = files(tmp_path)[0]

    assert CANARY.encode() not in path.read_bytes()
    assert CANARY not in str(path)
    assert path.relative_to(tmp_path / "var" / "media").parts == (key[:2], key[2:4], key[:32], key[32:])
    assert path.stat().st_mode & 0o077 == 0


async def test_description_is_of_what_it_is_not_of_what_is_claimed(store: FileMediaStore) -> None:
    data = picture("JPEG", orientation=6)
    stored = await store.put_file(data, subject_id="an", name="anh.txt")
    cleaned = await store.get(stored.stored_key)

    assert (stored.kind, stored.media_type) == (AttachmentKind.IMAGE, "image/jpeg")
    assert stored.size == len(cleaned) != len(data)
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert CANARY.encode() not in cleaned
    assert Image.open(io.BytesIO(cleaned)).size == (20, 40)


async def test_where_a_photo_was_taken_is_told_to_who_asks(store: FileMediaStore) -> None:
    """Also for bytes that are here already; everybody else gets a description without it."""
    exif, out = Image.Exif(), io.BytesIO()
    exif.get_ifd(0x8825).update({1: "N", 2: (16.0, 30.0, 0.0), 3: "E", 4: (107.0, 0.0, 0.0)})
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    quiet = await store.put_file(out.getvalue(), subject_id="an", name="a.jpg")
    telling = await store.put_file(out.getvalue(), subject_id="an", name="a.jpg", tell_place=True)

    assert quiet.taken is None
    assert telling.taken == GeoPoint(latitude=16.5, longitude=107.0)
    assert quiet == telling.model_copy(update={"taken": None})


async def test_film_is_stored_without_its_place(store: FileMediaStore) -> None:
    stored = await store.put_file(film(), subject_id="an", name="quay.mp4")
    assert stored.kind is AttachmentKind.VIDEO
    assert CANARY.encode() not in await store.get(stored.stored_key)


async def test_refused_file_leaves_nothing(store: FileMediaStore, tmp_path: Path) -> None:
    for data in (b"MZ" + bytes(100), picture("PNG")[:60]):
        with pytest.raises(MediaRefused):
            await put(store, data)
    assert files(tmp_path) == []


async def test_limits_are_settings(tmp_path: Path, keys: SubjectKeys) -> None:
    store = FileMediaStore(tmp_path, keys=keys, blind=BLIND, limits=MediaLimits(file=5))
    with pytest.raises(MediaRefused, match="size"):
        await put(store)


@pytest.mark.rule("VN-1", "VN-4")
async def test_erased_subject_has_no_files(store: FileMediaStore, keys: SubjectKeys, tmp_path: Path) -> None:
    gone = [await put(store), await put(store, picture("PNG"))]
    kept = await put(store, subject_id="binh")
    await store.delete_subject("an")
    await store.delete_subject("an")
    await store.delete_subject("nobody")

    assert len(files(tmp_path)) == 1
    assert await store.get(kept) == PDF
    for key in gone:
        with pytest.raises(NotFound):
            await store.get(key)
    keys.destroy("an", NOON)
    with pytest.raises(Erased):
        await put(store)


async def test_several_may_remove_a_subject_at_once(store: FileMediaStore) -> None:
    """Two processes erase one person: what the other removed a moment before is removed."""
    for number in range(20):
        await put(store, PDF + bytes([number]), subject_id="an")
        await asyncio.gather(*(store.delete_subject("an") for _ in range(4)))

    assert await store.subjects_last_touched() == {}


@pytest.mark.rule("VN-4", "VN-15")
async def test_destroyed_key_is_enough(store: FileMediaStore, keys: SubjectKeys) -> None:
    """A copy of the file in a backup cannot be read either."""
    key = await put(store)
    keys.destroy("an", NOON)
    with pytest.raises(NotFound):
        await store.get(key)


async def test_one_file_is_deleted(store: FileMediaStore) -> None:
    first, second = await put(store), await put(store, picture("PNG"))
    await store.delete(first)
    await store.delete(first)

    with pytest.raises(NotFound):
        await store.get(first)
    assert await store.get(second)


async def test_any_changed_byte_is_noticed(store: FileMediaStore, tmp_path: Path) -> None:
    key = await put(store)
    path = files(tmp_path)[0]
    original = path.read_bytes()
    for place in range(len(original)):
        path.write_bytes(original[:place] + bytes([original[place] ^ 1]) + original[place + 1 :])
        with pytest.raises((Tampered, NotFound)):
            await store.get(key)
    for cut in (0, 3, 7, 20, len(original) - 1):
        path.write_bytes(original[:cut])
        with pytest.raises((Tampered, NotFound)):
            await store.get(key)


async def test_file_moved_to_another_key_is_noticed(store: FileMediaStore, tmp_path: Path) -> None:
    first = await put(store)
    content = files(tmp_path)[0].read_bytes()
    second = await put(store, picture("PNG"))
    path = next(path for path in files(tmp_path) if path.name == second[32:])
    path.write_bytes(content)

    assert await store.get(first) == PDF
    with pytest.raises(Tampered):
        await store.get(second)


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64, "a" * 32 + "/" + "b" * 31])
async def test_what_is_no_key_finds_nothing(store: FileMediaStore, key: str) -> None:
    with pytest.raises(NotFound):
        await store.get(key)


async def test_many_at_once(store: FileMediaStore, tmp_path: Path) -> None:
    """The same file from many tasks is one file, and no half-written one stays."""
    keys = await asyncio.gather(*(put(store) for _ in range(20)))
    assert len(set(keys)) == 1
    assert [path.name for path in files(tmp_path)] == [keys[0][32:]]


async def test_interrupted_write_leaves_no_file(
    store: FileMediaStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="disk full"):
        await put(store)
    assert files(tmp_path) == []


async def test_bytes_are_synced_before_the_name_appears(
    store: FileMediaStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """File, then name, then folder: the order that survives a power cut."""
    steps: list[str] = []
    fsync, replace = __import__("os").fsync, Path.replace

    def traced_fsync(handle: int) -> None:
        target = Path(f"/proc/self/fd/{handle}").resolve()
        steps.append("folder" if target.is_dir() else "file")
        fsync(handle)

    def traced_replace(self: Path, target: Path) -> Path:
        steps.append("name")
        return replace(self, target)

    monkeypatch.setattr("os.fsync", traced_fsync)
    monkeypatch.setattr(Path, "replace", traced_replace)
    await put(store)

    assert steps[-3:] == ["file", "name", "folder"]
    assert set(steps[:-3]) == {"folder"}
