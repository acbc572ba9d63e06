"""
`python -m tests.surge`: the drill, its figures for docs/reliability.md and on the screen.

    python -m tests.surge [--minutes 60] [--rate 1.6] [--agents 10] [--short]

Exit code 1: a caller was unheard, or something else of what the drill promises did not hold.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from tests.faults import render
from tests.support.record import record
from tests.surge.drill import drill
from tests.surge.outcome import Outcome
from tests.surge.plan import Surge


def main() -> int:
    """The drill of an hour, unless told otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tests.surge")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=1.6, help="callers a second")
    parser.add_argument("--agents", type=int, default=10)
    parser.add_argument("--keep", action="store_true", help="write the figures into docs/reliability.md")
    given = parser.parse_args()
    surge = Surge(60 * given.minutes, given.rate, given.agents)
    folder = Path(tempfile.mkdtemp(prefix="langnghe-surge-"))
    print(f"everything of it, until all is well: {folder}", file=sys.stderr)
    outcome = asyncio.run(drill(surge, folder, say=lambda text: print(text, file=sys.stderr, flush=True)))
    show(outcome)
    if given.keep:
        record("surge", f"{given.minutes:g} min, {given.rate:g} calls/s, {given.agents} agents", outcome.figures())
        render.main([])
    mistakes = outcome.mistakes()
    print(*mistakes, sep="\n", file=sys.stderr)
    if not mistakes:
        shutil.rmtree(folder)
    return 1 if mistakes else 0


def show(outcome: Outcome) -> None:
    """Figures of this machine too, which do not go into the docs."""
    for name, figure in outcome.figures().items():
        print(f"{figure:>8,}  {name}")
    waited = ", ".join(f"p{round(100 * part)} {outcome.waited_ms(part):.0f} ms" for part in (0.5, 0.95, 1.0))
    print(f"INVITE to 200: {waited}; a call {outcome.books.longest_s:.0f} s (p95); the agent heard {outcome.heard}")
    print(f"callbacks: {outcome.callbacks_s:.0f} s for {outcome.surge.agents} agents")


if __name__ == "__main__":
    sys.exit(main())
