"""
`python -m bench`: measure, keep, and show.

    python -m bench [--only NAME …] [--quick] [--into FILE] [--list]

One measurement that fails does not keep the others from running; the exit code says so in the end. A goal that is not
reached is a result, not a failure.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from bench import render, results
from bench.measurement import Measurement, Terms
from bench.registry import all_measurements, choose


def main(arguments: Sequence[str] | None = None) -> int:
    """0: all was measured; 1: something could not be; 2: wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the gateway as it runs.")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these, or all below a name")
    parser.add_argument("--quick", action="store_true", help="a rough look; kept apart, never in the docs")
    parser.add_argument("--into", type=Path, help="keep the results in this file, and leave the docs alone")
    parser.add_argument("--list", action="store_true", help="names and goals")
    given = parser.parse_args(arguments)
    try:
        chosen = choose(all_measurements(given.only), given.only)
    except LookupError as error:
        print(error, file=sys.stderr)
        return 2
    if given.list:
        for one in chosen:
            print(one.name, *(f"    {render.wanted(goal)}  {goal.figure}" for goal in one.goals), sep="\n")
        return 0
    path = given.into or (results.QUICK if given.quick else results.FULL)
    failed = [one.name for one in chosen if not measure(one, path=path, quick=given.quick)]
    if path == results.FULL:
        render.main([])
    if failed:
        print(f"could not be measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def measure(measurement: Measurement, *, path: Path, quick: bool = False) -> bool:
    """Run one, keep what it found, print it; whether it could be measured."""
    print(f"\n{measurement.name}: {measurement.title}", flush=True)
    began, load = time.monotonic(), results.load()
    try:
        with tempfile.TemporaryDirectory(prefix="langnghe-bench-") as folder:
            found = measurement.run(Terms(Path(folder), quick=quick, say=_say))
    except Exception as error:
        traceback.print_exc()
        results.keep(measurement, None, path=path, load=load, failure=f"{type(error).__name__}: {error}"[:300])
        return False
    entry = results.keep(measurement, found, path=path, load=load)
    print(*render.lines_of(measurement, entry), f"({time.monotonic() - began:.0f} s)", sep="\n", flush=True)
    return True


def _say(text: str) -> None:
    print(f"  … {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
