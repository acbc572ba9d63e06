"""`langnghe agency`: the dated tree of agencies."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gateway.cli.common import command, group, perform, show_json

_KINDS = (
    "province, centre, department, district, commune, central_body, enterprise, unit, board, "
    "or one that an imported file brought in"
)


def add(commands: Any) -> None:
    """Mount `agency`."""
    own = group(commands, "agency", about="The tree of agencies, on any day")
    listed = command(own, "list", list_agencies, about="Print id, kind and name of every agency at work on a day")
    _day(listed, "--at", "the day (default: today)")
    listed.add_argument("--all", action="store_true", help="also those that are gone")
    listed.add_argument("--search", default="", metavar="WORDS", help="any name or code it has or had")
    shown = command(own, "show", show_agency, about="Print an agency on a day, and every change of it")
    shown.add_argument("id")
    _day(shown, "--at", "the day (default: today)")
    taken = command(own, "import", import_file, about="Take in a table (CSV) or a YAML file; all of it or nothing")
    taken.add_argument("file", metavar="FILE")
    _note(taken)
    _add_changes(own)
    command(own, "editions", list_editions, about="Print who changed the tree, and when")


def _add_changes(own: Any) -> None:
    new = command(own, "add", change, about="A new agency; an id is never given twice")
    new.add_argument("id")
    _day(new, "--since", "its first day (default: today)")
    moved = command(own, "move", change, about="Another name, parent or code from a day on")
    moved.add_argument("id")
    _day(moved, "--at", "from this day on (default: today)")
    for parser, must in ((new, True), (moved, False)):
        parser.add_argument("--name", required=must)
        parser.add_argument("--kind", required=must, help=_KINDS)
        parser.add_argument("--short-name")
        parser.add_argument("--parent", help="id of the agency above; empty: none")
        parser.add_argument("--code", help="official code (mã định danh)")
        parser.add_argument("--commune-code", help="official code of the commune it answers for")
        _note(parser)
    gone = command(own, "close", change, about="Its last day, and who takes over")
    gone.add_argument("id")
    _day(gone, "--at", "its last day (default: today)")
    gone.add_argument("--to", action="append", default=[], dest="replaced_by", metavar="ID", help="may be given again")
    gone.add_argument("--children-to", metavar="ID", help="where the agencies below it belong from then on")
    _note(gone)
    for parser, name in ((new, "add"), (moved, "move"), (gone, "close")):
        parser.set_defaults(action=f"agency.{name}")


def _day(parser: argparse.ArgumentParser, option: str, about: str) -> None:
    parser.add_argument(option, metavar="DATE", help=f"{about}, as 2025-07-01")


def _note(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--note", default="", help="why: number of the decision, say")


def list_agencies(arguments: argparse.Namespace) -> int:
    """One line an agency."""
    for agency in perform("agency.list", at=arguments.at, all=arguments.all, search=arguments.search):
        gone = "" if agency["active"] else f"\t(until {agency['until']} → {', '.join(agency['replaced_by']) or '?'})"
        print(f"{agency['id']}\t{agency['kind']}\t{agency['name']}{gone}")
    return 0


def show_agency(arguments: argparse.Namespace) -> int:
    """Everything about one of them."""
    show_json(perform("agency.show", id=arguments.id, at=arguments.at))
    return 0


def import_file(arguments: argparse.Namespace) -> int:
    """How much of it was new."""
    path = Path(arguments.file).resolve()
    done = perform("agency.import", path=str(path), note=arguments.note)
    print(f"{done['read']} entries read, {done['new']} new")
    return 0


def change(arguments: argparse.Namespace) -> int:
    """One change; what was not said stays."""
    from core.agencies import FIELDS

    names = (*FIELDS, "id", "since", "at", "replaced_by", "children_to", "note")
    given = {name: value for name in names if (value := getattr(arguments, name, None)) is not None}
    perform(arguments.action, **given)
    return 0


def list_editions(_arguments: argparse.Namespace) -> int:
    """One line a change."""
    for one in perform("agency.editions"):
        print(f"{one['number']}\t{one['at']}\t{one['by']}\t{one['entries']} entries\t{one['note']}")
    return 0
