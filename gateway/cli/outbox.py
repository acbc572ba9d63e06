"""`langnghe outbox`: messages that did not go out, and what becomes of them."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from gateway.cli.common import command, group, perform, show_json


def add(commands: Any) -> None:
    """Mount `outbox`."""
    own = group(commands, "outbox", about="Messages that failed on every way, or whose end nobody knows")
    listing = command(own, "list", show_list, about="One line a message: id, channel, state, reason, tries, when")
    listing.add_argument("--channel", metavar="NAME", help="of one channel only")
    showing = command(own, "show", show_one, about="Every way on which one thing was tried, with masked addresses")
    showing.add_argument("entry", metavar="ID")
    again = command(own, "replay", replay, about="Send one again, or all that failed of one channel")
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("entry", nargs="?", metavar="ID", help="also one whose end nobody knows: it may arrive twice")
    which.add_argument("--channel", metavar="NAME", help="all that failed there")
    dropping = command(own, "drop", drop, about="Nobody needs it any more")
    dropping.add_argument("entry", metavar="ID")


def show_list(arguments: argparse.Namespace) -> int:
    """Tab-separated, in order of writing."""
    for one in perform("outbox.list", channel=arguments.channel):
        print(*one.values(), sep="\t")
    return 0


def show_one(arguments: argparse.Namespace) -> int:
    """JSON."""
    show_json(perform("outbox.show", entry=arguments.entry))
    return 0


def replay(arguments: argparse.Namespace) -> int:
    """Says how many."""
    done = perform("outbox.replay", entry=arguments.entry, channel=arguments.channel)
    print(f"{done} to be sent again", file=sys.stderr)
    return 0


def drop(arguments: argparse.Namespace) -> int:
    """Says which."""
    print(f"{perform('outbox.drop', entry=arguments.entry)} is dropped", file=sys.stderr)
    return 0
