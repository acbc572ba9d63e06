"""`langnghe erase`: a person asks to be forgotten (VN-4), or their time has come (VN-15)."""

from __future__ import annotations

import argparse
from typing import Any

from gateway.cli.common import command, perform, show_json


def add(commands: Any) -> None:
    """Mount `erase`."""
    parser = command(commands, "erase", erase, about="Erase everything about one person, for ever")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("contact", nargs="?", help="id of the contact")
    who.add_argument("--report", metavar="CODE", help="code of one of their reports")
    parser.add_argument(
        "--pseudonymise", action="store_true", help="identifiers go, the bodies of their cases stay, redacted (VN-15)"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")


def erase(arguments: argparse.Namespace) -> int:
    """There is no way back, so it asks."""
    if not arguments.yes and _typed("This cannot be undone. Type ERASE to go on: ") != "ERASE":
        print("nothing was erased")
        return 1
    mode = "pseudonymise" if arguments.pseudonymise else "erase"
    show_json(perform("erase", contact=arguments.contact, report=arguments.report, mode=mode))
    return 0


def _typed(question: str) -> str:
    """Nothing where nobody is there to type."""
    try:
        return input(question)
    except EOFError:
        return ""
