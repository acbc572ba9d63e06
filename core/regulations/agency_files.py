"""
Agency trees from YAML files: an `agencies:` mapping of id to entry, read into a dated snapshot.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import ValidationError

from core.cases.agencies import Agency, AgencyTree
from core.regulations.loader import BUNDLED, PackError, find_pack, read_yaml

AGENCY_FILE = "agencies.yaml"


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


def load_agencies(name_or_path: str | Path, as_of: date, *, roots: tuple[Path, ...] = (BUNDLED,)) -> AgencyTree:
    """
    The tree as it stands on a day.

    Args:
        name_or_path: of a pack, whose `agencies.yaml` is read (a variant without one takes that of what it extends),
            or of a file.
    Raises: PackError: none found, unreadable, or a parent or successor that does not exist.
    """
    path = find_agencies(name_or_path, roots)
    try:
        return AgencyTree.of(read_agencies(path), as_of)
    except ValueError as error:
        raise PackError(path.name, [f"{path.name}: {error}"]) from error


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
