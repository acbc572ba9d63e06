"""
A store of a million cases to be written to: a private copy of the one that is made once and kept.

The kept ones lie below build/growth (or where LANGNGHE_BENCH_STORES says): `sqlite` is a data folder, `pg` holds the
cluster in `data` and the data folder in `var`. A missing one is made first, which takes about half an hour. Where the
disk has no room for a copy beside them, LANGNGHE_BENCH_SPEND=1 lets the kept one itself be written to.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.growth.load import NOTE
from bench.growth.server import DATABASE, KeptPostgres
from bench.measurement import Terms
from bench.results import ROOT

MANY, FEW = 1_000_000, 500
_FEW_TEMPLATES = 26
_FOLDERS = {"sqlite": "sqlite", "postgresql": "pg"}
_SPARE = 5 * 1024**3


@dataclass(frozen=True)
class Archive:
    """A store that may be written to: its data folder with `master.key` in it, and its server unless it is SQLite."""

    data: Path
    cases: int
    server: KeptPostgres | None = None

    @property
    def database(self) -> str:
        """On its server."""
        return DATABASE if self.server else ""

    @property
    def url(self) -> str:
        """Of the database; empty for SQLite."""
        return self.server.url(DATABASE) if self.server else ""


@contextmanager
def archive(engine: str, terms: Terms) -> Iterator[Archive]:
    """A copy of the store on `sqlite` or `postgresql`, gone with the block; in a quick look a small fresh one."""
    name = _FOLDERS[engine]
    if os.environ.get("LANGNGHE_BENCH_SPEND") and not terms.quick:
        with _opened(_kept(name, engine, terms), engine, cases=MANY) as opened:
            yield opened
        return
    place = terms.folder / f"archive-{name}"
    if terms.quick:
        _make(place, engine, embedded=terms.folder / "archive-small", cases=FEW, templates=_FEW_TEMPLATES)
    else:
        _copy(_kept(name, engine, terms), place, terms)
    try:
        with _opened(place, engine, cases=FEW if terms.quick else MANY) as opened:
            yield opened
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _kept(name: str, engine: str, terms: Terms) -> Path:
    folder = terms.stores / name
    if not (_data(folder, engine) / NOTE).exists():
        terms.say(f"making a store of {MANY:,} cases in {folder}")
        _make(folder, engine, embedded=terms.stores / _FOLDERS["sqlite"], cases=MANY)
    return folder


def _data(folder: Path, engine: str) -> Path:
    return folder / "var" if engine == "postgresql" else folder


def _make(folder: Path, engine: str, *, embedded: Path, cases: int, templates: int = 300) -> None:
    """On PostgreSQL it is a copy of the embedded one, which is made first where it is missing."""
    if engine == "sqlite":
        _load(folder, cases, templates)
        return
    if not (embedded / NOTE).exists():
        _load(embedded, cases, templates)
    with _serving(folder) as server:
        _call("bench.growth.copy", "--of", embedded, "--data", _data(folder, engine), "--database-url", server.address)


def _load(data: Path, cases: int, templates: int) -> None:
    data.parent.mkdir(parents=True, exist_ok=True)
    _call("bench.growth.load", "--data", data, "--cases", cases, "--templates", templates, "--processes", 2)


def _call(module: str, *arguments: object) -> None:
    """In a process of its own: it forks, and this one may have threads. RuntimeError shows what failed."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-3000:]}")


def _copy(kept: Path, place: Path, terms: Terms) -> None:
    """With its owners, since PostgreSQL is not run by root. RuntimeError when the disk is too small."""
    size = sum(file.stat().st_size for file in kept.rglob("*") if file.is_file())
    if shutil.disk_usage(place.parent).free < size + _SPARE:
        raise RuntimeError(f"a copy of {kept} needs {(size + _SPARE) / 1e9:.0f} GB below {place.parent}")
    terms.say(f"copying {size / 1e9:.1f} GB")
    shutil.copytree(kept, place, copy_function=_copy_file)
    for file in [kept, *kept.rglob("*")]:
        owner = file.stat()
        os.chown(place / file.relative_to(kept), owner.st_uid, owner.st_gid)


def _copy_file(source: str, target: str) -> None:
    shutil.copy2(source, target)


@contextmanager
def _opened(place: Path, engine: str, *, cases: int) -> Iterator[Archive]:
    if engine == "sqlite":
        yield Archive(place, cases)
        return
    with _serving(place) as server:
        yield Archive(place / "var", cases, server)


@contextmanager
def _serving(place: Path) -> Iterator[KeptPostgres]:
    for folder in (place.parent, place.parent.parent):
        folder.chmod(folder.stat().st_mode | 0o055)  # its user is another one, and has to get there
    with KeptPostgres.open(place) as server:
        yield server
