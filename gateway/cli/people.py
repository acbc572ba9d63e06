"""`langnghe user`, `token`: accounts of staff, and what they may do."""

from __future__ import annotations

import argparse
import csv
import getpass
import sys
from typing import Any

from core.contract.errors import ConfigError
from gateway.cli.common import command, group, perform


def add(commands: Any) -> None:
    """Mount both groups."""
    _add_users(group(commands, "user", about="Accounts of staff"))
    tokens = group(commands, "token", about="API tokens")
    new = command(tokens, "add", add_token, about="Make a token; its secret is printed once")
    new.add_argument("login")
    new.add_argument("name", help="what it is for")
    gone = command(tokens, "revoke", revoke_token, about="End a token")
    gone.add_argument("id")


def _add_users(users: Any) -> None:
    new = command(users, "add", add_user, about="Make an account")
    new.add_argument("login")
    new.add_argument("--name", required=True, help="as colleagues read it")
    new.add_argument(
        "--staff-number", required=True, help="the official's own number (số hiệu cán bộ): one account each"
    )
    new.add_argument("--role", action="append", default=[], metavar="ROLE[@AGENCY]", help="may be given again")
    _password_options(new)
    known = command(users, "identify", identify, about="Say whose account it is, where that was not said before")
    known.add_argument("login")
    known.add_argument("--staff-number", required=True)
    command(users, "export", export_users, about="Print every account with its roles as CSV")
    command(users, "list", list_users, about="Print every account with its roles")
    for name, about in (("grant", "Give a role"), ("revoke", "Take a role away")):
        parser = command(users, name, change_grant, about=about)
        parser.add_argument("login")
        parser.add_argument("role", metavar="ROLE[@AGENCY]")
        parser.set_defaults(action=f"user.{name}")
    password = command(users, "password", set_password, about="Set a new password; every session ends")
    password.add_argument("login")
    _password_options(password)
    for name, about in (
        ("reset-totp", "Forget the second factor: the next sign-in sets up a new one; every session ends"),
        ("deactivate", "Switch an account off; sessions and tokens end"),
    ):
        parser = command(users, name, act_on_user, about=about)
        parser.add_argument("login")
        parser.set_defaults(action=f"user.{name}")


def _password_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--generate", action="store_true", help="make a password and print it once (else: asked for, or from stdin)"
    )


def add_user(arguments: argparse.Namespace) -> int:
    """An account of one official (LS-3.1)."""
    password = _password(arguments)
    grants = [split_role(role) for role in arguments.role]
    perform(
        "user.add",
        login=arguments.login,
        name=arguments.name,
        staff_number=arguments.staff_number,
        password=password,
        grants=grants,
    )
    return _made(arguments, password)


def set_password(arguments: argparse.Namespace) -> int:
    """A new password from an administrator."""
    password = _password(arguments)
    perform("user.password", login=arguments.login, password=password)
    return _made(arguments, password)


def change_grant(arguments: argparse.Namespace) -> int:
    """Give or take a role."""
    role, agency = split_role(arguments.role)
    perform(arguments.action, login=arguments.login, role=role, agency=agency)
    return 0


def act_on_user(arguments: argparse.Namespace) -> int:
    """What needs a login and nothing else."""
    done = perform(arguments.action, login=arguments.login)
    if done and done.get("open_work"):
        print(f"{done['open_work']} cases wait for {arguments.login}: langnghe work list --user …", file=sys.stderr)
    return 0


def identify(arguments: argparse.Namespace) -> int:
    """One account each (LS-3.1)."""
    perform("user.identify", login=arguments.login, staff_number=arguments.staff_number)
    return 0


def export_users(_arguments: argparse.Namespace) -> int:
    """One line a role; an account without one has a line of its own."""
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["login", "name", "active", "identified", "second_factor", "role", "agency"])
    for user in perform("user.list"):
        about = [user["login"], user["name"], *(_yes(user[key]) for key in ("active", "identified", "second_factor"))]
        for role, agency in user["grants"] or [("", "")]:
            out.writerow([*about, role, agency])
    return 0


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def list_users(_arguments: argparse.Namespace) -> int:
    """One line an account."""
    for user in perform("user.list"):
        roles = " ".join(f"{role}@{agency}" if agency else role for role, agency in user["grants"])
        state = "" if user["active"] else " (off)"
        print(f"{user['login']}\t{user['name']}{state}\t{roles}")
    return 0


def add_token(arguments: argparse.Namespace) -> int:
    """The secret goes to standard output alone, so that it can be piped into a file."""
    made = perform("token.add", login=arguments.login, name=arguments.name)
    print(f"token {made['id']}, shown once:", file=sys.stderr)
    print(made["secret"])
    return 0


def revoke_token(arguments: argparse.Namespace) -> int:
    """Its next request is refused."""
    perform("token.revoke", id=arguments.id)
    return 0


def split_role(written: str) -> tuple[str, str]:
    """`officer@so-xay-dung` → role and agency; the agency is empty where none is given."""
    role, _, agency = written.partition("@")
    return role, agency


def _password(arguments: argparse.Namespace) -> str:
    """Never an argument: the process list would show it."""
    if arguments.generate:
        from gateway.demo import fresh_password

        return fresh_password()
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Again: "):
        raise ConfigError("password", "the two are not the same")
    return first


def _made(arguments: argparse.Namespace, password: str) -> int:
    if arguments.generate:
        print(f"password of {arguments.login}, shown once:", file=sys.stderr)
        print(password)
    return 0
