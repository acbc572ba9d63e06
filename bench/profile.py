"""
Where the time goes: the real gateway under load while py-spy watches it.

    make profile                                         # SQLite, a flame graph in build/
    python -m bench.profile --engine postgresql --connections 256 --format raw

py-spy is not one of our dependencies: `make profile` fetches it, locked in requirements/bench.txt, into a place of its
own. It has to be allowed to look into another process (root, or kernel.yama.ptrace_scope = 0).
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench.hook import NAMES, Stage, stage
from bench.measurement import Terms
from bench.results import ROOT

FORMATS = {"flamegraph": "svg", "raw": "txt", "speedscope": "json"}
OWN = ROOT / ".tools" / "bench" / "bin" / "py-spy"


def main() -> int:
    """0, or 1 without py-spy."""
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description="Watch the gateway under load.")
    parser.add_argument("--engine", choices=NAMES, default="sqlite")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--roles", default="web", help="web, or web,worker")
    parser.add_argument("--format", choices=FORMATS, default="flamegraph")
    given = parser.parse_args()
    program = str(OWN) if OWN.exists() else shutil.which("py-spy")
    if program is None:
        print("py-spy is missing: run `make profile` once", file=sys.stderr)
        return 1
    out = ROOT / "build" / f"profile-{given.engine}-{given.connections}.{FORMATS[given.format]}"
    out.parent.mkdir(exist_ok=True)
    command = [program, "record", "--format", given.format, "--output", str(out), "--duration", str(given.seconds)]
    with tempfile.TemporaryDirectory(prefix="langnghe-bench-") as folder:
        terms = Terms(Path(folder), say=partial(print, file=sys.stderr))
        with stage(terms, given.engine, roles=given.roles) as on:
            watch(on, command, connections=given.connections)
    print(out)
    return 0


def watch(on: Stage, command: list[str], *, connections: int) -> None:
    """Slice after slice until py-spy has seen enough. CalledProcessError when it cannot look."""
    watcher = subprocess.Popen([*command, "--pid", str(on.gateway.pids[0])], stdout=subprocess.DEVNULL)
    try:
        while watcher.poll() is None:
            on.slice_of(on.gateway, connections)
    finally:
        watcher.terminate()
        watcher.wait()
    if watcher.returncode:
        raise subprocess.CalledProcessError(watcher.returncode, command)


if __name__ == "__main__":
    sys.exit(main())
