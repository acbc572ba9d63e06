"""`langnghe simulate`: a synthetic month under a regulation, through the public API, and how punctual it was."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from typing import Any

from core.clock.zone import day_written
from gateway.cli.common import command, quiet_logs


def add(commands: Any) -> None:
    """Mount `simulate`."""
    parser = command(
        commands, "simulate", simulate, about="Work a synthetic month; exit 1 if API and raw events count differently"
    )
    parser.add_argument("--regulation", required=True, help="name of a regulation (thua_thien_hue)")
    parser.add_argument("--days", type=_positive, default=30, help="length (the default: 30)")
    parser.add_argument("--per-day", type=_positive, default=300, help="reports a day (the default: 300)")
    parser.add_argument("--start", type=day_written, help="first day, YYYY-MM-DD (else: one it was in force on)")
    parser.add_argument("--write", action="store_true", help="also renew its section of docs/simulation.md")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same month")


def simulate(arguments: argparse.Namespace) -> int:
    """Both figures, and whether they are equal."""
    import uvloop

    from core.clock import VIETNAM
    from core.regulations.loader import load_pack
    from gateway.simulation.month import Plan, simulate, usual_start
    from gateway.simulation.page import renew

    quiet_logs()
    pack, given = load_pack(arguments.regulation), arguments.start
    start = datetime(given.year, given.month, given.day, tzinfo=VIETNAM) if given else usual_start(pack)
    plan = Plan(arguments.regulation, start, arguments.days, arguments.per_day, arguments.seed)
    found = uvloop.run(simulate(plan, say=lambda line: print(line, file=sys.stderr)))
    print("\n".join(found.lines(pack)))
    if arguments.write:
        renew(plan, pack, found)
    return 0 if found.agree else 1


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return value
