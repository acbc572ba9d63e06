"""`langnghe replay`: what lies in quarantine, and another try for it."""

from __future__ import annotations

import argparse
from typing import Any

from gateway.cli.common import command, perform


def add(commands: Any) -> None:
    """Mount `replay`."""
    parser = command(commands, "replay", replay, about="List the quarantine, or try items in it again")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("item", nargs="?", type=int, help="number of one item")
    which.add_argument("--all", action="store_true", help="every item whose body is still there")


def replay(arguments: argparse.Namespace) -> int:
    """Without an item: the list."""
    if arguments.item is None and not arguments.all:
        for row in perform("inbox.quarantine"):
            print(f"{row['item']}\t{row['channel']}\t{row['received_at']}\t{row['reason']}")
        return 0
    done = perform("inbox.replay", item=arguments.item)
    print(f"{done} back in the queue")
    return 0
