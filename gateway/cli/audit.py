"""`langnghe audit`: does the archive still say what was written into it?"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from gateway.cli.common import command, group, perform, show_json


def add(commands: Any) -> None:
    """Mount `audit`."""
    own = group(commands, "audit", about="Prove that nothing was altered or removed")
    verify = command(own, "verify", verify_all, about="Check every chain, every fold, every daily root; exit 1 if not")
    verify.add_argument("--json", action="store_true", help="the whole result as JSON")
    command(own, "root", show_root, about="Print the newest signed daily root and the key that proves it")


def verify_all(arguments: argparse.Namespace) -> int:
    """One line a finding, then the counts."""
    result = perform("audit.verify")
    if arguments.json:
        show_json(result)
    else:
        for finding in result["findings"]:
            print(f"{finding['what']}\t{finding['ref']}\t{finding['problem']}")
        found = len(result["findings"]) + result["more"]
        if result["more"]:
            print(f"… and {result['more']} more")
        print(
            f"{result['cases']} cases, {result['events']} events, {result['roots']} daily roots: "
            f"{found or 'no'} findings",
            file=sys.stderr,
        )
    return 1 if result["findings"] else 0


def show_root(_arguments: argparse.Namespace) -> int:
    """To be printed or sent somewhere else: it fixes everything up to its day."""
    show_json(perform("audit.root"))
    return 0
