"""
The schema's history, and how a database is brought up to date on start.

The migration runs in one transaction under an advisory lock, so that processes starting together do not meet in it.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from core.contract.errors import ConfigError

_LOCK = 7_310_204


def upgrade(connection: Connection) -> None:
    """
    Bring the schema of this connection's database to the newest version; of what is there, nothing is read.

    Raises: ConfigError: a newer version of this program wrote it; there is no way back, and nothing is changed.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    found, known = _found(connection), _known()
    _refuse_newer(found - known, max(known))
    if found == {max(known)}:  # nearly always: half a second of imports is saved on every start
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _found(connection: Connection) -> set[str]:
    """Versions that the database says it has; none in an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.scalars(text("SELECT version_num FROM alembic_version")))


def _known() -> set[str]:
    """Every version that this program has a migration for: the first part of its file's name."""
    return {path.stem.partition("_")[0] for path in (Path(__file__).parent / "versions").glob("[0-9]*.py")}


def _refuse_newer(unknown: set[str], newest: str) -> None:
    if unknown:
        raise ConfigError(
            "database_url",
            f"the database has schema {', '.join(sorted(unknown))}, which a newer version of this program made; this "
            f"one knows up to {newest}: start that version, or restore a backup of this one",
        )
