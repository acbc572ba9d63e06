"""`langnghe regulation`: check, draw and read the regulations, which are data."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from gateway.cli.common import command, group


def add(commands: Any) -> None:
    """Mount `regulation`."""
    own = group(commands, "regulation", about="Check, draw and read regulations")
    for name, run, about in (
        ("lint", lint, "Find what makes no sense in a regulation; exit 1 for an error"),
        ("draw", draw, "Print the state diagram of a regulation"),
        ("rules", rules, "Print each rule with the tests that prove it; exit 1 for a rule without one"),
        ("show", show, "Print a regulation as one JSON document, everything it extends folded in"),
    ):
        parser = command(own, name, run, about=about)
        parser.add_argument("name", help="name of a regulation (thua_thien_hue), or a folder")
        if name == "draw":
            parser.add_argument("--mermaid", action="store_true", help="as Mermaid instead of Graphviz DOT")
    command(own, "list", names, about="Print the names of the regulations that are here")


def lint(arguments: argparse.Namespace) -> int:
    """One line a finding."""
    from core.regulations.lint import exit_code, lint_regulation

    findings = lint_regulation(arguments.name)
    for finding in findings:
        print(finding)
    print(f"{arguments.name}: {len(findings)} findings", file=sys.stderr)
    return exit_code(findings)


def draw(arguments: argparse.Namespace) -> int:
    """The diagram's text."""
    from core.regulations.draw import to_dot, to_mermaid
    from core.regulations.loader import load_pack

    pack = load_pack(arguments.name)
    print(to_mermaid(pack) if arguments.mermaid else to_dot(pack), end="")
    return 0


def rules(arguments: argparse.Namespace) -> int:
    """The report as a table."""
    from core.regulations.rules import rules_report

    report = rules_report(arguments.name)
    print(report.text())
    return report.exit_code


def show(arguments: argparse.Namespace) -> int:
    """The canonical document, readable, with its reference on standard error."""
    from core.regulations.loader import load_pack

    pack = load_pack(arguments.name)
    print(json.dumps(json.loads(pack.document), ensure_ascii=False, indent=2))
    print(pack.ref, file=sys.stderr)
    return 0


def names(_arguments: argparse.Namespace) -> int:
    """One name a line."""
    from core.regulations.loader import pack_names

    for name in pack_names():
        print(name)
    return 0
