"""
Where a PostgreSQL database may be: one server, or several of which one at a time takes writes (failover).

    postgresql://langnghe@db1.example.vn:5432,db2.example.vn:5432/langnghe

As libpq writes it. Every new connection goes to the server that takes writes now; the one that did so last is asked
first, and a server that says nothing (its machine lost its power) holds up the others for seconds only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import asyncpg
from sqlalchemy import URL, make_url

_PATIENCE = 1.5
_PORT = 5432
_NOT_HERE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

Place = tuple[str, int]


class Hosts:
    """Connects. `url` is `postgresql://…` with one place or several; `options` are asyncpg's for a connection."""

    def __init__(self, url: str, *, password: str, options: Mapping[str, Any]) -> None:
        self.url, self._places = _parse(url, password)
        _, of_url = self.url.get_dialect()().create_connect_args(self.url)
        self._options = {**of_url, **options}

    async def connect(self) -> asyncpg.Connection:
        """A connection to whoever takes writes. Raises what the last place answered where nobody does."""
        if not self._places:
            return await asyncpg.connect(**self._options)
        *others, last = self._places
        for place in others:
            try:
                return await self._connect_to(place)
            except _NOT_HERE:
                continue
        return await self._connect_to(last)

    async def _connect_to(self, place: Place) -> asyncpg.Connection:
        host, port = place
        here = {"host": host, "port": port, "timeout": _PATIENCE, "target_session_attrs": "read-write"}
        connection = await asyncpg.connect(**(self._options | here))
        self._places.sort(key=lambda one: one != place)
        return connection


def _parse(url: str, password: str) -> tuple[URL, list[Place]]:
    """The URL as SQLAlchemy knows it, of the first place only; all places where there are several, else none."""
    scheme, _, rest = url.partition("://")
    end = min((rest.index(mark) for mark in "/?" if mark in rest), default=len(rest))
    who, at, where = rest[:end].rpartition("@")
    names = where.split(",")
    single = make_url(f"{scheme}://{who}{at}{names[0]}{rest[end:]}").set(drivername="postgresql+asyncpg")
    single = single.difference_update_query(["target_session_attrs"]) if len(names) > 1 else single
    places = [_place(name) for name in names] if len(names) > 1 else []
    return (single.set(password=password) if password else single), places


def _place(text: str) -> Place:
    """Host and port; an IPv6 address stands in brackets. ValueError where the port is no number."""
    if text.endswith("]") or ":" not in text:
        return text.strip("[]"), _PORT
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)
