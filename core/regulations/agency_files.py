"""
Agency trees from YAML files: an `agencies:` mapping of id to entry, read into a dated snapshot.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import ValidationError

from core.cases.agencies import Agency, AgencyTree
from core.regulations.loader import PackError, read_yaml


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


def load_agencies(path: Path, as_of: date) -> AgencyTree:
    """
    The tree as it stands on a day.

    Raises: PackError: unreadable, or a parent or successor that does not exist.
    """
    try:
        return AgencyTree.of(read_agencies(path), as_of)
    except ValueError as error:
        raise PackError(path.name, [f"{path.name}: {error}"]) from error
