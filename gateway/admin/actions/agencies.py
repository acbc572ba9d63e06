"""The tree of agencies: looking at it on any day, and changing it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from core.agencies import Entry, add, amend, close, merge, typed_fields
from core.cases.agencies import Agency, AgencyTree
from core.contract.errors import ConfigError, NotFound
from core.regulations.agency_files import read_entries
from core.storage import agencies
from gateway.admin.actions.days import day_of
from gateway.deployment import Deployment

Arguments = Mapping[str, Any]

OPERATOR = "operator"
"""Who changed it, where that is whoever may use this machine."""


async def list_agencies(deployment: Deployment, arguments: Arguments) -> Any:
    """at (ISO date), all, search → every agency of that day; those gone only with `all`."""
    tree = _tree(deployment, arguments)
    found = tree.search(arguments.get("search") or "", gone=bool(arguments.get("all")))
    kept = tuple(tree) if not arguments.get("search") and arguments.get("all") else found
    return [_shown(tree, item) for item in kept]


async def show_agency(deployment: Deployment, arguments: Arguments) -> Any:
    """id, at → the agency that day, what is above and below it, and every change of it. NotFound."""
    book, tree = deployment.regulation.book, _tree(deployment, arguments)
    found, terms = tree.get(arguments["id"]), book.history.terms(arguments["id"])
    if not terms:
        raise NotFound(f"no agency {arguments['id']}")
    return {
        "agency": _shown(tree, found) if found else None,
        "former": list(found.former) if found else [],
        "above": [item.name for item in tree.ancestors(arguments["id"])],
        "below": [item.id for item in tree if item.parent == arguments["id"] and tree.is_active(item.id)],
        "successors": [item.name for item in tree.successors(arguments["id"]) if found and item.id != found.id],
        "changes": [item.model_dump(mode="json", exclude_defaults=True) for item in terms],
    }


async def import_file(deployment: Deployment, arguments: Arguments) -> Any:
    """path, note → how many entries are new. PackError, AgencyRefused: nothing was changed."""
    path = Path(arguments["path"])
    entries = await asyncio.to_thread(_read, path)
    return {
        "read": len(entries),
        "new": await deployment.regulation.book.write(
            deployment.database,
            partial(merge, entries=entries),
            by=OPERATOR,
            note=arguments.get("note") or path.name,
        ),
    }


def _read(path: Path) -> tuple[Entry, ...]:
    if not path.is_file():
        raise ConfigError("FILE", f"no file {path}", example="agencies.csv")
    return read_entries(path)


async def add_agency(deployment: Deployment, arguments: Arguments) -> Any:
    """id, since, name, kind, parent …, note. AgencyRefused."""
    new = Entry(agency_id=arguments["id"], since=day_of(deployment, arguments, "since"), **typed_fields(arguments))
    await _write(deployment, arguments, partial(add, new=new))


async def move_agency(deployment: Deployment, arguments: Arguments) -> Any:
    """id, at, and what changes from then on. AgencyRefused."""
    day, fields = day_of(deployment, arguments, "at"), typed_fields(arguments)
    await _write(deployment, arguments, partial(amend, agency_id=arguments["id"], since=day, **fields))


async def close_agency(deployment: Deployment, arguments: Arguments) -> Any:
    """id, at (its last day), replaced_by, children_to. AgencyRefused."""
    change = partial(
        close,
        agency_id=arguments["id"],
        last_day=day_of(deployment, arguments, "at"),
        replaced_by=tuple(arguments.get("replaced_by") or ()),
        children_to=arguments.get("children_to"),
    )
    await _write(deployment, arguments, change)


async def list_editions(deployment: Deployment, _arguments: Arguments) -> Any:
    """Who changed the tree, and when; the newest first."""
    rows = await deployment.database.read(agencies.editions)
    return [{**row.__dict__, "at": row.at.isoformat()} for row in rows]


async def _write(deployment: Deployment, arguments: Arguments, change: Any) -> None:
    note = arguments.get("note") or ""
    await deployment.regulation.book.write(deployment.database, change, by=OPERATOR, note=note)


def _tree(deployment: Deployment, arguments: Arguments) -> AgencyTree:
    return deployment.regulation.book.at(day_of(deployment, arguments, "at"))


def _shown(tree: AgencyTree, agency: Agency) -> dict[str, Any]:
    return {
        "id": agency.id,
        "kind": agency.kind,
        "name": agency.name,
        "parent": agency.parent,
        "code": agency.code,
        "commune_code": agency.commune_code,
        "active": tree.is_active(agency.id),
        "until": agency.until.isoformat() if agency.until else None,
        "replaced_by": list(agency.replaced_by),
    }
