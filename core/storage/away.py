"""Whether an error means that the database is away, and not that we asked it for something wrong."""

from __future__ import annotations

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

_AWAY = (
    ConnectionError,
    NoConnectionFree,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.ReadOnlySQLTransactionError,
)
"""Refused, broken off, shutting down or starting, all connections in use, become a standby."""


def is_away(error: BaseException | None) -> bool:
    """Also where another error was made of it."""
    while error is not None:
        if isinstance(error, _AWAY) or (isinstance(error, DBAPIError) and error.connection_invalidated):
            return True
        error = error.__cause__ or error.__context__
    return False
