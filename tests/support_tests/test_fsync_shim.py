"""The shim does what it says, seen from a process that syncs and writes; or every test built on it proves nothing."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.fsync_shim import Shim, library
from tests.support.servers import PostgresServer
from tests.support.waiting import until

# Reads words from its input, one a line, does each, and answers with the errno (0: done).
WORKER = """
import os, sys
files = {}
for line in sys.stdin:
    word, path = line.split()
    try:
        file = files.setdefault(path, os.open(path, os.O_RDWR | os.O_CREAT))
        if word == "write":
            print(f"wrote {os.write(file, bytes(8))}", flush=True)
        else:
            getattr(os, word)(file)
            print(0, flush=True)
    except OSError as error:
        print(error.errno, flush=True)
"""


class Worker:
    """A process under the shim that syncs and writes on demand."""

    def __init__(self, shim: Shim, **more: str) -> None:
        environment = {**os.environ, **shim.environment(), **more}
        command = [sys.executable, "-c", WORKER]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)

    def ask(self, word: str, path: Path) -> None:
        assert self.process.stdin is not None
        print(word, path, file=self.process.stdin, flush=True)

    def answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def do(self, word: str, path: Path) -> str:
        self.ask(word, path)
        return self.answer()


@pytest.fixture
def shim() -> Iterator[Shim]:
    """A shim of this test's own."""
    with Shim.create() as made:
        yield made


@pytest.fixture
def worker(shim: Shim) -> Iterator[Worker]:
    """A process under it."""
    started = Worker(shim)
    yield started
    started.process.kill()
    started.process.communicate()


def test_each_sync_is_counted_and_traced_on_the_tests_own_clock(shim: Shim, worker: Worker, tmp_path: Path) -> None:
    """With path, kind and outcome."""
    before = time.monotonic_ns()
    assert worker.do("fsync", tmp_path / "one") == "0"
    assert worker.do("fdatasync", tmp_path / "two") == "0"
    after = time.monotonic_ns()

    assert shim.syncs == 2
    assert [(one.kind, one.path, one.error, one.pid) for one in shim.trace()] == [
        ("fsync", str(tmp_path / "one"), 0, worker.process.pid),
        ("fdatasync", str(tmp_path / "two"), 0, worker.process.pid),
    ]
    assert all(before < one.began < one.ended < after for one in shim.trace())


def test_a_sync_fails_as_often_as_it_is_told_and_only_below_a_path(shim: Shim, worker: Worker, tmp_path: Path) -> None:
    """Failed ones are traced and not counted."""
    shim.fail(below=tmp_path / "database", times=2)

    answers = [worker.do("fsync", tmp_path / name) for name in ("journal", "database", "database-wal", "database")]

    assert answers == ["0", str(errno.EIO), str(errno.EIO), "0"]
    assert (shim.failed, shim.syncs) == (2, 2)
    assert [one.error for one in shim.trace()] == [0, errno.EIO, errno.EIO, 0]


async def test_a_held_sync_waits_for_its_release(shim: Shim, worker: Worker, tmp_path: Path) -> None:
    """And everything that it holds up."""
    shim.hold()
    worker.ask("fdatasync", tmp_path / "file")
    await until(lambda: shim.held == 1, "a held sync")
    assert shim.syncs == 0

    shim.release()

    assert worker.answer() == "0"
    assert shim.syncs == 1


def test_a_delay_lies_inside_the_sync(shim: Shim, worker: Worker, tmp_path: Path) -> None:
    """Set in the control file, or for good in the environment."""
    shim.delay(20_000)
    worker.do("fsync", tmp_path / "file")
    other = Worker(shim, LANGNGHE_SHIM_DELAY_US="30000")
    other.do("fsync", tmp_path / "file")
    other.process.communicate()

    assert [one.ended - one.began > least for one, least in zip(shim.trace(), (20e6, 50e6), strict=True)] == [True] * 2


def test_a_full_disk_takes_what_is_left_and_then_refuses(shim: Shim, worker: Worker, tmp_path: Path) -> None:
    """A write is shortened, the next one gets ENOSPC; other places have space, and so has this one once it is freed."""
    full, other = tmp_path / "full" / "file", tmp_path / "other"
    full.parent.mkdir()
    worker.do("write", full)
    shim.fill(below=full.parent, left=3)

    assert [worker.do("write", path) for path in (full, full, other)] == ["wrote 3", str(errno.ENOSPC), "wrote 8"]
    assert shim.refused == 1
    shim.heal()
    assert worker.do("write", full) == "wrote 8"
    assert full.stat().st_size == 19


def test_a_power_cut_leaves_what_was_synced(shim: Shim, tmp_path: Path) -> None:
    """A content that was not synced is gone, so is a name whose folder was not; what stood there before stays."""
    folder = tmp_path / "disk"
    (folder / "inner").mkdir(parents=True)
    (folder / "old").write_bytes(b"as ever")
    disk = shim.disk(folder)
    worker = Worker(shim, **disk.environment())
    for word, name in (("write", "old"), ("write", "inner/half"), ("write", "inner/new"), ("fsync", "inner/new")):
        worker.do(word, folder / name)
    sync_folder = f"import os; os.fsync(os.open({str(folder / 'inner')!r}, os.O_RDONLY))"
    environment = {**os.environ, **shim.environment(disk)}
    subprocess.run([sys.executable, "-c", sync_folder], env=environment, check=True)
    for word, name in (("write", "inner/new"), ("write", "late"), ("fsync", "late")):
        worker.do(word, folder / name)
    worker.process.kill()
    worker.process.communicate()

    left = disk.after_power_cut(tmp_path / "left")

    contents = {str(path.relative_to(left)): path.read_bytes() for path in left.rglob("*") if path.is_file()}
    assert contents == {"old": b"as ever", "inner/half": b"", "inner/new": bytes(8)}


def test_a_synced_file_keeps_its_name_where_file_systems_do_that(shim: Shim, tmp_path: Path) -> None:
    """PostgreSQL syncs the files of its tables and not their folder."""
    (tmp_path / "disk").mkdir()
    disk = shim.disk(tmp_path / "disk", names=True)
    worker = Worker(shim, **disk.environment())
    for word, name in (("write", "synced"), ("fsync", "synced"), ("write", "other")):
        worker.do(word, disk.folder / name)
    worker.process.kill()
    worker.process.communicate()

    left = disk.after_power_cut(tmp_path / "left")

    assert [(path.name, path.read_bytes()) for path in left.iterdir()] == [("synced", bytes(8))]


def test_without_settings_the_library_changes_nothing(tmp_path: Path) -> None:
    """Preloaded alone, it only passes on."""
    code = f"import os; f = open({str(tmp_path / 'x')!r}, 'w'); f.write('words'); f.flush(); os.fsync(f.fileno())"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "LD_PRELOAD": str(library())}, check=True)

    assert (tmp_path / "x").read_text() == "words"


def test_our_sqlite_syncs_through_the_c_library(shim: Shim, tmp_path: Path) -> None:
    """The wheel carries SQLite, and not a C library of its own that would slip past the shim."""
    code = f"""
import pysqlite3
connection = pysqlite3.connect({str(tmp_path / "x.sqlite3")!r}, isolation_level=None)
connection.execute("PRAGMA journal_mode=WAL")
connection.execute("PRAGMA synchronous=FULL")
connection.execute("CREATE TABLE t (x)")
"""
    subprocess.run([sys.executable, "-c", code], env={**os.environ, **shim.environment()}, check=True)

    assert str(tmp_path / "x.sqlite3-wal") in [one.path for one in shim.trace()]


def test_postgresql_syncs_through_the_c_library(shim: Shim) -> None:
    """Also where it runs as another user."""
    with PostgresServer.start(environment=shim.environment()) as server:
        before = time.monotonic_ns()
        server.execute("CREATE TABLE t (x int)")
        syncs = [one for one in shim.trace() if one.began > before and "pg_wal" in one.path]

    assert [one.error for one in syncs] == [0] * len(syncs) != []
