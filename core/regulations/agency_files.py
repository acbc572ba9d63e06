"""
Agencies from files: an `agencies:` mapping of id to entry (YAML), or a table with one line for each change (CSV).

The table's columns are those of `COLUMNS`; only `id` must be filled. Several lines of one id are its changes, each
from its day `since` on; `until` is its last day, `replaced_by` names its successors with spaces between them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from core.agencies.history import Entry, entries_of
from core.cases.agencies import Agency
from core.regulations.loader import BUNDLED, PackError, find_pack, read_yaml

AGENCY_FILE = "agencies.yaml"
COLUMNS = ("id", "name", "kind", "short_name", "parent", "code", "commune_code", "since", "until", "replaced_by")


def read_entries(path: Path) -> tuple[Entry, ...]:
    """
    What a file says of agencies, whichever of the two forms it has.

    Raises: PackError: not readable, with the line or the entry that is wrong.
    """
    if path.suffix.lower() != ".csv":
        return tuple(entry for item in read_agencies(path) for entry in entries_of(item))
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return tuple(_table_entries(path.name, csv.DictReader(stream, strict=True)))
    except (UnicodeDecodeError, csv.Error) as error:
        raise PackError(path.name, [f"{path.name}: no table in UTF-8: {error}"]) from error


def _table_entries(name: str, lines: csv.DictReader[str]) -> Iterator[Entry]:
    unknown = set(lines.fieldnames or ()) - set(COLUMNS)
    if unknown or "id" not in (lines.fieldnames or ()):
        raise PackError(name, [f"{name}: columns are {', '.join(COLUMNS)}; not {', '.join(map(str, unknown)) or '…'}"])
    for line in lines:
        filled = {key: value.strip() for key, value in line.items() if key and value and value.strip()}
        try:
            given = Agency.model_validate(filled | {"replaced_by": tuple(filled.get("replaced_by", "").split())})
        except ValidationError as error:
            problems = [f"{name}:{lines.line_num}: {item['loc'][0]}: {item['msg']}" for item in error.errors()]
            raise PackError(name, problems) from error
        yield from entries_of(given)


def read_agencies(path: Path) -> tuple[Agency, ...]:
    """
    Every agency in the file, those gone included.

    Raises: PackError: not YAML, or an entry that cannot be read.
    """
    content = read_yaml(path)
    try:
        return tuple(Agency.model_validate({"id": key, **entry}) for key, entry in content["agencies"].items())
    except (KeyError, AttributeError, TypeError) as error:
        raise PackError(path.name, [f"{path.name}: a mapping `agencies` of id to entry is expected"]) from error
    except ValidationError as error:
        problems = [f"{path.name}: {'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise PackError(path.name, problems) from error


def find_agencies(name_or_path: str | Path, roots: tuple[Path, ...] = (BUNDLED,)) -> Path:
    """The file with a pack's agencies. Raises: PackError: neither it nor what it extends has one."""
    given = Path(name_or_path)
    if given.is_file():
        return given
    folder = find_pack(str(name_or_path), roots)
    own = folder / AGENCY_FILE
    if own.is_file():
        return own
    base = read_yaml(folder / "pack.yaml").get("extends")
    if base is None:
        raise PackError(str(name_or_path), [f"no {AGENCY_FILE}, here or in what it extends"])
    return find_agencies(base, roots)
