"""
Rows as they may leave the house, and back.

Search columns and published views are plain in the database, because they are searched and shown. In a backup they
are sealed under the key of their case, so that erasing the case erases them there as well.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from core.privacy.errors import Erased
from core.privacy.vault import Vault
from core.storage.backup.archive import Row
from core.storage.subjects import first_subject

EMPTIED: Mapping[str, tuple[str, ...]] = {"inbox_raw": ("body_sealed", "wrapped_key")}
SEALED: Mapping[str, tuple[str, ...]] = {"case": ("search_text",), "publication": ("view", "search_text")}
_CASE_ID = {"case": "id", "publication": "case_id"}


@dataclass(frozen=True)
class RowSealer:
    """Seals and opens rows. `subjects`: key subjects of cases whose texts are no longer under their first one."""

    vault: Vault
    subjects: Mapping[str, str]

    def seal_all(self, table: str, rows: list[Row]) -> list[Row]:
        """Rows for the archive."""
        return [self._seal(table, row) for row in rows]

    def open_all(self, table: str, rows: list[Row]) -> list[Row]:
        """Rows for the database; the public view of a case erased since then is left out."""
        opened = (self._open(table, row) for row in rows)
        return [row for row in opened if row is not None]

    def _seal(self, table: str, row: Row) -> Row:
        row = row | dict.fromkeys(EMPTIED.get(table, ()))
        for name in SEALED.get(table, ()):
            if row[name]:
                row[name] = self._sealed(table, name, row)
        return row

    def _sealed(self, table: str, name: str, row: Row) -> str | bytes:
        value, case_id = row[name], row[_CASE_ID[table]]
        plain = value if isinstance(value, bytes) else value.encode()
        try:
            sealed = self.vault.seal_blob(plain, subject_id=self._subject(case_id), place=_place(table, name, case_id))
        except Erased:  # since the snapshot was taken
            sealed = b""
        text = base64.b64encode(sealed)
        return text if isinstance(value, bytes) else text.decode()

    def _open(self, table: str, row: Row) -> Row | None:
        for name in SEALED.get(table, ()):
            case_id, value = row[_CASE_ID[table]], row[name]
            sealed = base64.b64decode(value)
            try:
                plain = sealed and self.vault.open_blob(
                    sealed, subject_id=self._subject(case_id), place=_place(table, name, case_id)
                )
            except Erased:
                plain = b""
            if isinstance(value, bytes) and not plain:
                return None
            row = row | {name: plain if isinstance(value, bytes) else plain.decode()}
        return row

    def _subject(self, case_id: str) -> str:
        return self.subjects.get(case_id) or first_subject(case_id)


def _place(table: str, column: str, case_id: str) -> str:
    return f"backup:{table}.{column}:{case_id}"
