"""
The same measurements of an earlier commit: `python -m bench.before COMMIT --only NAME …`.

The gateway of that commit is copied aside and measured by the bench of today, so that the two differ in nothing else.
What it finds goes into build/bench-before.json; `python -m bench.render` puts it beside what is found today.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.results import BEFORE, ROOT

OURS = ("bench", "tests/support")
SHARED = (".venv", "node_modules")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code of the measurements; CalledProcessError for a commit that is not there."""
    parser = argparse.ArgumentParser(prog="python -m bench.before", description="Measure an earlier commit.")
    parser.add_argument("commit")
    parser.add_argument("--only", nargs="+", required=True, metavar="NAME")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="langnghe-before-") as folder:
        tree = Path(folder) / "tree"
        copy(given.commit, tree)
        command = [sys.executable, "-m", "bench", "--only", *given.only, "--into", str(BEFORE)]
        return subprocess.run(command, cwd=tree, check=False).returncode


def copy(commit: str, tree: Path) -> None:
    """That commit's files with today's bench; what set-up made is shared."""
    subprocess.run(["git", "clone", "--quiet", "--no-checkout", str(ROOT), str(tree)], check=True)
    subprocess.run(["git", "checkout", "--quiet", "--detach", commit], cwd=tree, check=True)
    for name in OURS:
        shutil.rmtree(tree / name, ignore_errors=True)
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in SHARED:
        (tree / name).symlink_to(ROOT / name)


if __name__ == "__main__":
    sys.exit(main())
