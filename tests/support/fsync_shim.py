"""
Between a process and its disk: slow, held, failing, counted and traced syncs, and a disk that is full.

`fsync_shim.c` is preloaded by the process under test and looks at a small mapped file that the test changes while the
process runs. `library()` compiles it on first use; a `Shim` is one set of files for one test.

    with Shim.create() as shim:
        process = subprocess.Popen(command, env={**os.environ, **shim.environment()})
        shim.hold(below=data / "langnghe.sqlite3")
"""

from __future__ import annotations

import ctypes
import hashlib
import mmap
import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.servers import open_to_all

SOURCE = Path(__file__).with_suffix(".c")
BUILD = Path(__file__).parents[2] / "build" / "shim"
COMPILERS = ("cc", "gcc", "clang")
FLAGS = ("-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC")
ALL = 2**64 - 1

_WORD = struct.Struct("=Q")
_PREFIX_BYTES = 512
_DELAY, _HOLD, _FAIL, _SPACE, _BEGUN, _HELD, _FAILED, _REFUSED = range(0, 64, 8)
_SYNC_PREFIX = 64
_SPACE_PREFIX = _SYNC_PREFIX + _PREFIX_BYTES
_CONTROL_BYTES = _SPACE_PREFIX + _PREFIX_BYTES


class CompilerMissing(RuntimeError):
    """There is no C compiler; the message says what to do."""


def find_compiler() -> str:
    """A C compiler of this machine. Raises: CompilerMissing."""
    for name in COMPILERS:
        if found := shutil.which(name):
            return found
    raise CompilerMissing("No C compiler: run `make setup-test` or install gcc and libc6-dev")


def library() -> Path:
    """The compiled shim, for LD_PRELOAD; built once for each version of its source. Raises: CompilerMissing."""
    digest = hashlib.sha256(SOURCE.read_bytes() + " ".join(FLAGS).encode()).hexdigest()[:16]
    built = BUILD / f"fsync_shim-{digest}.so"
    if not built.exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        fresh = BUILD / f".{os.getpid()}.so"
        subprocess.run([find_compiler(), *FLAGS, "-o", str(fresh), str(SOURCE), "-ldl"], check=True)
        fresh.replace(built)  # another test process may be building it, too
    return built


@dataclass(frozen=True)
class Sync:
    """One sync as the shim saw it: instants are `time.monotonic_ns()`, `error` an errno (0: done)."""

    began: int
    ended: int
    pid: int
    error: int
    kind: str
    path: str


class Disk:
    """
    A folder whose power can be cut: what is on it, and what of that was synced.

    `after_power_cut` is the strictest outcome POSIX allows: of a file the content of its last completed sync, of a
    folder the names of its last completed sync, and what stood there when this object was made. With `names` a
    synced file has its name as well, as on Linux's file systems.
    """

    def __init__(self, folder: Path, shadow: Path, *, names: bool = False) -> None:
        self.folder = folder.resolve()
        self._names = names
        self._shadow = shadow
        shadow.mkdir()
        shadow.chmod(0o777)
        self._identity = ctypes.CDLL(str(library())).shim_identity
        self._begin(self.folder)

    def environment(self) -> dict[str, str]:
        """What a process that writes there has in its environment."""
        names = {"LANGNGHE_SHIM_NAMES": "1"} if self._names else {}
        return {"LANGNGHE_SHIM_DISK": str(self.folder), "LANGNGHE_SHIM_SHADOW": str(self._shadow)} | names

    def after_power_cut(self, target: Path) -> Path:
        """Build in `target` what is left; whoever wrote must be dead."""
        self._restore(self._shadow / self._name(self.folder), target)
        return target

    def _begin(self, folder: Path) -> None:
        entries = sorted(folder.iterdir())
        lines = [f"{self._name(path)} {'d' if path.is_dir() else 'f'} {path.name}\n" for path in entries]
        (self._shadow / self._name(folder)).write_text("".join(lines))
        for path in entries:
            if path.is_dir():
                self._begin(path)
            elif path.is_file():
                shutil.copyfile(path, self._shadow / self._name(path))
        for path in self._shadow.iterdir():
            path.chmod(0o666)

    def _restore(self, listing: Path, target: Path) -> None:
        target.mkdir(exist_ok=True)
        lines = listing.read_text().splitlines() if listing.exists() else []
        entries = {name: (identity, kind) for identity, kind, name in (line.split(" ", 2) for line in lines)}
        for name, (identity, kind) in entries.items():
            if kind == "d":
                self._restore(self._shadow / identity, target / name)
            elif (self._shadow / identity).exists():
                shutil.copyfile(self._shadow / identity, target / name)
            else:
                (target / name).touch()

    def _name(self, path: Path) -> str:
        name = ctypes.create_string_buffer(80)
        if self._identity(os.fsencode(path), name, len(name)) < 0:
            raise FileNotFoundError(path)
        return name.value.decode()


class Shim:
    """
    One set of control, count and trace files, and the library, in a folder that every user may enter.

    What is set counts from the next sync or write on, in every process that has `environment()`. `below` is compared
    as text: it may be a folder, a file, or the beginning of names (`…/langnghe.sqlite3` means its log as well).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._library = folder / "fsync_shim.so"
        shutil.copy(library(), self._library)
        self._control_path = self._made("control", bytes(_CONTROL_BYTES))
        self._count_path = self._made("count", bytes(_WORD.size))
        self._trace_path = self._made("trace", b"")
        with self._control_path.open("r+b") as file:
            self._control = mmap.mmap(file.fileno(), _CONTROL_BYTES)
        self._set(_SPACE, ALL)

    def _made(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        path.chmod(0o666)
        return path

    @classmethod
    @contextmanager
    def create(cls) -> Iterator[Shim]:
        """A shim in a new folder, which is removed in the end; nobody is held any longer then."""
        places = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]
        place = next((place for place in places if open_to_all(place)), places[0])
        folder = Path(tempfile.mkdtemp(prefix="langnghe-shim-", dir=place))
        folder.chmod(0o755)
        shim = cls(folder)
        try:
            yield shim
        finally:
            shim.heal()
            shim._control.close()
            shutil.rmtree(folder)

    def environment(self, disk: Disk | None = None) -> dict[str, str]:
        """What the process under test has in its environment; `disk` is where its power will be cut."""
        return (disk.environment() if disk else {}) | {
            "LD_PRELOAD": str(self._library),
            "LANGNGHE_SHIM_CONTROL": str(self._control_path),
            "LANGNGHE_SHIM_COUNT": str(self._count_path),
            "LANGNGHE_SHIM_TRACE": str(self._trace_path),
        }

    def disk(self, folder: Path, *, names: bool = False) -> Disk:
        """A folder whose power can be cut, for processes started with `environment(disk)`; as it is now, it is safe."""
        return Disk(folder, self.folder / f"shadow-{len(list(self.folder.glob('shadow-*')))}", names=names)

    def delay(self, microseconds: int, *, below: Path | str = "") -> None:
        """Every sync takes so much longer."""
        self._watch(below)
        self._set(_DELAY, microseconds)

    def hold(self, *, below: Path | str = "") -> None:
        """Let every sync wait for `release` (two minutes at most)."""
        self._watch(below)
        self._set(_HOLD, 1)

    def release(self) -> None:
        """Let the held syncs go on, and hold no more."""
        self._set(_HOLD, 0)

    def fail(self, *, below: Path | str = "", times: int = ALL) -> None:
        """Let the next syncs fail with EIO, without asking the disk."""
        self._watch(below)
        self._set(_FAIL, times)

    def fill(self, *, below: Path | str = "", left: int = 0) -> None:
        """Let the disk be full once `left` more bytes are written: ENOSPC."""
        self._name(_SPACE_PREFIX, below)
        self._set(_SPACE, left)

    def heal(self) -> None:
        """No delay, no hold, no failure, and space again."""
        for place, value in ((_DELAY, 0), (_FAIL, 0), (_HOLD, 0), (_SPACE, ALL)):
            self._set(place, value)

    @property
    def syncs(self) -> int:
        """Completed syncs of all processes so far."""
        return int(_WORD.unpack(self._count_path.read_bytes())[0])

    @property
    def held(self) -> int:
        """Syncs that wait at this moment."""
        return self._get(_HELD)

    @property
    def failed(self) -> int:
        """Syncs that were failed so far."""
        return self._get(_FAILED)

    @property
    def refused(self) -> int:
        """Writes that found no space so far."""
        return self._get(_REFUSED)

    def trace(self) -> list[Sync]:
        """Every sync so far, in the order in which they ended."""
        lines = [line.split(" ", 5) for line in self._trace_path.read_text(errors="replace").splitlines()]
        return [Sync(int(a), int(b), int(pid), int(error), kind, path) for a, b, pid, error, kind, path in lines]

    def _watch(self, below: Path | str) -> None:
        self._name(_SYNC_PREFIX, below)

    def _name(self, place: int, below: Path | str) -> None:
        name = os.fsencode(below)
        if len(name) >= _PREFIX_BYTES:
            raise ValueError(f"longer than {_PREFIX_BYTES} bytes: {below}")
        self._control[place : place + _PREFIX_BYTES] = name.ljust(_PREFIX_BYTES, b"\0")

    def _set(self, place: int, value: int) -> None:
        self._control[place : place + _WORD.size] = _WORD.pack(value)

    def _get(self, place: int) -> int:
        return int(_WORD.unpack_from(self._control, place)[0])
