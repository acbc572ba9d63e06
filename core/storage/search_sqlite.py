"""
Search on SQLite: FTS5 without a copy of the words.

The row number (`*_place.seq`) is the instant in microseconds times 1024, plus a count for what happened at the same
instant: the newest come first without sorting. Marks stand in a column of their own, each as one word of hex digits,
since the tokenizer would cut an agency's id at its underscores. `secure-delete` takes what is erased out of the index
at once; without it, it would stay until pages are merged.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.storage.search_indexes import INDEXES, LONGEST, WordIndex

SLOTS = 1024

_AGENCY = """
CREATE TABLE case_agency (
    case_id VARCHAR(32) NOT NULL, agency_id VARCHAR(64) NOT NULL, received_at BIGINT NOT NULL, open BOOLEAN NOT NULL,
    PRIMARY KEY (case_id, agency_id)
) WITHOUT ROWID
"""
_AGENCY_INDEXES = (
    "CREATE INDEX ix_case_agency_newest ON case_agency (agency_id, received_at, case_id)",
    "CREATE INDEX ix_case_agency_open ON case_agency (agency_id, received_at, case_id) WHERE open = 1",
)
_PUT_AGENCIES = """
INSERT INTO case_agency (case_id, agency_id, received_at, open)
SELECT new.id, one.value, new.received_at, new.open FROM json_each(new.agencies) AS one;
"""
_CHANGED_AGENCIES = f"""
CREATE TRIGGER case_moved AFTER UPDATE OF agencies, open ON "case"
WHEN old.agencies IS NOT new.agencies OR old.open IS NOT new.open
BEGIN
DELETE FROM case_agency WHERE case_id = old.id;
{_PUT_AGENCIES}
END
"""


def tables() -> Iterator[str]:
    """Every table."""
    for index in INDEXES:
        name = index.name
        yield f"CREATE TABLE {name}_place (seq INTEGER PRIMARY KEY, id VARCHAR(32) NOT NULL UNIQUE)"
        yield (
            f"CREATE VIRTUAL TABLE {name}_words USING fts5(words, marks, content='',"
            " tokenize='unicode61 remove_diacritics 2')"
        )
        yield f"INSERT INTO {name}_words ({name}_words, rank) VALUES ('secure-delete', 1)"
    yield _AGENCY
    yield from _AGENCY_INDEXES


def without_tables() -> Iterator[str]:
    """All of them gone."""
    for index in INDEXES:
        yield f"DROP TABLE IF EXISTS {index.name}_place"
        yield f"DROP TABLE IF EXISTS {index.name}_words"
    yield "DROP TABLE IF EXISTS case_agency"


def triggers() -> Iterator[str]:
    """What keeps them."""
    for index in INDEXES:
        table, also = f'"{index.name}"', _PUT_AGENCIES if index.name == "case" else ""
        yield f"CREATE TRIGGER {index.name}_added AFTER INSERT ON {table} BEGIN {_put(index)} {also} END"
        changed = " OR ".join(f"old.{column} IS NOT new.{column}" for column in index.watched)
        yield (
            f"CREATE TRIGGER {index.name}_changed AFTER UPDATE OF {', '.join(index.watched)} ON {table}"
            f" WHEN {changed} BEGIN {_take(index)} {_put(index)} END"
        )
        also = "DELETE FROM case_agency WHERE case_id = old.id;" if index.name == "case" else ""
        yield f"CREATE TRIGGER {index.name}_gone AFTER DELETE ON {table} BEGIN {_take(index)} {also} END"
    yield _CHANGED_AGENCIES


def without_triggers() -> Iterator[str]:
    """Nothing keeps them."""
    for index in INDEXES:
        yield from (f"DROP TRIGGER IF EXISTS {index.name}_{moment}" for moment in ("added", "changed", "gone"))
    yield "DROP TRIGGER IF EXISTS case_moved"


def contents() -> Iterator[str]:
    """Everything anew, in order of age, so that the index is written from one end to the other."""
    for index in INDEXES:
        name, key, at = index.name, index.key, index.at
        yield f"DELETE FROM {name}_place"
        yield f"INSERT INTO {name}_words ({name}_words) VALUES ('delete-all')"
        yield (
            f"INSERT INTO {name}_place (seq, id) SELECT {at} * {SLOTS}"
            f' + row_number() OVER (PARTITION BY {at} ORDER BY {key}) - 1, {key} FROM "{name}" ORDER BY {at}, {key}'
        )
        yield (
            f"INSERT INTO {name}_words (rowid, words, marks)"
            f" SELECT place.seq, {_words('one')}, {_marks(index, 'one')}"
            f' FROM {name}_place AS place CROSS JOIN "{name}" AS one ON one.{key} = place.id ORDER BY place.seq'
        )
    yield "DELETE FROM case_agency"
    yield (
        "INSERT INTO case_agency (case_id, agency_id, received_at, open)"
        ' SELECT one.id, mark.value, one.received_at, one.open FROM "case" AS one, json_each(one.agencies) AS mark'
        " ORDER BY one.id, mark.value"
    )


def mark_token(mark: str) -> str:
    """A mark as it stands in the index."""
    return "m" + mark.encode().hex()


def _put(index: WordIndex) -> str:
    """The first free row number of the instant, then the words under it."""
    first = f"new.{index.at} * {SLOTS}"
    free = f"SELECT max(seq) + 1 FROM {index.name}_place WHERE seq >= {first} AND seq < {first} + {SLOTS}"
    return (
        f"INSERT INTO {index.name}_place (seq, id) VALUES (coalesce(({free}), {first}), new.{index.key});"
        f" INSERT INTO {index.name}_words (rowid, words, marks)"
        f" SELECT seq, {_words('new')}, {_marks(index, 'new')} FROM {index.name}_place WHERE id = new.{index.key};"
    )


def _take(index: WordIndex) -> str:
    """FTS5 is told what it holds: it keeps no copy to look it up in."""
    return (
        f"INSERT INTO {index.name}_words ({index.name}_words, rowid, words, marks)"
        f" SELECT 'delete', seq, {_words('old')}, {_marks(index, 'old')} FROM {index.name}_place"
        f" WHERE id = old.{index.key};"
        f" DELETE FROM {index.name}_place WHERE id = old.{index.key};"
    )


def _words(row: str) -> str:
    return f"substr({row}.search_text, 1, {LONGEST})"


def _marks(index: WordIndex, row: str) -> str:
    marks = index.marks.format(row=row)
    return f"(SELECT coalesce(group_concat('m' || lower(hex(value)), ' '), '') FROM json_each({marks}))"
