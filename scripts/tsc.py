"""Checks the types of the browser modules with TypeScript, by the Node of this machine or the one set-up fetched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.interpreter import environment  # noqa: E402
from scripts.setup import TEST, Setup  # noqa: E402


def main() -> int:
    """Exit code of tsc; its arguments are passed on."""
    command = [*Setup(ROOT, TEST).find_npm(), "exec", "--offline", "--", "tsc", *sys.argv[1:]]
    return subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
