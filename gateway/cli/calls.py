"""`langnghe calls`: what callers hear, before anybody hears it; their recordings; letting a process run empty."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from gateway.cli.common import command, group, perform, show_json

PAGE = Path(__file__).resolve().parents[2] / "docs" / "call-flow.md"
HEAD = """# The standard call flows

Made by `langnghe calls draw --write` from `channels/call_center/flow/data/`; a test keeps it current. A province
changes steps in a file of its own (`based_on: standard`); `langnghe calls lint FILE` says what is wrong in it.
"""
_TITLES = {
    "standard": "Whoever calls us",
    "result": "Whom the machine calls with news of their report",
    "code": "Whom the machine calls with a one-time password",
}


def add(commands: Any) -> None:
    """Mount `calls`."""
    own = group(commands, "calls", about="What callers hear; which recordings are due; letting a process run empty")
    linting = command(own, "lint", lint_flow, about="Every mistake of a flow, with file and line; exit 1 if any")
    drawing = command(own, "draw", draw_flow, about="A flow as a diagram (Mermaid)")
    for parser in (linting, drawing):
        parser.add_argument("file", nargs="?", metavar="FILE", help="a flow of your own; without it the standard one")
    linting.add_argument("--slots", metavar="FILE", type=Path, action="append", default=[], help="own slots it says")
    drawing.add_argument("--write", action="store_true", help="those that are shipped into docs/call-flow.md")
    draining = command(own, "drain", drain_node, about="Let a telephony process run empty and end; see docs/operations")
    draining.add_argument("--node", type=int, default=1, help="which one (the default: 1)")
    draining.add_argument("--seconds", type=float, default=1800, help="then calls that are still up are ended")
    due = command(own, "due", show_due, about="Count what retention.recordings_days would erase tonight; erase nothing")
    due.add_argument("--days", type=int, required=True, help="as it would be set")


def drain_node(arguments: argparse.Namespace) -> int:
    """For a restart that nobody hears: one node after the other."""
    from gateway.settings import load_settings
    from gateway.telephony.draining import NotRunning, drain

    try:
        empty = drain(load_settings().data, arguments.node, seconds=arguments.seconds, tell=print)
    except NotRunning as error:
        print(error, file=sys.stderr)
        return 1
    print("every call ended by itself" if empty else "some calls had to be ended")
    return 0


def show_due(arguments: argparse.Namespace) -> int:
    """Before it is set: calls and files."""
    show_json(perform("recordings.due", days=arguments.days))
    return 0


def lint_flow(arguments: argparse.Namespace) -> int:
    """One mistake a line."""
    from channels.call_center.flow.lint import lint
    from channels.call_center.flow.load import FlowInvalid, read_flow
    from channels.call_center.prompts.catalogue import read_catalogue

    try:
        source = read_flow(Path(arguments.file) if arguments.file else None)
        mistakes = lint(source, read_catalogue(arguments.slots))
    except FlowInvalid as error:
        mistakes = error.mistakes
    for mistake in mistakes:
        print(mistake)
    return 1 if mistakes else 0


def draw_flow(arguments: argparse.Namespace) -> int:
    """Markdown for the standard one with `--write`, else Mermaid."""
    from channels.call_center.flow.load import FlowInvalid, read_flow

    if arguments.write:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    from channels.call_center.flow.draw import draw

    try:
        print(draw(read_flow(Path(arguments.file) if arguments.file else None).flow), end="")
    except FlowInvalid as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def page() -> str:
    """docs/call-flow.md as it should be."""
    from channels.call_center.flow.draw import draw
    from channels.call_center.flow.load import read_named

    drawn = (f"\n## {title}\n\n```mermaid\n{draw(read_named(name).flow)}```\n" for name, title in _TITLES.items())
    return HEAD + "".join(drawn)
