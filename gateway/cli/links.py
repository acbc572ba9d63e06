"""`langnghe link`: other systems that are told of cases, or act for their agency."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from core.contract.errors import ConfigError
from gateway.cli.common import command, group, perform

_KINDS = ("webhook", "agency", "peer")


def add(commands: Any) -> None:
    """Mount the group."""
    links = group(commands, "link", about="Links to other systems")
    new = command(links, "add", add_link, about="Begin a link; its secret is printed once")
    new.add_argument("name", help="short, as so-xay-dung")
    new.add_argument("--kind", choices=_KINDS, required=True)
    new.add_argument("--label", default="", help="as people know it")
    new.add_argument("--url", default="", help="where it is told; of a peer its public address")
    new.add_argument("--agency", default="", help="id of the agency that it acts for, or that a peer stands for here")
    new.add_argument("--role", action="append", default=[], help="in which it acts; may be repeated")
    new.add_argument("--event", action="append", default=[], help="type that it wants; none: all")
    new.add_argument("--known-as", default="", help="how a peer calls us")
    _takes_secret(new)
    command(links, "list", list_links, about="Print every link, and what waits for it")
    fresh = command(links, "rotate", rotate_link, about="Make a new secret; the old one is good for a week more")
    fresh.add_argument("name")
    _takes_secret(fresh)
    for name, act, about in (
        ("test", test_link, "Tell a link something that means nothing"),
        ("end", end_link, "End a link"),
    ):
        command(links, name, act, about=about).add_argument("name")


def add_link(arguments: argparse.Namespace) -> int:
    """A secret that was made goes to standard output alone, so that it can be piped into a file."""
    wanted = {key: getattr(arguments, key) for key in ("name", "kind", "label", "url", "agency", "known_as")}
    given = _secret(arguments)
    made = perform("link.add", **wanted, roles=arguments.role, events=arguments.event, secret=given)
    return _show(made, given=bool(given))


def list_links(_arguments: argparse.Namespace) -> int:
    """One line a link: at its end why the newest that waits or failed was not taken."""
    for link in perform("link.list"):
        state = "ended" if link["ended"] else "in use"
        waits = f"{link['waiting']} waiting, {link['failed']} failed"
        told = (link["name"], link["kind"], link["agency"] or "-", link["url"] or "-", state, waits)
        print(*told, *filter(None, [link["reason"]]), sep="\t")
    return 0


def rotate_link(arguments: argparse.Namespace) -> int:
    """As `add`."""
    given = _secret(arguments)
    return _show(perform("link.rotate", name=arguments.name, secret=given), given=bool(given))


def test_link(arguments: argparse.Namespace) -> int:
    """What comes of it stands in `link list`."""
    perform("link.test", name=arguments.name)
    return 0


def end_link(arguments: argparse.Namespace) -> int:
    """It is told nothing more, and its next request is refused."""
    perform("link.end", name=arguments.name)
    return 0


def _takes_secret(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--secret-stdin", action="store_true", help="read the secret that the other side has made")


def _secret(arguments: argparse.Namespace) -> str:
    """Empty: a new one is made. ConfigError: it was to be read, and nothing came; another would fit nobody's."""
    if not arguments.secret_stdin:
        return ""
    if not (given := sys.stdin.readline().strip()):
        raise ConfigError("secret", "nothing came on standard input", example="--secret-stdin < secret")
    return given


def _show(made: Any, *, given: bool) -> int:
    """Whoever brought a secret has it: it is not written out once more."""
    if given:
        print(f"secret of {made['name']} taken", file=sys.stderr)
        return 0
    print(f"secret of {made['name']}, shown once:", file=sys.stderr)
    print(made["secret"])
    return 0
