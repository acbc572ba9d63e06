"""
Keys of a province's own apps: `la_<name>_<secret>`, shown once, kept as a hash.

A key says which app speaks, so that its reports bear its name and one app can be ended without the others. It proves
nothing about who holds the phone: what is in a shipped app is no secret.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from channels.base import same
from core.contract.errors import ConfigError
from core.service.safe import Safe
from core.storage import settings
from core.storage.database import Connection, Database
from gateway.auth import cookies
from gateway.auth.sessions import hash_secret

PREFIX = "la_"
HEADER = "X-App-Key"
NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")
PORTAL = "portal"
"""Our own pages on a phone's home screen: the first such app, whose key follows from a secret of the deployment."""
_FACT = "app:"


@dataclass(frozen=True)
class App:
    """One app of the province. `label`: as people know it. `ended`: its key is refused."""

    name: str
    label: str
    made_at: datetime | None = None
    ended: bool = False


@dataclass(frozen=True)
class NewApp:
    """`key` is for whoever builds the app, now or never."""

    name: str
    key: str = field(repr=False)


async def add_app(database: Database, *, name: str, label: str, now: datetime) -> NewApp:
    """Make a key for a new app, or anew for one that was ended. ConfigError: no name, or one that is in use."""
    if NAME.fullmatch(name) is None or name == PORTAL:
        raise ConfigError("name", f"no name for an app: {name}", example="hue-s")
    made = NewApp(name, f"{PREFIX}{name}_{cookies.fresh()}")
    fact = {"label": label, "hash": hash_secret(made.key), "made_at": now.isoformat(), "ended": False}

    def write(connection: Connection) -> None:
        known = settings.get(connection, _FACT + name)
        if known is not None and not known["ended"]:
            raise ConfigError("name", f"{name} has a key already", example=f"langnghe app revoke {name}")
        settings.put(connection, _FACT + name, fact)

    await database.write(write)
    return made


async def revoke_app(database: Database, name: str) -> None:
    """End an app's key; its next request is refused. ConfigError: no such app."""

    def write(connection: Connection) -> None:
        known = settings.get(connection, _FACT + name)
        if known is None:
            raise ConfigError("name", f"no app {name}", example="langnghe app list")
        settings.put(connection, _FACT + name, {**known, "ended": True})

    await database.write(write)


def apps(connection: Connection) -> list[App]:
    """Every app there was, by name."""
    return [_app(name, fact) for name, fact in sorted(settings.under(connection, _FACT).items())]


async def portal_key(safe: Safe) -> str:
    """The key of our own pages; the same for the life of the deployment."""
    secret = await asyncio.to_thread(safe.keys.system_secret, "app-portal")
    return f"{PREFIX}{PORTAL}_{secret.hex()}"


async def app_of(database: Database, key: str) -> App | None:
    """Whom a key stands for now; None where it is unknown or ended. Not for the portal's own."""
    name = key.removeprefix(PREFIX).partition("_")[0]
    if not key.startswith(PREFIX) or NAME.fullmatch(name) is None:
        return None
    fact = await database.read(partial(settings.get, key=_FACT + name))
    if fact is None or fact["ended"] or not same(fact["hash"], hash_secret(key)):
        return None
    return _app(name, fact)


def _app(name: str, fact: Mapping[str, Any]) -> App:
    return App(name, str(fact["label"]), datetime.fromisoformat(fact["made_at"]), ended=bool(fact["ended"]))
