"""The agency tree: a snapshot of one day, in which nothing that once was is forgotten."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.cases.agencies import Agency, AgencyTree
from core.regulations.agency_files import read_agencies
from core.regulations.loader import PackError
from tests.support.agencies import load_agencies

BEFORE, AFTER = date(2025, 2, 28), date(2025, 7, 1)


def hue(day: date) -> AgencyTree:
    return load_agencies("thua_thien_hue", day)


@pytest.mark.rule("VN-10", "VN-11")
def test_two_days_two_trees() -> None:
    """Merged departments and the district level, before and after."""
    assert hue(BEFORE).is_active("so_giao_thong")
    assert not hue(AFTER).is_active("so_giao_thong")
    assert "so_nong_nghiep_moi_truong" not in hue(BEFORE)
    assert "so_nong_nghiep_moi_truong" in hue(AFTER)
    assert "district" in {item.kind for item in hue(BEFORE).of_kinds(())}
    assert "district" not in {item.kind for item in hue(AFTER).of_kinds(())}


@pytest.mark.rule("VN-10")
def test_what_is_gone_stays_searchable_and_names_its_heirs() -> None:
    """Often one to many."""
    tree = hue(AFTER)

    assert tree.name("ubnd_song_trung") == "UBND huyện Sông Trung"
    assert [item.id for item in tree.successors("ubnd_song_trung")] == [
        "ubnd_ngu_binh",
        "ubnd_bach_mai",
        "ubnd_thanh_tra",
    ]
    assert [item.id for item in tree.successors("so_y_te")] == ["so_y_te"]
    assert tree.successors("so_khong_co") == ()


def test_up_down_and_by_commune() -> None:
    """The look-ups that decisions use."""
    tree = hue(BEFORE)

    assert [item.id for item in tree.ancestors("ubnd_ngu_binh")] == ["ubnd_song_trung", "ubnd_tinh"]
    assert {item.id for item in tree.descendants("ubnd_song_trung")} == {
        "ubnd_ngu_binh",
        "ubnd_bach_mai",
        "ubnd_thanh_tra",
    }
    assert tree.is_below("ubnd_bach_mai", "ubnd_song_trung")
    assert not tree.is_below("ubnd_song_trung", "ubnd_bach_mai")
    found = tree.of_commune("90004")
    assert found is not None
    assert found.name == "UBND xã Đầm Xanh"
    assert tree.of_commune("99999") is None


def test_the_variant_uses_the_tree_of_what_it_extends() -> None:
    """One dated list serves both."""
    assert load_agencies("thua_thien_hue_2025", AFTER) == hue(AFTER)


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([Agency(id="a", name="A", kind="x", parent="b")], "no agency b"),
        ([Agency(id="a", name="A", kind="x", replaced_by=("b",))], "no agency b"),
        ([Agency(id="a", name="A", kind="x"), Agency(id="a", name="B", kind="x")], "given twice"),
        (
            [Agency(id="a", name="A", kind="x", parent="b"), Agency(id="b", name="B", kind="x", parent="a")],
            "above itself",
        ),
    ],
)
def test_a_tree_that_does_not_hold_together_is_refused(rows: list[Agency], complaint: str) -> None:
    """At loading, not at the first report."""
    with pytest.raises(ValueError, match=complaint):
        AgencyTree.of(rows, AFTER)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("agencies: {a: {name: A}}", "kind: Field required"),
        ("agencies: [a]", "mapping `agencies`"),
        ("cơ quan: {}", "mapping `agencies`"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(tmp_path: Path, text: str, complaint: str) -> None:
    """With the file's name."""
    path = tmp_path / "agencies.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(PackError, match=complaint):
        read_agencies(path)
