"""Communes: importing tables, and looking one up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.contract.errors import ConfigError
from core.service.places import read_tables
from gateway.admin.actions.days import day_of
from gateway.deployment import Deployment

Arguments = Mapping[str, Any]


async def import_tables(deployment: Deployment, arguments: Arguments) -> Any:
    """file, succession (paths, one of them may be missing) → how many. PlacesInvalid: nothing was changed."""
    paths = [Path(path) if (path := arguments.get(name)) else None for name in ("file", "succession")]
    if not any(paths):
        raise ConfigError("FILE", "which table?", example="commune import communes.csv --succession succession.csv")
    tables = await asyncio.to_thread(read_tables, *paths)
    await deployment.places.take_in(tables)
    return {"communes": len(tables[0]), "changes": len(tables[1])}


async def search(deployment: Deployment, arguments: Arguments) -> Any:
    """words, at → code and label of each commune that may be meant."""
    day = day_of(deployment, arguments, "at")
    gazetteer = await deployment.places.gazetteer(deployment.regulation.book.at(day))
    return [{"code": one.commune.code, "label": one.label} for one in gazetteer.search(arguments["words"], day)]
