"""`langnghe backup`, `restore`, `keys`: copies of the archive, and the keys that open it."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

from gateway.cli.common import command, group, perform, quiet_logs, show_json

KEYS_HELP = "the wrapped subject keys instead of the archive; keep them apart from it"


def add(commands: Any) -> None:
    """Mount the three."""
    backup = command(commands, "backup", make_backup, about="Write a copy of the archive into a new folder")
    backup.add_argument("path", type=Path)
    backup.add_argument("--keys", action="store_true", help=KEYS_HELP)
    restore = command(commands, "restore", restore_backup, about="Fill an empty deployment from a backup")
    restore.add_argument("path", type=Path)
    restore.add_argument("--keys", action="store_true", help=KEYS_HELP)
    keys = group(commands, "keys", about="The keys that open personal data")
    command(keys, "rotate", rotate, about="Wrap every key anew under the newest master key")


def make_backup(arguments: argparse.Namespace) -> int:
    """While everything runs."""
    action = "backup.keys" if arguments.keys else "backup.archive"
    show_json(perform(action, path=str(arguments.path.absolute())))
    return 0


def restore_backup(arguments: argparse.Namespace) -> int:
    """Never while something runs: the deployment must be empty, and this process holds it alone."""
    from gateway.restoring import restore_archive, restore_key_backup
    from gateway.settings import load_settings

    quiet_logs()
    work = restore_key_backup if arguments.keys else restore_archive
    show_json(asyncio.run(work(load_settings(), arguments.path.absolute())))
    return 0


def rotate(_arguments: argparse.Namespace) -> int:
    """Afterwards the older master key may be taken out of the settings."""
    show_json(perform("keys.rotate"))
    return 0
