"""`langnghe focal`, `away`, `work`: who speaks for an agency, who acts for whom, and work that changes hands."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from gateway.cli.common import command, group, perform

_MISSING = {
    "leader": "no leader",
    "officer": "no officer",
    "closed": "its agency is closed",
    "work": "open cases left there",
}


def add(commands: Any) -> None:
    """Mount the three groups."""
    focal = group(commands, "focal", about="Focal points: one leader and one officer an agency")
    command(focal, "list", list_focal_points, about="Print who is registered")
    command(focal, "gaps", list_gaps, about="Print what is missing; exit 1 if anything is")
    named = command(focal, "set", set_focal_point, about="Register one or both")
    named.add_argument("agency", metavar="AGENCY")
    named.add_argument("--leader", metavar="LOGIN")
    named.add_argument("--officer", metavar="LOGIN")
    named.add_argument("--document", default="", help="number of the writing that registers them")
    gone = command(focal, "drop", drop_focal_point, about="End a registration")
    gone.add_argument("agency", metavar="AGENCY")
    gone.add_argument("part", choices=("leader", "officer"))
    away = group(commands, "away", about="Deputies while somebody is away")
    command(away, "list", list_stand_ins, about="Print present and coming ones")
    made = command(away, "add", add_stand_in, about="Let somebody act for somebody")
    made.add_argument("away", metavar="LOGIN")
    made.add_argument("--deputy", required=True, metavar="LOGIN")
    made.add_argument("--from", dest="first", metavar="DATE", help="first day (default: today)")
    made.add_argument("--to", dest="last", required=True, metavar="DATE", help="last day")
    over = command(away, "end", end_stand_in, about="They are back before their time")
    over.add_argument("id")
    _add_work(group(commands, "work", about="Open work of an agency or an official"))


def _add_work(work: Any) -> None:
    listed = command(work, "list", list_work, about="Print every case in which something of theirs is open")
    handed = command(work, "hand-over", hand_over, about="Give all of it to a successor, with a reason")
    for parser in (listed, handed):
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--agency", metavar="AGENCY")
        whose.add_argument("--user", metavar="LOGIN")
    handed.add_argument("--to", required=True, metavar="WHOM", help="an agency, or a log-in name")
    handed.add_argument("--reason", required=True)


def list_focal_points(_arguments: argparse.Namespace) -> int:
    """One line a person."""
    for one in perform("focal.list"):
        off = "" if one["serves"] else "\t(no role there any more)"
        print(f"{one['agency_id']}\t{one['part']}\t{one['login']}\t{one['name']}\t{one['document']}{off}")
    return 0


def list_gaps(_arguments: argparse.Namespace) -> int:
    """One line a gap."""
    gaps = perform("focal.gaps")
    for one in gaps:
        print(f"{one['agency_id']}\t{one['agency']}\t{_MISSING[one['kind']]}\t{one['who']}".rstrip("\t"))
    return 1 if gaps else 0


def set_focal_point(arguments: argparse.Namespace) -> int:
    """Both at once, or one of them."""
    names = ("agency", "leader", "officer", "document")
    perform("focal.set", **{name: getattr(arguments, name) for name in names})
    return 0


def drop_focal_point(arguments: argparse.Namespace) -> int:
    """A gap again."""
    perform("focal.drop", agency=arguments.agency, part=arguments.part)
    return 0


def list_stand_ins(_arguments: argparse.Namespace) -> int:
    """One line a deputy."""
    for one in perform("away.list"):
        print(f"{one['id']}\t{one['away']}\t{one['deputy']}\t{one['from']}\t{one['to']}")
    return 0


def add_stand_in(arguments: argparse.Namespace) -> int:
    """The id, for ending it early."""
    days = {"from": arguments.first, "to": arguments.last}
    print(perform("away.add", away=arguments.away, deputy=arguments.deputy, **days)["id"])
    return 0


def end_stand_in(arguments: argparse.Namespace) -> int:
    """At once."""
    perform("away.end", id=arguments.id)
    return 0


def list_work(arguments: argparse.Namespace) -> int:
    """One line a case."""
    for one in perform("work.list", agency=arguments.agency, user=arguments.user):
        print(f"{one['code']}\t{one['received']}\t{one['stage']}\t{', '.join(one['parts'])}")
    return 0


def hand_over(arguments: argparse.Namespace) -> int:
    """How many; exit 1 where one was refused."""
    whom = {name: getattr(arguments, name) for name in ("agency", "user", "to", "reason")}
    done = perform("work.hand-over", **whom)
    print(f"{done['done']} cases handed over")
    for code, text in done["refused"]:
        print(f"{code}: {text}", file=sys.stderr)
    return 1 if done["refused"] else 0
