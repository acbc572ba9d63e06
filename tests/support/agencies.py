"""The agencies that ship with a pack, in tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from core.cases.agencies import AgencyTree
from core.regulations.agency_files import find_agencies, read_agencies


def load_agencies(name_or_path: str | Path, as_of: date) -> AgencyTree:
    """The tree of a pack, or of a file, as it stands on a day."""
    return AgencyTree.of(read_agencies(find_agencies(name_or_path)), as_of)
