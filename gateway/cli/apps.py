"""`langnghe app`: keys of the province's own apps."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from gateway.cli.common import command, group, perform


def add(commands: Any) -> None:
    """Mount the group."""
    apps = group(commands, "app", about="Keys of the province's own apps")
    new = command(apps, "add", add_app, about="Make a key for an app; it is printed once")
    new.add_argument("name", help="short, as hue-s; reports bear it")
    new.add_argument("--label", required=True, help="as people know it")
    command(apps, "list", list_apps, about="Print every app")
    gone = command(apps, "revoke", revoke_app, about="End an app's key")
    gone.add_argument("name")


def add_app(arguments: argparse.Namespace) -> int:
    """The key goes to standard output alone, so that it can be piped into a file."""
    made = perform("app.add", name=arguments.name, label=arguments.label)
    print(f"key of {made['name']}, shown once:", file=sys.stderr)
    print(made["key"])
    return 0


def list_apps(_arguments: argparse.Namespace) -> int:
    """One line an app."""
    for app in perform("app.list"):
        print(f"{app['name']}\t{app['label']}\t{'ended' if app['ended'] else 'in use'}")
    return 0


def revoke_app(arguments: argparse.Namespace) -> int:
    """Its next request is refused."""
    perform("app.revoke", name=arguments.name)
    return 0
