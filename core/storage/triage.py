"""What triage keeps and learns from: its models and scorecards among the lasting facts, and what the desk decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from core.storage import settings
from core.storage.tables import case

_MODEL, _NAME, _CARDS = "triage:model", "triage:name", "triage:cards"
MOST_CARDS = 400


def name(connection: Connection) -> str:
    """The hash of the model in use; empty where none was made yet. Small, so that it may be asked often."""
    found = settings.get(connection, _NAME)
    return str(found["hash"]) if found else ""


def model(connection: Connection) -> dict[str, Any] | None:
    """The model in use."""
    found: dict[str, Any] | None = settings.get(connection, _MODEL)
    return found


def put_model(connection: Connection, told: dict[str, Any], *, name: str) -> None:
    """Use this one from now on."""
    settings.put(connection, _MODEL, told)
    settings.put(connection, _NAME, {"hash": name})


def cards(connection: Connection) -> list[dict[str, Any]]:
    """Scorecards, the newest first, a year and a bit of them."""
    found = settings.get(connection, _CARDS)
    return list(found["cards"]) if found else []


def put_card(connection: Connection, card: dict[str, Any]) -> None:
    """Keep the card of its day, in the place of an earlier one of the same day."""
    others = [one for one in cards(connection) if one["day"] != card["day"]]
    kept = sorted([card, *others], key=lambda one: str(one["day"]), reverse=True)[:MOST_CARDS]
    settings.put(connection, _CARDS, {"cards": kept})


def newest_states(connection: Connection, *, since: datetime, most: int) -> Iterator[Any]:
    """States of cases that have a category, the newest first."""
    query = select(case.c.state).where(case.c.category != "", case.c.received_at >= since)
    for row in connection.execute(query.order_by(case.c.received_at.desc()).limit(most)):
        yield row.state
