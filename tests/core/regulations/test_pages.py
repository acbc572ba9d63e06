"""The pages that are made from data are current, and the table of all rules leaves none out."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from core.regulations.catalogue import Source, Status, load_catalogue
from core.regulations.coverage import PAGE, REWRITE, Coverage, cover, coverage
from core.regulations.loader import load_pack, pack_names
from core.regulations.marks import proofs_by_rule
from core.regulations.pages import FOLDER, page, pages
from core.regulations.rules import ROOT
from core.regulations.standing import Standing

HUE = "thua_thien_hue"


@pytest.fixture(scope="module")
def table() -> Coverage:
    return coverage()


def test_every_rule_of_the_catalogue_has_its_line_once(table: Coverage) -> None:
    """Also rules of a text that no pack carries out."""
    assert [line.rule.id for line in table.rows] == [rule.id for rule in load_catalogue()]


@pytest.mark.parametrize("name", pack_names())
def test_no_rule_that_binds_a_shipped_regulation_is_without_a_test(table: Coverage, name: str) -> None:
    """100 % of what is enforced."""
    assert [line.rule.id for line in table.missing if name in line.packs] == []


def test_every_mark_names_a_rule(table: Coverage) -> None:
    """A slip of the pen proves nothing."""
    assert table.unknown_marks == {}


def test_no_rule_waits_for_a_work_still_to_come() -> None:
    """Nothing is put off any more."""
    assert [rule.id for rule in load_catalogue() if rule.status is Status.LATER] == []


def test_a_rule_names_its_packs_the_entries_that_carry_it_and_its_tests() -> None:
    """The thirty minutes of Huế, say."""
    found = cover(load_catalogue(), [load_pack(HUE)], {"HUE-2": ("tests/t.py::test_thirty_minutes",)})
    line = next(line for line in found.rows if line.rule.id == "HUE-2")

    assert (line.packs, line.tests) == ((HUE,), ("tests/t.py::test_thirty_minutes",))
    assert {"moves.accept_dispatch", "clocks.acceptance"} <= set(line.entries)
    text = found.markdown(load_catalogue())
    assert "| HUE-2 |" in text
    assert "`t.py::test_thirty_minutes`" in text


def test_the_units_bind_all_and_a_text_without_a_pack_is_missing_its_tests() -> None:
    """What nobody has begun with counts as missing, not as done."""
    found = cover(load_catalogue(), [load_pack(HUE)], {"U-1": ("tests/t.py::test_a",), "XX-1": ("tests/t.py::test_b",)})
    standing = {line.rule.id: line for line in found.rows}

    assert standing["U-1"].standing is Standing.PROVED
    assert (standing["TG-6.3"].packs, standing["TG-6.3"].standing) == ((), Standing.MISSING)
    assert found.exit_code == 1
    assert "XX-1 is no rule of the catalogue, but marks tests/t.py::test_b" in found.text()


def test_the_table_of_rules_in_the_docs_is_current(table: Coverage) -> None:
    """Whoever tags a test or changes a pack writes it anew."""
    written = (ROOT / PAGE).read_text(encoding="utf-8")

    assert written == table.markdown(load_catalogue()), f"out of date: run {REWRITE}"


made = cache(pages)


@pytest.mark.parametrize("path", [FOLDER / "README.md", *(FOLDER / f"{name}.md" for name in pack_names())], ids=str)
def test_the_page_of_a_regulation_is_current(path: Path) -> None:
    """Diagram, limits and moves as the data has them."""
    text = made()[path]

    assert (ROOT / path).read_text(encoding="utf-8") == text, "out of date: run langnghe regulation draw --all --write"


def test_there_is_no_page_of_a_regulation_that_is_not_there() -> None:
    """A pack that is renamed takes its page along."""
    found = {path.relative_to(ROOT) for path in (ROOT / "docs" / "regulations").glob("*.md")}

    assert found == set(made())


def test_a_page_shows_the_diagram_each_limit_and_each_move() -> None:
    """With the rule that each comes from."""
    pack = load_pack(HUE)
    text = page(pack)

    assert "```mermaid\n---\n" in text
    assert "| Nhận xử lý | Chuyên viên" in text
    assert "`30min`" in text
    assert "không quy định" in text
    assert all(f"| `{move.command}` |" in text for move in pack.moves.values())


def test_marks_of_both_shapes_of_proof_are_counted() -> None:
    """The table reads the same marks as the report of one regulation."""
    tests = proofs_by_rule(ROOT)

    assert {source for rule in load_catalogue() if rule.id in tests for source in [rule.source]} >= {
        Source.U,
        Source.HUE,
    }
