"""Limits that were missed, with what the agency responsible says about each (giải trình; LS-14.4, LS-10.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from core.cases.events import LatenessExplained, parse_event
from core.regulations.model import Pack
from core.service.reading.gathering import Opener
from core.service.safe import Safe
from core.storage import cases, reports, statistics
from core.storage.database import Connection, Database
from core.storage.statistics import Asked, Behind, Period

MOST = 2000
COMMAND = "explain_lateness"


@dataclass(frozen=True)
class Explained:
    """A missed limit. `text`: empty while nobody has explained it; `by`: the id of who did."""

    late: Behind
    text: str = ""
    by: str = ""
    at: datetime | None = None


def wants_explanations(pack: Pack) -> bool:
    """Whether the regulation has agencies explain what was late."""
    return any(True for _ in pack.moves_for(COMMAND))


def explainers(pack: Pack) -> tuple[str, ...]:
    """Roles that explain what an agency was late with: its head first."""
    named = dict.fromkeys(role for move in pack.moves_for(COMMAND) for role in move.by)
    return tuple(sorted((role for role in named if pack.roles[role].level == "agency"), key=list(named).index))


async def explained(database: Database, safe: Safe, period: Period) -> list[Explained]:
    """Every limit that was missed in the period, the newest case first."""
    rows, written = await database.read(partial(_read, period=period))
    texts = await database.read(partial(reports.texts, ids=[one.text.id for one in written.values()]))
    words = await asyncio.to_thread(Opener(safe).texts, texts)
    return [_joined(row, written.get((row.case_id, row.subject)), words) for row in rows]


_Written = Mapping[tuple[str, str], LatenessExplained]


def _read(connection: Connection, period: Period) -> tuple[list[Behind], _Written]:
    rows = statistics.behind(connection, period, Asked("limit", late=True), most=MOST)
    found: dict[tuple[str, str], LatenessExplained] = {}
    for case_id, body in cases.events_named(connection, "lateness_explained", _ids(rows)):
        event = parse_event(body)
        if isinstance(event, LatenessExplained):
            found[case_id, event.clock_id] = event
    return rows, found


def _ids(rows: Sequence[Behind]) -> list[str]:
    return sorted({row.case_id for row in rows})


def _joined(row: Behind, event: LatenessExplained | None, words: Mapping[str, str]) -> Explained:
    return Explained(row) if event is None else Explained(row, words.get(event.text.id, ""), event.by.id, event.at)
