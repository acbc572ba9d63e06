"""
The schema's history, and how a database is brought up to date on start.

The migration runs in one transaction under an advisory lock, so that processes starting together do not meet in it.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

_LOCK = 7_310_204


def upgrade(connection: Connection) -> None:
    """Bring the schema of this connection's database to the newest version."""
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
