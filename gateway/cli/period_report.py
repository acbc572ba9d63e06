"""`langnghe period-report`: the figures of a period, on the terminal or as a file (TG-12.5, TG-13.4, LS-10.3)."""

from __future__ import annotations

import argparse
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

from core.contract.errors import ConfigError
from gateway.cli.common import command, group, perform, show_json


def add(commands: Any) -> None:
    """Mount `period-report`."""
    own = commands.add_parser(
        "period-report",
        help="Figures of a week, month, quarter, year or any days",
        description="Figures of a period: thang:2026-11 (15/10 to 14/11), quy:2026-4, 6thang:2026-1, nam:2026, "
        "tuan:2026-11-16, or 2026-10-01..2026-10-31; the running month where none is named.",
    )
    own.add_argument("period", nargs="?", default="")
    own.add_argument("--as-of", default="", metavar="DAY", help="as it looked at the end of this day (2026-11-15)")
    own.add_argument("--json", action="store_true", help="every table as JSON")
    own.add_argument("--out", type=Path, metavar="FILE", help="write a .xlsx or .pdf file")
    own.set_defaults(run=run)
    figures = group(commands, "statistics", about="What figures are counted from")
    command(figures, "rebuild", rebuild, about="Read all milestones off the events again, beside the work of the day")


def rebuild(_arguments: argparse.Namespace) -> int:
    """The worker does it; until it is done, pages say that figures are not whole."""
    perform("statistics.rebuild")
    print("begun: a running worker reads every case again", file=sys.stderr)
    return 0


def run(arguments: argparse.Namespace) -> int:
    """Print the tables, or write the file."""
    kind = arguments.out.suffix.removeprefix(".") if arguments.out else ""
    if arguments.out and not kind:
        raise ConfigError("--out", f"{arguments.out} says no kind of file", example=f"{arguments.out}.xlsx")
    made = perform("statistics.period", period=arguments.period, as_of=arguments.as_of, file=kind)
    if arguments.out:
        arguments.out.write_bytes(b64decode(made["file"]))
        print(f"{made['title']} → {arguments.out}", file=sys.stderr)
    elif arguments.json:
        show_json(made)
    else:
        print(f"{made['title']}\n{made['subtitle']}")
        for sheet in made["sheets"]:
            print("\n" + "\n".join(_table(sheet)))
    return 0


def _table(sheet: dict[str, Any]) -> list[str]:
    rows = [sheet["columns"], *sheet["written"]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(sheet["columns"]))]
    lines = ["  ".join(_fit(cell, width, first=not n) for n, (cell, width) in enumerate(zip(row, widths, strict=True)))
             for row in rows]  # fmt: skip
    return [sheet["title"], *(line.rstrip() for line in lines)]


def _fit(cell: str, width: int, *, first: bool) -> str:
    return cell.ljust(width) if first else cell.rjust(width)
