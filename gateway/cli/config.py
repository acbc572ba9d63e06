"""`langnghe config`: every mistake in the settings, with key, problem and example; and what each of them means."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from gateway.cli.common import command, group


def add(commands: Any) -> None:
    """Mount `config`."""
    own = group(commands, "config", about="Look at the settings")
    command(own, "check", check, about="List every mistake in the settings; exit 1 if there is one")
    command(own, "describe", describe, about="Print every setting with its meaning, as docs/operations/settings.md")


def check(_arguments: argparse.Namespace) -> int:
    """Print one line a mistake."""
    from gateway.settings import Settings
    from gateway.settings.load import mistakes

    found = mistakes()
    if isinstance(found, Settings):
        print(f"settings: in order (mode {found.mode}, regulation {found.regulation}, data {found.data})")
        return 0
    for mistake in found:
        print(mistake, file=sys.stderr)
    return 1


def describe(_arguments: argparse.Namespace) -> int:
    """The page of the manual."""
    from gateway.cli.settings_page import settings_page

    print(settings_page(), end="")
    return 0
