"""`langnghe regulation`: check, draw and read the regulations, which are data."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.cli import rehearse
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
        whole = name in ("draw", "rules")
        parser.add_argument(
            "name", nargs="?" if whole else None, help="name of a regulation (thua_thien_hue), or a folder"
        )
        if whole:
            parser.add_argument("--all", action="store_true", help="every regulation that is here")
            parser.add_argument("--write", action="store_true", help="with --all: renew the pages below docs/")
        if name == "draw":
            parser.add_argument("--mermaid", action="store_true", help="as Mermaid instead of Graphviz DOT")
    command(own, "list", names, about="Print the names of the regulations that are here")
    rehearse.add(own)


def lint(arguments: argparse.Namespace) -> int:
    """One line a finding."""
    from core.regulations.lint import exit_code, lint_regulation

    findings = lint_regulation(arguments.name)
    for finding in findings:
        print(finding)
    print(f"{arguments.name}: {len(findings)} findings", file=sys.stderr)
    return exit_code(findings)


def draw(arguments: argparse.Namespace) -> int:
    """The diagram's text, or a page for each regulation."""
    from core.regulations.draw import to_dot, to_mermaid
    from core.regulations.loader import load_pack

    if _wants_all(arguments):
        from core.regulations.pages import pages

        return _put(pages(), write=arguments.write)
    pack = load_pack(arguments.name)
    print(to_mermaid(pack) if arguments.mermaid else to_dot(pack), end="")
    return 0


def rules(arguments: argparse.Namespace) -> int:
    """The report as a table; with --all every rule of the catalogue against every regulation."""
    from core.regulations.rules import rules_report

    if _wants_all(arguments):
        return _all_rules(write=arguments.write)
    report = rules_report(arguments.name)
    print(report.text())
    return report.exit_code


def _wants_all(arguments: argparse.Namespace) -> bool:
    """Raises: ConfigError: neither one regulation nor all of them, or both."""
    from core.contract.errors import ConfigError

    if bool(arguments.name) is bool(arguments.all):
        raise ConfigError("regulation", "name one regulation, or say --all")
    if arguments.write and not arguments.all:
        raise ConfigError("--write", "renews the pages of all regulations; say --all")
    return bool(arguments.all)


def _all_rules(*, write: bool) -> int:
    from core.regulations.catalogue import load_catalogue
    from core.regulations.coverage import PAGE, coverage

    found = coverage()
    print(found.text())
    if write:
        _put({PAGE: found.markdown(load_catalogue())}, write=True)
    return found.exit_code


def _put(pages: Mapping[Path, str], *, write: bool) -> int:
    """Print pages, or write them below the sources."""
    from core.regulations.rules import ROOT

    for path, text in pages.items():
        if write:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_text(text, encoding="utf-8")
            print(path, file=sys.stderr)
        else:
            print(text)
    return 0


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
