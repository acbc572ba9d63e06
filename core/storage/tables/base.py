"""What every table is made of: the metadata with its names, a key that counts up, an index over the open rows only."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives an auto-incrementing 64-bit key only to a column of type INTEGER.
Serial = BigInteger().with_variant(Integer(), "sqlite")


def partial(name: str, *columns: Column[object], where: str, sqlite: str = "") -> Index:
    """
    An index over the few open rows only, so that it stays small for ever.

    SQLite uses it only for a query with the very same condition: one value, and a boolean as it is asked for (`= 1`).
    """
    return Index(name, *columns, sqlite_where=text(sqlite or where), postgresql_where=text(where))
