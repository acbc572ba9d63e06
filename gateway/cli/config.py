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
    command(own, "alarms", alarms, about="Print the rules for Prometheus, as docs/operations/alarms.yml")
    command(own, "runbook", runbook, about="Print the list of alarms, as docs/operations/runbook.md")
    command(own, "describe", describe, about="Print every setting with its meaning, as docs/operations/settings.md")


def check(_arguments: argparse.Namespace) -> int:
    """Print one line a mistake."""
    from gateway.settings import Settings
    from gateway.settings.calls import calls_warnings
    from gateway.settings.load import mistakes, strangers

    found = mistakes()
    if isinstance(found, Settings):
        for warning in [*strangers(), *calls_warnings(found)]:
            print(f"warning: {warning}", file=sys.stderr)
        print(f"settings: in order (mode {found.mode}, regulation {found.regulation}, data {found.data})")
        return 0
    for mistake in found:
        print(mistake, file=sys.stderr)
    return 1


def alarms(_arguments: argparse.Namespace) -> int:
    """With the limits of this deployment's settings."""
    from gateway.settings.load import mistakes
    from gateway.settings.model import Alarms, Settings
    from gateway.watch.rules import prometheus_rules

    found = mistakes()
    print(prometheus_rules(found.alarms if isinstance(found, Settings) else Alarms()), end="")
    return 0


def runbook(_arguments: argparse.Namespace) -> int:
    """The page of the manual."""
    from gateway.settings.model import Alarms
    from gateway.watch.rules import runbook_index

    print(runbook_index(Alarms()), end="")
    return 0


def describe(_arguments: argparse.Namespace) -> int:
    """The page of the manual."""
    from gateway.cli.settings_page import settings_page

    print(settings_page(), end="")
    return 0
