"""
Rows as they may leave the house, and back.

Search columns and published views are plain in the database, because they are searched and shown. In a backup they
are sealed under the key of their case, so that erasing the case erases them there as well.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Table

from core.privacy.errors import Erased
from core.privacy.vault import Vault
from core.storage.backup.archive import Row
from core.storage.subjects import first_subject

SEALED: Mapping[str, tuple[str, ...]] = {"case": ("search_text",), "publication": ("view", "search_text")}
_CASE_ID = {"case": "id", "publication": "case_id"}
_KEYS_AT_ONCE = 500


@dataclass(frozen=True)
class RowSealer:
    """Seals and opens rows. `subjects`: key subjects of cases whose texts are no longer under their first one."""

    vault: Vault
    subjects: Mapping[str, str]

    def seal_all(self, table: Table, rows: list[Row]) -> list[Row]:
        """Rows for the archive."""
        if table.name not in SEALED:
            return rows
        return [self._sealed(table, row) for row in self._with_keys(table, rows)]

    def open_all(self, table: Table, rows: list[Row]) -> list[Row]:
        """Rows for the database; the public view of a case erased since then is left out."""
        if table.name not in SEALED:
            return rows
        opened = (self._opened(table, row) for row in self._with_keys(table, rows))
        return [row for row in opened if row is not None]

    def _with_keys(self, table: Table, rows: list[Row]) -> Iterator[Row]:
        """The rows, the keys of some hundreds fetched in one go before these are used."""
        place = _place_of(table, _CASE_ID[table.name])
        for first in range(0, len(rows), _KEYS_AT_ONCE):
            part = rows[first : first + _KEYS_AT_ONCE]
            self.vault.gather([self._subject(row[place]) for row in part])
            yield from part

    def _sealed(self, table: Table, row: Row) -> Row:
        case_id, values = row[_place_of(table, _CASE_ID[table.name])], list(row)
        for name in SEALED[table.name]:
            place = _place_of(table, name)
            if values[place]:
                values[place] = self._seal(values[place], f"backup:{table.name}.{name}:{case_id}", case_id)
        return tuple(values)

    def _seal(self, value: str | bytes, place: str, case_id: str) -> str | bytes:
        plain = value if isinstance(value, bytes) else value.encode()
        try:
            sealed = self.vault.seal_blob(plain, subject_id=self._subject(case_id), place=place)
        except Erased:  # since the snapshot was taken
            sealed = b""
        text = base64.b64encode(sealed)
        return text if isinstance(value, bytes) else text.decode()

    def _opened(self, table: Table, row: Row) -> Row | None:
        case_id, values = row[_place_of(table, _CASE_ID[table.name])], list(row)
        for name in SEALED[table.name]:
            place = _place_of(table, name)
            value = values[place]
            plain = self._open(value, f"backup:{table.name}.{name}:{case_id}", case_id)
            if isinstance(value, bytes) and not plain:
                return None
            values[place] = plain if isinstance(value, bytes) else plain.decode()
        return tuple(values)

    def _open(self, value: str | bytes, place: str, case_id: str) -> bytes:
        sealed = base64.b64decode(value)
        if not sealed:
            return b""
        try:
            return self.vault.open_blob(sealed, subject_id=self._subject(case_id), place=place)
        except Erased:
            return b""

    def _subject(self, case_id: str) -> str:
        return self.subjects.get(case_id) or first_subject(case_id)


def _place_of(table: Table, column: str) -> int:
    return list(table.columns.keys()).index(column)
