"""`langnghe channel`: how the channels are, and connecting one with its provider."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any

from gateway.cli.common import command, group, perform


def add(commands: Any) -> None:
    """Mount `channel`."""
    own = group(commands, "channel", about="See how the channels are, and connect one with its provider")
    command(own, "list", show_all, about="One line a channel that is on; exit 1 if one does not work")
    connecting = command(own, "connect", connect, about="Have the provider call this gateway (again)")
    connecting.add_argument("channel", metavar="NAME", help="as `channel list` shows it")
    tabling = command(own, "table", show_table, about="What crosses on each channel, both ways, as docs/channels.md")
    tabling.add_argument("--write", action="store_true", help="into docs/channels.md")


def show_table(arguments: argparse.Namespace) -> int:
    """Markdown."""
    from gateway.channel_table import PAGE, read_columns, table

    text = table(read_columns())
    if arguments.write:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


def show_all(_arguments: argparse.Namespace) -> int:
    """Name, state, sentence; today's quota and what could not be proved, where there is any."""
    found = perform("channel.list")
    for one in found:
        told = (
            one["channel"],
            "ok" if one["ok"] else "trouble",
            one["detail"],
            *filter(None, [one["quota"], _refused(one)]),
        )
        print(*told, sep="\t")
    return 0 if all(one["ok"] for one in found) else 1


def _refused(one: Mapping[str, Any]) -> str:
    if not one["refused"]:
        return ""
    return f"{one['refused']} refused in 24 h, the last at {one['refused_at']}: is the secret theirs?"


def connect(arguments: argparse.Namespace) -> int:
    """Says who we are at the provider's."""
    done = perform("channel.connect", channel=arguments.channel)
    print(f"{done['channel']} is connected as {done['connected_as']}", file=sys.stderr)
    return 0
