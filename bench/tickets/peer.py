"""The environment of what we compare with: django-helpdesk and its server, from a lock of their own, beside ours."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from bench.launch import ROOT
from scripts.interpreter import environment
from scripts.setup import RUN, Setup

_LOCK = ROOT / "requirements" / "peer.txt"
_FOLDER = ROOT / ".tools" / "peer"


def peer_program(name: str) -> Path:
    """A program of that environment, which is made on the first call. RuntimeError shows what failed."""
    _FOLDER.parent.mkdir(exist_ok=True)
    with (_FOLDER.parent / "peer.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current():
            _make()
    return _FOLDER / "bin" / name


def _digest() -> str:
    return hashlib.sha256(_LOCK.read_bytes() + sys.version.encode()).hexdigest()


def _is_current() -> bool:
    stamp = _FOLDER / "made-from"
    return stamp.exists() and stamp.read_text() == _digest()


def _make() -> None:
    shutil.rmtree(_FOLDER, ignore_errors=True)
    uv = Setup(ROOT, RUN).find_uv()
    _call(uv, "venv", "--python", sys.executable, str(_FOLDER))
    _call(uv, "pip", "sync", "--require-hashes", "--python", str(_FOLDER / "bin" / "python"), str(_LOCK))
    (_FOLDER / "made-from").write_text(_digest())


def _call(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])} failed:\n{done.stderr[-3000:]}")
