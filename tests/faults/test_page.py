"""The page has a place for every table that a long test records."""

from __future__ import annotations

import re
from pathlib import Path

from tests.faults.render import PAGE, PLACE

TESTS = Path(__file__).parents[1]


def test_every_recorded_table_has_a_place() -> None:
    """Or its figures would be made for nobody."""
    recorded = {
        name
        for path in TESTS.rglob("*.py")
        if path.name != "test_render.py"
        for name in re.findall(r'\brecord\("([\w-]+)"', path.read_text(encoding="utf-8"))
    }

    assert recorded
    assert recorded == {found["name"] for found in PLACE.finditer(PAGE.read_text(encoding="utf-8"))}
