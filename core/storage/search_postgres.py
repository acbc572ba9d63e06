"""
Search on PostgreSQL: a `tsvector` beside the instant, GIN over words and marks, a B-tree over the instant.

The server chooses between the two for each search: few hits are fetched and sorted, of many the newest are walked
through. Only what stands between punctuation is a word, so that its parser never sees an address or a path to be
clever about. The pending list is kept short: a search reads all of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.storage.search_indexes import INDEXES, LONGEST, WordIndex

_PUNCTUATION = r"[\x01-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+"

_AGENCY = """
CREATE TABLE case_agency (
    case_id VARCHAR(32) NOT NULL, agency_id VARCHAR(64) NOT NULL, received_at BIGINT NOT NULL, open BOOLEAN NOT NULL,
    PRIMARY KEY (case_id, agency_id)
)
"""
_AGENCY_INDEXES = (
    "CREATE INDEX ix_case_agency_newest ON case_agency (agency_id, received_at, case_id)",
    "CREATE INDEX ix_case_agency_open ON case_agency (agency_id, received_at, case_id) WHERE open",
)
_PUT_AGENCIES = """
INSERT INTO case_agency (case_id, agency_id, received_at, open)
SELECT new.id, one.value, new.received_at, new.open FROM jsonb_array_elements_text(new.agencies::jsonb) AS one;
"""
_MOVED = f"""
CREATE FUNCTION case_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF TG_OP <> 'INSERT' THEN DELETE FROM case_agency WHERE case_id = old.id; END IF;
IF TG_OP <> 'DELETE' THEN {_PUT_AGENCIES} END IF;
RETURN NULL; END $$
"""
_CHANGED = "(old.agencies IS DISTINCT FROM new.agencies OR old.open IS DISTINCT FROM new.open)"


def tables() -> Iterator[str]:
    """Every table."""
    for index in INDEXES:
        name = f"{index.name}_search"
        yield (
            f"CREATE TABLE {name} (id VARCHAR(32) PRIMARY KEY, at BIGINT NOT NULL,"
            " words tsvector NOT NULL, marks text[] NOT NULL)"
        )
        yield f"CREATE INDEX ix_{name}_newest ON {name} (at, id)"
        yield f"CREATE INDEX ix_{name}_words ON {name} USING gin (words, marks) WITH (gin_pending_list_limit = 256)"
    yield _AGENCY
    yield from _AGENCY_INDEXES


def without_tables() -> Iterator[str]:
    """All of them gone."""
    yield from (f"DROP TABLE IF EXISTS {index.name}_search" for index in INDEXES)
    yield "DROP TABLE IF EXISTS case_agency"


def triggers() -> Iterator[str]:
    """What keeps them."""
    for index in INDEXES:
        name, table = index.name, f'"{index.name}"'
        yield f"CREATE FUNCTION {name}_indexed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {_body(index)} END $$"
        yield _trigger(f"{name}_added", "INSERT", table, "", f"{name}_indexed")
        changed = " OR ".join(f"old.{column} IS DISTINCT FROM new.{column}" for column in index.watched)
        yield _trigger(
            f"{name}_changed", f"UPDATE OF {', '.join(index.watched)}", table, f"WHEN ({changed})", f"{name}_indexed"
        )
        yield _trigger(f"{name}_gone", "DELETE", table, "", f"{name}_indexed")
    yield _MOVED
    yield _trigger("case_moved_in", "INSERT OR DELETE", '"case"', "", "case_moved")
    yield _trigger("case_moved_on", "UPDATE OF agencies, open", '"case"', f"WHEN {_CHANGED}", "case_moved")


def without_triggers() -> Iterator[str]:
    """Nothing keeps them; the triggers go with their functions."""
    yield from (f"DROP FUNCTION IF EXISTS {index.name}_indexed CASCADE" for index in INDEXES)
    yield "DROP FUNCTION IF EXISTS case_moved CASCADE"


def contents() -> Iterator[str]:
    """Everything anew, in order of age: the newest lie together."""
    for index in INDEXES:
        yield f"DELETE FROM {index.name}_search"
        yield (
            f"INSERT INTO {index.name}_search (id, at, words, marks)"
            f" SELECT one.{index.key}, one.{index.at}, {_words('one')}, {_marks(index, 'one')}"
            f' FROM "{index.name}" AS one ORDER BY one.{index.at}, one.{index.key}'
        )
    yield "DELETE FROM case_agency"
    yield (
        "INSERT INTO case_agency (case_id, agency_id, received_at, open)"
        ' SELECT one.id, mark.value, one.received_at, one.open FROM "case" AS one,'
        " jsonb_array_elements_text(one.agencies::jsonb) AS mark"
    )


def _trigger(name: str, moment: str, table: str, when: str, function: str) -> str:
    return f"CREATE TRIGGER {name} AFTER {moment} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {function}()"


def _body(index: WordIndex) -> str:
    name = f"{index.name}_search"
    return (
        f"IF TG_OP <> 'INSERT' THEN DELETE FROM {name} WHERE id = old.{index.key}; END IF;"
        f" IF TG_OP <> 'DELETE' THEN INSERT INTO {name} (id, at, words, marks)"
        f" VALUES (new.{index.key}, new.{index.at}, {_words('new')}, {_marks(index, 'new')}); END IF;"
        " RETURN NULL;"
    )


def _words(row: str) -> str:
    return f"to_tsvector('simple', regexp_replace(left({row}.search_text, {LONGEST}), '{_PUNCTUATION}', ' ', 'g'))"


def _marks(index: WordIndex, row: str) -> str:
    return f"ARRAY(SELECT jsonb_array_elements_text(({index.marks.format(row=row)})::jsonb))"
