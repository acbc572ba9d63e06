"""`langnghe simulate`: a synthetic month under a regulation, through the public API, and how punctual it was."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import date, datetime
from typing import Any

from gateway.cli.common import command, quiet_logs


def add(commands: Any) -> None:
    """Mount `simulate`."""
    parser = command(
        commands, "simulate", simulate, about="Work a synthetic month; exit 1 if API and raw events count differently"
    )
    parser.add_argument("--regulation", required=True, help="name of a regulation (thua_thien_hue)")
    parser.add_argument("--days", type=_positive, default=30, help="length (the default: 30)")
    parser.add_argument("--per-day", type=_positive, default=300, help="reports a day (the default: 300)")
    parser.add_argument("--start", type=date.fromisoformat, default=date(2026, 11, 2), help="first day, YYYY-MM-DD")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same month")


def simulate(arguments: argparse.Namespace) -> int:
    """Both figures, and whether they are equal."""
    from core.clock import VIETNAM
    from core.regulations.loader import load_pack
    from gateway.simulation.month import Plan, simulate

    quiet_logs()
    start = datetime(arguments.start.year, arguments.start.month, arguments.start.day, tzinfo=VIETNAM)
    plan = Plan(arguments.regulation, start, arguments.days, arguments.per_day, arguments.seed)
    found = asyncio.run(simulate(plan, say=lambda line: print(line, file=sys.stderr)))
    print("\n".join(found.lines(load_pack(arguments.regulation))))
    return 0 if found.agree else 1


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return value
