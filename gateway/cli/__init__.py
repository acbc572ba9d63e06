"""
The command line: one small module a group of commands, each loading what it needs only when it is called.

`langnghe --help` answers at once; databases, web and mail libraries are loaded by the commands that use them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from core.contract.errors import ConfigError, GatewayError

GROUPS = (
    "serve",
    "config",
    "regulation",
    "simulate",
    "schema",
    "people",
    "apps",
    "links",
    "offices",
    "agencies",
    "places",
    "channel",
    "calls",
    "inbox",
    "outbox",
    "period_report",
    "triage",
    "audit",
    "keeping",
    "erase",
    "sandbox",
)
"""Modules of this package; each offers `add(commands)`. Their order is that of the help page."""

_OF_A_FILE = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError, UnicodeError)
"""One that was named is not there, not ours, or no text."""
REFUSED, WRONG_SETTINGS, INTERRUPTED = 1, 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused or something found, 2 wrong usage."""
    arguments = build_parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except ConfigError as error:
        print(f"langnghe: {error}", file=sys.stderr)
        return WRONG_SETTINGS
    except GatewayError as error:
        print(f"langnghe: {error or error.code}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except _OF_A_FILE as error:
        print(f"langnghe: {error}", file=sys.stderr)
        return REFUSED


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="langnghe",
        description="Lắng Nghe: a citizen writes, a case is worked, the answer goes back.",
        epilog="Settings: langnghe.toml and LANGNGHE_* variables; see docs/operations/settings.md.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for group in GROUPS:
        import_module(f"gateway.cli.{group}").add(commands)
    return parser
