"""
How PostgreSQL goes about a question, where its own choice by estimates is the wrong one. SQLite has no such choice.

Both hold for the rest of a transaction, which is a reading one with a handful of look-ups by key.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select


def plan_anew(connection: Connection) -> None:
    """Look at what is asked for: of a rare word all hits are fetched, of a common one the newest are walked through."""
    _set(connection, plan_cache_mode="force_custom_plan")


def walk_in_order(connection: Connection) -> None:
    """
    Follow the order of an index, and think about it once: the way is the same whatever is asked for.

    Else a page of work costs twice its price in planning, or all rows of an agency are gathered and sorted.
    """
    _set(connection, plan_cache_mode="force_generic_plan", enable_bitmapscan="off")


def _set(connection: Connection, **settings: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(*(func.set_config(name, value, True) for name, value in settings.items())))
