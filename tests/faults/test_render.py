"""Figures travel from a test to the page without a hand touching them."""

from __future__ import annotations

from pathlib import Path

from tests.faults.render import homeless, render
from tests.support.record import record, rows_of

PAGE = "Before.\n\n<!-- chaos:kills Database -->\nold\n<!-- /chaos -->\n\nAfter.\n"


def test_a_recorded_row_stands_in_the_page(tmp_path: Path) -> None:
    """Each row once, columns in the order of the first, what is missing as a dash."""
    record("kills", "SQLite", {"kills": 1, "lost": 5}, folder=tmp_path)
    record("kills", "PostgreSQL", {"kills": 1000, "engine": "15"}, folder=tmp_path)
    record("kills", "SQLite", {"kills": 1000, "lost": 0}, folder=tmp_path)

    page = render(PAGE, folder=tmp_path)

    assert "| Database | kills | lost | engine |\n| --- | --- | --- | --- |\n" in page
    assert "| SQLite | 1,000 | 0 | – |\n| PostgreSQL | 1,000 | – | 15 |\n" in page
    assert page.startswith("Before.\n")
    assert page.endswith("<!-- /chaos -->\n\nAfter.\n")
    assert "old" not in page
    assert render(page, folder=tmp_path) == page


def test_a_table_nobody_recorded_stays(tmp_path: Path) -> None:
    """Half a run does not empty the page."""
    assert render(PAGE, folder=tmp_path) == PAGE
    assert rows_of("kills", folder=tmp_path) == {}


def test_a_table_without_a_place_is_named(tmp_path: Path) -> None:
    """Or its figures would be lost without a word."""
    record("kills", "SQLite", {"kills": 1}, folder=tmp_path)
    record("storms", "SQLite", {"storms": 1}, folder=tmp_path)

    assert homeless(PAGE, folder=tmp_path) == ["storms"]
