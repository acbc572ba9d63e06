"""Small lasting facts of a deployment, by key."""

from __future__ import annotations

from typing import Any

from core.storage.database import Connection, insert_or_ignore, upsert
from core.storage.tables import setting


def put(connection: Connection, key: str, value: Any) -> None:
    """Set or overwrite one fact."""
    connection.execute(upsert(connection, setting, update=["value"]).values(key=key, value=value))


def get(connection: Connection, key: str) -> Any:
    """One fact, or None."""
    row = connection.execute(setting.select().where(setting.c.key == key)).one_or_none()
    return None if row is None else row.value


def add(connection: Connection, key: str, value: Any) -> bool:
    """Write one fact down for good; False where there is one already, which stays as it is."""
    statement = insert_or_ignore(connection, setting).values(key=key, value=value)
    return connection.execute(statement).rowcount == 1


def keep(connection: Connection, *, prefix: str, name: str, value: Any) -> list[Any]:
    """Add one fact under a prefix unless it is there; returns all facts under that prefix."""
    connection.execute(insert_or_ignore(connection, setting).values(key=prefix + name, value=value))
    return list(under(connection, prefix).values())


def last(connection: Connection, prefix: str) -> Any:
    """The fact under a prefix whose key comes last, or None."""
    ours = setting.c.key.startswith(prefix, autoescape=True)
    row = connection.execute(setting.select().where(ours).order_by(setting.c.key.desc()).limit(1)).one_or_none()
    return None if row is None else row.value


def under(connection: Connection, prefix: str) -> dict[str, Any]:
    """All facts whose key begins so, by the rest of it."""
    rows = connection.execute(setting.select().where(setting.c.key.startswith(prefix, autoescape=True)))
    return {row.key.removeprefix(prefix): row.value for row in rows}
