"""Cases that somebody looks for, the newest first: by words, code, stage, or agencies with a part in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from core.storage import agency_lists, cases, wordsearch
from core.storage.cases import CaseRow
from core.storage.search_indexes import CASES as CASE_WORDS
from core.storage.tables import case


@dataclass(frozen=True)
class Search:
    """
    What staff look for; empty fields do not filter. `text` is folded by the caller (`core.storage.wordsearch`).

    `agencies`: only cases in which one of these has a part; None: all cases.
    """

    text: str = ""
    code: str = ""
    stage: str = ""
    open_only: bool = False
    agencies: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Found:
    """Cases of one look, the newest first. `last`: (received_at, id) to look on from; None: there are no more."""

    rows: list[CaseRow]
    last: tuple[datetime, str] | None


_LOOKED_AT = 2_000


def search(
    connection: Connection, wanted: Search, *, before: tuple[datetime, str] | None = None, most: int = 50
) -> list[CaseRow]:
    """Cases, the newest first. `before` is (received_at, id) of the last line of the page before."""
    return look(connection, wanted, before=before, most=most).rows


def look(
    connection: Connection, wanted: Search, *, before: tuple[datetime, str] | None = None, most: int = 50
) -> Found:
    """
    Cases, the newest first, and where to go on.

    A search by words that also filters by stage looks at no more than the newest two thousand that hold the words:
    a page may then be short, or empty, and still be continued.
    """
    if not wanted.text and wanted.agencies is None:
        rows = cases.rows_of(connection, _filtered(wanted, before).limit(most))
        return Found(rows, (rows[-1].received_at, rows[-1].id) if len(rows) == most else None)
    filters = bool(wanted.code or wanted.stage or (wanted.open_only and wanted.text))
    looked_at = max(most, _LOOKED_AT) if filters else most
    hits = _hits(connection, wanted, before, looked_at)
    place = {hit.id: number for number, hit in enumerate(hits)}
    # Put in order here: asked for some ids in order of age, PostgreSQL would walk through all cases by age.
    query = _filtered(wanted if filters else Search(), None).order_by(None)
    told = cases.rows_of(connection, query.where(case.c.id.in_(list(place))))
    rows = sorted(told, key=lambda row: place[row.id])[:most]
    last = hits[-1] if len(hits) == looked_at else None
    if len(rows) == most:
        last = hits[place[rows[-1].id]]
    return Found(rows, (last.at, last.id) if last else None)


def _hits(
    connection: Connection, wanted: Search, before: tuple[datetime, str] | None, most: int
) -> Sequence[wordsearch.Hit]:
    if not wanted.text:
        return agency_lists.newest(
            connection, wanted.agencies or (), open_only=wanted.open_only, before=before, most=most
        )
    asked = wordsearch.phrases(wanted.text)
    if not asked or wanted.agencies == ():
        return ()
    return wordsearch.newest(connection, CASE_WORDS, asked, marks=wanted.agencies or (), before=before, most=most)


def _filtered(wanted: Search, before: tuple[datetime, str] | None) -> Select[Any]:
    query: Select[Any] = select(*cases.COLUMNS).order_by(case.c.received_at.desc(), case.c.id.desc())
    if wanted.code:
        query = query.where(case.c.code == wanted.code)
    if wanted.stage:
        query = query.where(case.c.stage == wanted.stage)
    if wanted.open_only:
        query = query.where(case.c.open)
    if before is not None:
        query = query.where(tuple_(case.c.received_at, case.c.id) < before)
    return query
