"""
Searching by words, the newest first: one question, asked of FTS5 or of `tsvector`.

What is typed: every word must occur; words in quotation marks, or joined by a dash or a slash, must follow each other;
a star at the end stands for the rest of a word. Texts and questions are folded alike (`core.intake.fold`), so that
`duong`, `Đường` and its decomposed spelling find the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Connection, Text, column, func, select, table, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from core.storage.planning import plan_anew
from core.storage.search_indexes import WordIndex
from core.storage.search_sqlite import SLOTS, mark_token
from core.storage.types import from_microseconds, to_microseconds

_PART = re.compile(r'"([^"]*)"?|(\S+)')
_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 32
_MARKS = ARRAY(Text)


@dataclass(frozen=True)
class Phrase:
    """Words that follow each other; the last may be the beginning of one."""

    words: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True)
class Hit:
    """One row that was found."""

    id: str
    at: datetime


def phrases(typed: str) -> tuple[Phrase, ...]:
    """What folded text asks for; empty where there is no word in it."""
    found = []
    for quoted, bare in _PART.findall(typed):
        words = tuple(_WORD.findall(quoted or bare))
        if words:
            found.append(Phrase(words, begins=bare.endswith("*")))
    return tuple(found[:_MOST_WORDS])


def newest(
    connection: Connection,
    index: WordIndex,
    wanted: Collection[Phrase],
    *,
    marks: Collection[str] = (),
    before: tuple[datetime, str] | None = None,
    most: int = 50,
) -> list[Hit]:
    """
    Rows that hold all of this, the newest first.

    Args:
        marks: at least one of them must be the row's; none: any row.
        before: (instant, id) of the last hit of the page before.
    """
    search = _on_postgres if connection.dialect.name == "postgresql" else _on_sqlite
    return search(connection, index, wanted, marks, before, most)


def _on_sqlite(
    connection: Connection,
    index: WordIndex,
    wanted: Collection[Phrase],
    marks: Collection[str],
    before: tuple[datetime, str] | None,
    most: int,
) -> list[Hit]:
    place = table(f"{index.name}_place", column("seq", BigInteger), column("id"))
    words = table(f"{index.name}_words", column(f"{index.name}_words"), column("rowid", BigInteger))
    found = select(words.c.rowid).where(words.c[0].op("MATCH")(_match(wanted, marks)))
    if before is not None:
        seq = connection.scalar(select(place.c.seq).where(place.c.id == before[1]))
        found = found.where(words.c.rowid < (to_microseconds(before[0]) * SLOTS if seq is None else seq))
    hit = found.order_by(words.c.rowid.desc()).limit(most).subquery()
    query = select(place.c.id, place.c.seq).join(hit, hit.c.rowid == place.c.seq).order_by(place.c.seq.desc())
    return [Hit(row.id, from_microseconds(row.seq // SLOTS)) for row in connection.execute(query)]


def _match(wanted: Collection[Phrase], marks: Collection[str]) -> str:
    """FTS5's query language: every word quoted, so that none of it is read as an operator."""
    parts = [f'words : "{" ".join(one.words)}"{" *" if one.begins else ""}' for one in wanted]
    if marks:
        parts.append(f"marks : ({' OR '.join(map(mark_token, marks))})")
    return " AND ".join(parts)


def _on_postgres(
    connection: Connection,
    index: WordIndex,
    wanted: Collection[Phrase],
    marks: Collection[str],
    before: tuple[datetime, str] | None,
    most: int,
) -> list[Hit]:
    plan_anew(connection)
    rows = table(
        f"{index.name}_search", column("id"), column("at", BigInteger), column("words"), column("marks", _MARKS)
    )
    query = select(rows.c.id, rows.c.at).where(rows.c.words.op("@@")(func.to_tsquery("simple", _tsquery(wanted))))
    if marks:
        query = query.where(rows.c.marks.overlap(list(marks)))
    if before is not None:
        query = query.where(tuple_(rows.c.at, rows.c.id) < (to_microseconds(before[0]), before[1]))
    query = query.order_by(rows.c.at.desc(), rows.c.id.desc()).limit(most)
    return [Hit(row.id, from_microseconds(row.at)) for row in connection.execute(query)]


def _tsquery(wanted: Collection[Phrase]) -> str:
    """PostgreSQL's query language; words are letters and digits only."""
    return " & ".join(f"({_followed(one)}{':*' if one.begins else ''})" for one in wanted)


def _followed(phrase: Phrase) -> str:
    return " <-> ".join(f"'{word}'" for word in phrase.words)
