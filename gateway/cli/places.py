"""`langnghe commune`: official codes of communes, and what became of the old ones."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gateway.cli.common import command, group, perform


def add(commands: Any) -> None:
    """Mount `commune`."""
    own = group(commands, "commune", about="Communes: official codes with their dates, and what became of old ones")
    taken = command(own, "import", import_tables, about="Take in a table of communes (CSV); all of it or nothing")
    taken.add_argument(
        "file", metavar="FILE", nargs="?", help="code,name,kind,district,province,province_code,since,until"
    )
    taken.add_argument("--succession", metavar="FILE", help="old_code,new_code,since,whole (yes or part)")
    found = command(own, "search", search, about="Find communes by any name they have or had")
    found.add_argument("words", metavar="WORDS")
    found.add_argument("--at", metavar="DATE", help="as they were on this day (default: today), as 2025-06-30")


def import_tables(arguments: argparse.Namespace) -> int:
    """How much was taken in."""
    paths = {name: getattr(arguments, name) for name in ("file", "succession")}
    given = {name: str(Path(path).resolve()) if path else None for name, path in paths.items()}
    done = perform("commune.import", **given)
    print(f"{done['communes']} communes, {done['changes']} changes")
    return 0


def search(arguments: argparse.Namespace) -> int:
    """One line a commune: its code, and the name that led to it."""
    for one in perform("commune.search", words=arguments.words, at=arguments.at):
        print(f"{one['code']}\t{one['label']}")
    return 0
