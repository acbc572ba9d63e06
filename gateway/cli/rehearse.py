"""`langnghe regulation simulate`: another regulation tried on past cases."""

from __future__ import annotations

import argparse
from typing import Any

from gateway.cli.common import command, perform, show_json


def add(own: Any) -> None:
    """Mount it below `regulation`."""
    parser = command(
        own, "simulate", simulate, about="Try a regulation on past cases: what would change, and why; writes nothing"
    )
    parser.add_argument("name", metavar="NAME", help="name of a regulation (thua_thien_hue_2025)")
    parser.add_argument("--from", dest="first", metavar="DATE", help="first day (default: 30 days before the last)")
    parser.add_argument("--to", dest="last", metavar="DATE", help="last day (default: today)")
    parser.add_argument("--json", action="store_true", help="for programs")


def simulate(arguments: argparse.Namespace) -> int:
    """A table of what would change, and how much of all that is."""
    done = perform("regulation.simulate", name=arguments.name, **{"from": arguments.first, "to": arguments.last})
    if arguments.json:
        show_json(done)
        return 0
    for one in done["changes"]:
        was = ", ".join(one["was"]) or "chưa rõ"
        would = ", ".join(one["would"]) or "chưa rõ"
        if one["elsewhere"]:
            print(f"{one['code']}\t{one['received']}\t{was} → {would}\t{one['why']}")
        for label, (before, after) in one["limits"].items():
            print(
                f"{one['code']}\t{one['received']}\t{label}: {before or 'không quy định'} → {after or 'không quy định'}"
            )
    print(
        f"{done['regulation']}, {done['from']} … {done['to']}: {done['cases']} cases, "
        f"{done['elsewhere']} would go elsewhere, {done['due_otherwise']} would be due otherwise; nothing was written"
    )
    return 0
