"""What can be searched by words: which tables, and what of them."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST = 100_000
"""Characters of a text that are indexed: PostgreSQL refuses a tsvector above one megabyte."""


@dataclass(frozen=True)
class WordIndex:
    """
    One table whose words are searched, the newest first.

    Args:
        name: of the table; `key`, `at`: its columns for identity and age (microseconds).
        marks: SQL of a row's marks, a JSON list of strings.
        watched: columns that change what the index says.
    """

    name: str
    key: str
    at: str
    marks: str
    watched: tuple[str, ...]


CASES = WordIndex("case", "id", "received_at", "{row}.agencies", ("search_text", "agencies"))
PUBLICATIONS = WordIndex(
    "publication", "case_id", "published_at", """'["' || {row}.kind || '"]'""", ("search_text", "kind", "published_at")
)
INDEXES = (CASES, PUBLICATIONS)
